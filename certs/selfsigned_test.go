package certs

import (
	"bytes"
	"context"
	"crypto/x509"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	clocktesting "k8s.io/utils/clock/testing"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	"github.com/promgate/promgate/internal/pemfile"
)

// stored is a cluster of controller-runtime's fake client.
type stored struct {
	client.WithWatch

	clock *clocktesting.FakePassiveClock
	logs  *bytes.Buffer
}

func newStored(t *testing.T, objects ...client.Object) *stored {
	t.Helper()
	scheme, err := newScheme()
	if err != nil {
		t.Fatal(err)
	}
	return &stored{
		WithWatch: fake.NewClientBuilder().WithScheme(scheme).WithObjects(objects...).Build(),
		clock:     clocktesting.NewFakePassiveClock(worldStart), logs: &bytes.Buffer{},
	}
}

func (s *stored) options() SelfSignedOptions {
	return SelfSignedOptions{
		Options: Options{
			Client: s, Configuration: "promgate", Names: []string{worldHost}, Settle: time.Minute, Clock: s.clock,
			Logger: slog.New(slog.NewTextHandler(s.logs, nil)),
		},
		Secret: types.NamespacedName{Namespace: "promgate", Name: "promgate-ca"},
		CALife: 365 * day, Life: 7 * day,
	}
}

// replica returns a replica that has looked until nothing was left to do.
func (s *stored) replica(t *testing.T) *selfSigned {
	t.Helper()
	source, err := SelfSigned(s.options())
	if err != nil {
		t.Fatal(err)
	}
	r := source.(*selfSigned)
	s.looks(t, r)
	return r
}

func (s *stored) looks(t *testing.T, r *selfSigned) {
	t.Helper()
	for range 10 {
		err := r.look(t.Context())
		if err == nil {
			return
		}
		if err != errAgain && !raced(err) { //nolint:errorlint // this sentinel is never wrapped
			t.Fatal(err)
		}
	}
	t.Fatal("it looks again and again")
}

func (s *stored) get(t *testing.T, namespace, name string, object client.Object) {
	t.Helper()
	if err := s.Get(t.Context(), types.NamespacedName{Namespace: namespace, Name: name}, object); err != nil {
		t.Fatal(err)
	}
}

func serviceHook(service string) admissionregistrationv1.WebhookClientConfig {
	path := "/validate"
	return admissionregistrationv1.WebhookClientConfig{Service: &admissionregistrationv1.ServiceReference{Namespace: "promgate", Name: service, Path: &path}}
}

func validatingConfiguration(bundle []byte) *admissionregistrationv1.ValidatingWebhookConfiguration {
	ours, theirs := serviceHook("promgate"), serviceHook("another")
	ours.CABundle = bundle
	ignore := admissionregistrationv1.Ignore
	return &admissionregistrationv1.ValidatingWebhookConfiguration{
		ObjectMeta: metav1.ObjectMeta{Name: "promgate"},
		Webhooks: []admissionregistrationv1.ValidatingWebhook{
			{Name: "another.example.com", ClientConfig: theirs},
			{Name: "validate.promgate.dev", ClientConfig: ours, FailurePolicy: &ignore},
		},
	}
}

func mutatingConfiguration() *admissionregistrationv1.MutatingWebhookConfiguration {
	return &admissionregistrationv1.MutatingWebhookConfiguration{
		ObjectMeta: metav1.ObjectMeta{Name: "promgate"},
		Webhooks:   []admissionregistrationv1.MutatingWebhook{{Name: "mutate.promgate.dev", ClientConfig: serviceHook("promgate")}},
	}
}

// TestOnlyOurBundleIsWritten: of the configurations, promgate changes the caBundle of its own webhooks, and
// nothing if they are right.
func TestOnlyOurBundleIsWritten(t *testing.T) {
	s := newStored(t, validatingConfiguration(nil), mutatingConfiguration())
	r := s.replica(t)
	if err := r.Ready(); err != nil {
		t.Error(err)
	}
	var v admissionregistrationv1.ValidatingWebhookConfiguration
	s.get(t, "", "promgate", &v)
	want := validatingConfiguration(v.Webhooks[1].ClientConfig.CABundle)
	if len(want.Webhooks[1].ClientConfig.CABundle) == 0 || len(v.Webhooks) != 2 || v.Webhooks[0].ClientConfig.CABundle != nil || *v.Webhooks[1].FailurePolicy != admissionregistrationv1.Ignore {
		t.Errorf("wrote %+v", v.Webhooks)
	}
	before := v.ResourceVersion
	s.looks(t, r)
	s.looks(t, s.replica(t))
	s.get(t, "", "promgate", &v)
	if v.ResourceVersion != before {
		t.Error("what is right was written again")
	}
}

// TestStaleConfigurationIsNotWritten: a patch for a configuration that has changed since it was read fails.
func TestStaleConfigurationIsNotWritten(t *testing.T) {
	s := newStored(t, validatingConfiguration(nil))
	r := s.replica(t)
	live, err := r.api.configurations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.api.writeBundle(t.Context(), live[0], []byte("one")); err != nil {
		t.Fatal(err)
	}
	if _, err := r.api.writeBundle(t.Context(), live[0], []byte("two")); !raced(err) {
		t.Errorf("got %v", err)
	}
}

