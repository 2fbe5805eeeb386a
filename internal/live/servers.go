package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
)

// patience is how long a server may take to answer.
const patience = 10 * time.Second

// Proxy asks the servers in pods, through the API server. The user needs the permission to get
// pods/proxy.
type Proxy struct{ client rest.Interface }

// NewProxy returns a Proxy of a cluster.
func NewProxy(config *rest.Config) (*Proxy, error) {
	config = rest.CopyConfig(config)
	config.APIPath, config.GroupVersion, config.NegotiatedSerializer = "/api", &corev1.SchemeGroupVersion, scheme.Codecs.WithoutConversion()
	c, err := rest.RESTClientFor(config)
	if err != nil {
		return nil, fmt.Errorf("connecting to the cluster: %w", err)
	}
	return &Proxy{c}, nil
}

// A Pod is a server in a pod.
type Pod struct {
	Namespace, Name string
	Port            int
	TLS             bool
}

// Get returns the body of the answer of a pod.
func (p *Proxy) Get(ctx context.Context, pod Pod, file string, query url.Values) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	protocol := "http"
	if pod.TLS {
		protocol = "https"
	}
	request := p.client.Get().Namespace(pod.Namespace).Resource("pods").
		Name(utilnet.JoinSchemeNamePort(protocol, pod.Name, strconv.Itoa(pod.Port))).
		SubResource("proxy").Suffix(file)
	for name, values := range query {
		for _, value := range values {
			request = request.Param(name, value)
		}
	}
	body, err := request.DoRaw(ctx)
	if err != nil && len(body) > 0 {
		return refusal(body, err)
	}
	return body, err //nolint:wrapcheck // the caller looks at it
}

// refusal tells the answer of the API server, which is an error, from that of the pod: client-go makes
// an error of the API server of both. Prometheus says in the body what is wrong.
func refusal(body []byte, err error) ([]byte, error) {
	var status struct {
		metav1.Status `json:",inline"`

		StatusText any `json:"status"` // Prometheus has a field of this name, too
	}
	if json.Unmarshal(body, &status) != nil {
		return nil, errors.New("the server in the pod does not answer as Prometheus does: " + err.Error()) // no error of the API server
	}
	if status.Kind == "Status" {
		return nil, &apierrors.StatusError{ErrStatus: status.Status}
	}
	return body, nil
}

// maxAnswer is the size of an answer that is read.
const maxAnswer = 256 << 20

// URL asks the server at an address.
type URL struct {
	address *url.URL
	client  *http.Client
}

// NewURL returns the server at an address, below which its API is.
func NewURL(address string) (*URL, error) {
	u, err := url.Parse(address)
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err // without the address, which may have a password
	}
	if err != nil {
		return nil, fmt.Errorf("reading the address of Prometheus: %w", err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("%s is not an address such as http://localhost:9090", u.Redacted())
	}
	return &URL{u, &http.Client{Timeout: patience}}, nil
}

// String returns the address, without a password.
func (u *URL) String() string { return u.address.Redacted() }

// Get returns the body of the answer. Prometheus says in the body what is wrong with a request.
func (u *URL) Get(ctx context.Context, file string, query url.Values) (body []byte, err error) {
	to := *u.address
	to.Path, to.RawPath, to.RawQuery, to.Fragment = path.Join("/", u.address.Path, file), "", query.Encode(), ""
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, to.String(), http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("asking Prometheus: %w", err)
	}
	answer, err := u.client.Do(request)
	if err != nil {
		return nil, err //nolint:wrapcheck // it names the address
	}
	defer func() { err = errors.Join(err, answer.Body.Close()) }()
	body, err = io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("reading the answer of Prometheus: %w", err)
	}
	if answer.StatusCode != http.StatusOK && answer.Header.Get("Content-Type") != "application/json" {
		return nil, fmt.Errorf("it answers %s", answer.Status)
	}
	return body, nil
}
