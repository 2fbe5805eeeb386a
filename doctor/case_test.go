package doctor_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
	corev1 "k8s.io/api/core/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	"github.com/promgate/promgate/doctor"
	"github.com/promgate/promgate/selection"
)

// now is the time of all cases.
var now = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// authority is a CA of the cases.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t testing.TB, name string) authority {
	t.Helper()
	return signed(t, name, authority{}, now.Add(-24*time.Hour), now.Add(200*24*time.Hour))
}

// signed makes a certificate: a CA if no CA signs it, and else one for the Service of promgate.
func signed(t testing.TB, name string, by authority, from, to time.Time) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: from, NotAfter: to}
	if by.key == nil {
		by = authority{template, key}
		template.IsCA, template.BasicConstraintsValid = true, true
	} else {
		template.DNSNames = []string{"promgate.promgate.svc"}
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, by.certificate, key.Public(), by.key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return authority{certificate, key}
}

func (a authority) bundle() string {
	return base64.StdEncoding.EncodeToString(a.pem())
}

func (a authority) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.certificate.Raw})
}

// readFacts reads the facts of a case.
func readFacts(t testing.TB, archive *txtar.Archive) *doctor.Facts {
	t.Helper()
	ca, other := newAuthority(t, "promgate CA"), newAuthority(t, "another CA")
	served := map[string]authority{
		"served":  signed(t, "promgate", ca, now.Add(-time.Hour), now.Add(7*24*time.Hour)),
		"ending":  signed(t, "promgate", ca, now.Add(-6*24*time.Hour), now.Add(2*time.Hour)),
		"short":   signed(t, "promgate", ca, now.Add(-time.Minute), now.Add(2*time.Minute)),
		"expired": signed(t, "promgate", ca, now.Add(-8*24*time.Hour), now.Add(-time.Hour)),
		"other":   signed(t, "promgate", other, now.Add(-time.Hour), now.Add(7*24*time.Hour)),
	}
	f := &doctor.Facts{Now: now, Version: "v0.3.0", Name: "promgate", Namespace: "promgate", Configs: map[doctor.ConfigKey]string{}, Unread: map[string]string{}}
	for _, file := range archive.Files {
		text := strings.NewReplacer("$CA", ca.bundle(), "$OTHER", other.bundle()).Replace(string(file.Data))
		switch file.Name {
		case "objects.yaml":
			readObjects(t, f, text)
		case "dry-run":
			f.Trial = &doctor.Trial{}
			decode(t, text, f.Trial)
		case "calls":
			var calls []struct {
				doctor.Call

				Certificate string
			}
			decode(t, text, &calls)
			for _, c := range calls {
				if a, ok := served[c.Certificate]; ok {
					c.Certificates = []*x509.Certificate{a.certificate}
				}
				f.Calls = append(f.Calls, c.Call)
			}
		case "crds":
			for name := range strings.FieldsSeq(text) {
				f.CRDs = append(f.CRDs, embeddedCRD(t, name))
			}
		case "pod-metrics":
			f.Replicas = append(f.Replicas, doctor.ReplicaIn("promgate/promgate-a", text))
		case "metrics-before":
			f.CountersBefore = []doctor.Counter{}
			for line := range strings.Lines(text) {
				if c, ok := doctor.CounterIn(line); ok {
					f.CountersBefore = append(f.CountersBefore, c)
				}
			}
		case "metrics":
			f.Counters = []doctor.Counter{}
			for line := range strings.Lines(text) {
				if c, ok := doctor.CounterIn(line); ok {
					f.Counters = append(f.Counters, c)
				}
			}
		case "secret":
			f.Authority = &doctor.Stored{}
			decode(t, text, f.Authority)
		case "certificate":
			f.Certificate = &doctor.Stored{}
			decode(t, text, f.Certificate)
		case "unread":
			decode(t, text, &f.Unread)
		}
	}
	readAllowed(t, f, archive)
	return f
}

// readAllowed answers what is asked of the API server: everything is permitted, except for Secrets that are
// not promgate's and what the file denied lists. The file permitted lists what is permitted all the same.
func readAllowed(t testing.TB, f *doctor.Facts, archive *txtar.Archive) {
	t.Helper()
	lists := map[string]string{}
	for _, file := range archive.Files {
		lists[file.Name] = string(file.Data)
	}
	f.Allowed = map[doctor.Question]bool{}
	for _, q := range f.Questions() {
		foreign := q.Resource == "secrets" && (q.Name == "any-other" || q.Verb == "list")
		f.Allowed[q] = !foreign && !strings.Contains(lists["denied"], q.String()+"\n") || strings.Contains(lists["permitted"], q.String()+"\n")
	}
}

// embeddedCRD returns a CRD that promgate is built with.
func embeddedCRD(t testing.TB, resource string) apiextensionsv1.CustomResourceDefinition {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "internal", "schema", "crds", resource+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return decoded(t, []apiextensionsv1.CustomResourceDefinition{}, string(data))
}

func decode(t testing.TB, text string, into any) {
	t.Helper()
	if err := yaml.UnmarshalStrict([]byte(text), into); err != nil {
		t.Fatal(err)
	}
}

func readObjects(t testing.TB, f *doctor.Facts, text string) {
	t.Helper()
	reader := utilyaml.NewYAMLReader(bufio.NewReader(strings.NewReader(text)))
	for {
		document, err := reader.Read()
		if err == io.EOF { //nolint:errorlint // the reader returns it as it is
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		var meta struct {
			APIVersion string `json:"apiVersion"`
			Kind       string `json:"kind"`
		}
		if err := yaml.Unmarshal(document, &meta); err != nil {
			t.Fatal(err)
		}
		addObject(t, f, schema.FromAPIVersionAndKind(meta.APIVersion, meta.Kind), string(document))
	}
}

func addObject(t testing.TB, f *doctor.Facts, kind schema.GroupVersionKind, text string) {
	t.Helper()
	switch kind.Kind {
	case "ValidatingWebhookConfiguration":
		f.Validating = append(f.Validating, decoded(t, f.Validating, text))
	case "MutatingWebhookConfiguration":
		f.Mutating = append(f.Mutating, decoded(t, f.Mutating, text))
	case "Service":
		f.Services = append(f.Services, decoded(t, f.Services, text))
	case "EndpointSlice":
		f.Slices = append(f.Slices, decoded(t, f.Slices, text))
	case "Pod":
		f.Pods = append(f.Pods, decoded(t, f.Pods, text))
	case "Deployment":
		f.Deployments = append(f.Deployments, decoded(t, f.Deployments, text))
	case "PodDisruptionBudget":
		f.Budgets = append(f.Budgets, decoded(t, f.Budgets, text))
	case "CustomResourceDefinition":
		f.CRDs = append(f.CRDs, decoded(t, f.CRDs, text))
	case "ConfigMap":
		object := decoded(t, []corev1.ConfigMap{}, text)
		for key, value := range object.Data {
			f.Configs[doctor.ConfigKey{Namespace: object.Namespace, Name: object.Name, Key: key}] = value
		}
	case "Namespace":
		f.Namespaces = append(f.Namespaces, decoded(t, f.Namespaces, text))
	default:
		known, ok := selection.KindFor(kind)
		if !ok || !known.Instance {
			t.Fatalf("unknown kind %s", kind)
		}
		object := known.New()
		decode(t, text, object)
		f.Instances = append(f.Instances, object)
	}
}

// decoded returns an object of the type of a list.
func decoded[T any](t testing.TB, _ []T, text string) T {
	t.Helper()
	var object T
	decode(t, text, &object)
	return object
}