// TestReadyFollowsTheBundle: a caBundle that somebody replaces makes a replica not ready, until it is mended.
func TestReadyFollowsTheBundle(t *testing.T) {
	s := newStored(t, validatingConfiguration(nil))
	r := s.replica(t)
	other, err := newAuthority(worldStart, day)
	if err != nil {
		t.Fatal(err)
	}
	var v admissionregistrationv1.ValidatingWebhookConfiguration
	s.get(t, "", "promgate", &v)
	v.Webhooks[1].ClientConfig.CABundle = certificatesPEM([]*x509.Certificate{other.certificate})
	if err := s.Update(t.Context(), &v); err != nil {
		t.Fatal(err)
	}
	live, err := r.api.configurations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.see(live)
	if err := r.Ready(); err == nil || !strings.Contains(err.Error(), "validate.promgate.dev") {
		t.Errorf("ready: %v", err)
	}
	expected := `
# HELP promgate_certificate_ca_bundle_matches 1 if the caBundle of a webhook configuration verifies the served certificate.
# TYPE promgate_certificate_ca_bundle_matches gauge
promgate_certificate_ca_bundle_matches{configuration="validating"} %s
`
	compare := func(value string) {
		t.Helper()
		if err := testutil.CollectAndCompare(r, strings.NewReader(strings.Replace(expected, "%s", value, 1)), "promgate_certificate_ca_bundle_matches"); err != nil {
			t.Error(err)
		}
	}
	compare("0")
	s.looks(t, r)
	compare("1")
	if err := r.Ready(); err != nil {
		t.Error(err)
	}
}

// TestForeignSecret: a Secret that is not promgate's is not touched.
func TestForeignSecret(t *testing.T) {
	foreign := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: "promgate", Name: "promgate-ca"},
		Data:       map[string][]byte{"tls.key": []byte("precious")},
	}
	s := newStored(t, validatingConfiguration(nil), foreign)
	source, err := SelfSigned(s.options())
	if err != nil {
		t.Fatal(err)
	}
	if err := source.(*selfSigned).look(t.Context()); err == nil || !strings.Contains(err.Error(), "promgate/promgate-ca: it exists, and is not promgate's") {
		t.Errorf("got %v", err)
	}
	if err := source.Ready(); err == nil || !strings.Contains(err.Error(), "is not promgate's") {
		t.Errorf("ready: %v", err)
	}
	var now corev1.Secret
	s.get(t, "promgate", "promgate-ca", &now)
	if string(now.Data["tls.key"]) != "precious" || len(now.Data) != 1 {
		t.Error("it was changed")
	}
}

// TestReplacesAnotherCA: where the caBundle holds the CA of another mode, it stays while replicas of that mode may
// serve, and the new replica is not ready until each API server knows its CA.
func TestReplacesAnotherCA(t *testing.T) {
	old, err := newAuthority(worldStart, 30*day)
	if err != nil {
		t.Fatal(err)
	}
	s := newStored(t, validatingConfiguration(certificatesPEM([]*x509.Certificate{old.certificate})))
	r := s.replica(t)
	if err := r.Ready(); err == nil || !strings.Contains(err.Error(), "until each API server trusts a new CA") {
		t.Errorf("ready: %v", err)
	}
	trusted := func() []*x509.Certificate {
		var v admissionregistrationv1.ValidatingWebhookConfiguration
		s.get(t, "", "promgate", &v)
		return pemfile.Certificates(v.Webhooks[1].ClientConfig.CABundle)
	}
	if now := trusted(); len(now) != 2 || !holds(now, old.certificate) {
		t.Errorf("%d CAs", len(now))
	}
	s.clock.SetTime(worldStart.Add(61 * time.Second))
	s.looks(t, r)
	if err := r.Ready(); err != nil {
		t.Error(err)
	}
	s.clock.SetTime(worldStart.Add(8 * day))
	s.looks(t, r)
	if now := trusted(); len(now) != 1 || holds(now, old.certificate) {
		t.Errorf("%d CAs", len(now))
	}
}

// TestCertManagerIsNotFought: while cainjector writes the caBundle, promgate does not.
func TestCertManagerIsNotFought(t *testing.T) {
	v := validatingConfiguration(nil)
	v.Annotations = map[string]string{"cert-manager.io/inject-ca-from": "promgate/promgate"}
	s := newStored(t, v)
	source, err := SelfSigned(s.options())
	if err != nil {
		t.Fatal(err)
	}
	err = errAgain
	for err == errAgain { //nolint:errorlint // this sentinel is never wrapped
		err = source.(*selfSigned).look(context.WithoutCancel(t.Context()))
	}
	if err == nil || !strings.Contains(err.Error(), "because of the annotation cert-manager.io/inject-ca-from") {
		t.Errorf("got %v", err)
	}
	var now admissionregistrationv1.ValidatingWebhookConfiguration
	s.get(t, "", "promgate", &now)
	if now.Webhooks[1].ClientConfig.CABundle != nil {
		t.Error("it was written")
	}
}

// TestNamesThatNobodyCalls: it is said if promgate is called by a name that its certificate does not have.
func TestNamesThatNobodyCalls(t *testing.T) {
	v := validatingConfiguration(nil)
	v.Webhooks = v.Webhooks[:1]
	s := newStored(t, v)
	source, err := SelfSigned(s.options())
	if err != nil {
		t.Fatal(err)
	}
	if err := source.(*selfSigned).look(t.Context()); err == nil || !strings.Contains(err.Error(), "--cert-names: they call another.promgate.svc") {
		t.Errorf("got %v", err)
	}
}

func TestLivesThatCannotWork(t *testing.T) {
	s := newStored(t)
	for name, change := range map[string]func(*SelfSignedOptions){
		"CA":   func(o *SelfSignedOptions) { o.CALife = 20 * day },
		"leaf": func(o *SelfSignedOptions) { o.Life = 5 * time.Minute },
	} {
		o := s.options()
		change(&o)
		if _, err := SelfSigned(o); err == nil || !strings.Contains(err.Error(), "too short") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
