package ask

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/promgate/promgate/doctor"
)

const (
	// connectPatience is how long a connection may take: from outside of the cluster, most packets to pods
	// get lost.
	connectPatience = 3 * time.Second

	// maxCalls is how many addresses of one webhook are connected to.
	maxCalls = 5

	// maxAnswer is the size of an answer that is read.
	maxAnswer = 1 << 20
)

// call sends a review to each address of promgate's webhooks, as the API server would, but from here.
func (g *gatherer) call(ctx context.Context) {
	for _, h := range g.facts.Reviewing() {
		for _, address := range g.facts.Addresses(h, maxCalls) {
			g.facts.Calls = append(g.facts.Calls, callOne(ctx, h, address))
		}
	}
}

// callOne sends one review. The certificate is kept, and verified later: a wrong one must not hide the rest.
func callOne(ctx context.Context, h doctor.Hook, address string) doctor.Call {
	c := doctor.Call{Configuration: h.Configuration, Hook: h.Name, Address: address, Host: h.Host()}
	body, err := json.Marshal(review())
	if err != nil {
		c.Err = err.Error()
		return c
	}
	wait := 2 * connectPatience
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	transport := &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{Timeout: connectPatience}).DialContext(ctx, network, address)
		},
		TLSClientConfig: &tls.Config{
			InsecureSkipVerify: true, //nolint:gosec // the doctor verifies it, with the caBundle, and says what is wrong
			ServerName:         h.Host(),
			VerifyConnection: func(s tls.ConnectionState) error {
				c.Certificates = append([]*x509.Certificate(nil), s.PeerCertificates...)
				return nil
			},
		},
	}
	to := url.URL{Scheme: "https", Host: net.JoinHostPort(h.Host(), portOf(address)), Path: h.Path(), RawQuery: "timeout=" + connectPatience.String()}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), bytes.NewReader(body))
	if err != nil {
		c.Err = err.Error()
		return c
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		c.Err = err.Error()
		return c
	}
	defer answer.Body.Close() //nolint:errcheck // it has been read
	c.Status = answer.StatusCode
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		c.Err = err.Error()
		return c
	}
	var got admissionv1.AdmissionReview
	c.Answered = c.Status == http.StatusOK && json.Unmarshal(text, &got) == nil && got.Response != nil && got.Response.UID == reviewID
	return c
}

func portOf(address string) string {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return strconv.Itoa(443)
	}
	return port
}

const reviewID = types.UID("promgate-doctor")

// review is the deletion of nothing: promgate admits it without a look, so that it leaves no trace.
func review() admissionv1.AdmissionReview {
	dry := true
	return admissionv1.AdmissionReview{
		TypeMeta: metav1.TypeMeta{APIVersion: "admission.k8s.io/v1", Kind: "AdmissionReview"},
		Request: &admissionv1.AdmissionRequest{
			UID: reviewID, Operation: admissionv1.Delete, DryRun: &dry,
			Kind:      metav1.GroupVersionKind{Group: "monitoring.coreos.com", Version: "v1", Kind: "ServiceMonitor"},
			Resource:  metav1.GroupVersionResource{Group: "monitoring.coreos.com", Version: "v1", Resource: "servicemonitors"},
			Namespace: metav1.NamespaceDefault, Name: doctor.TrialName,
			OldObject: runtime.RawExtension{Raw: []byte(`{"apiVersion":"monitoring.coreos.com/v1","kind":"ServiceMonitor","metadata":{"name":"` + doctor.TrialName + `"}}`)},
		},
	}
}
