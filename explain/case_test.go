package explain_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/promgate/promgate/explain"
	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/config"
	"github.com/promgate/promgate/internal/load"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
)

// testCase is a case, and the sources that it makes up.
type testCase struct {
	ref     selection.Ref
	options explain.Options
	model   *cluster.Model

	slices            []discoveryv1.EndpointSlice
	pods              []corev1.Pod
	forbidden, denied []string
	answers           map[string]string
}

func readCase(t testing.TB, archive *txtar.Archive) *testCase {
	t.Helper()
	c := &testCase{answers: map[string]string{}, options: explain.Options{Settings: review.Settings{Severity: validation.Policy{}.Severity}}}
	texts := map[string]string{}
	for _, f := range archive.Files {
		texts[f.Name] = string(f.Data)
		if request, ok := strings.CutPrefix(f.Name, "GET "); ok {
			c.answers[request] = string(f.Data)
		}
	}
	c.forbidden, c.denied = strings.Split(texts["forbidden"], "\n"), strings.Split(texts["denied"], "\n")
	var readers []*selection.Reader
	if text := texts["promgate.yaml"]; text != "" {
		read, err := config.Parse([]byte(text), builtin.Checks())
		if err != nil {
			t.Fatal(err)
		}
		c.options.Severity, c.options.Operator, c.options.DuplicateJobs = read.Policy().Severity, read.OperatorScope(), read.JobScope()
		readers = read.OtherReaders()
	}
	c.model = cluster.New(cluster.Options{KeepObjects: true, Operator: c.options.Operator, Readers: readers})
	c.readObjects(t, texts["objects.yaml"])
	c.readCommand(t, strings.Fields(texts["command"]))
	return c
}

func (c *testCase) readCommand(t testing.TB, command []string) {
	t.Helper()
	if len(command) < 2 {
		t.Fatal("command has to be KIND NAMESPACE/NAME")
	}
	kind, err := explain.KindNamed(command[0])
	if err != nil {
		t.Fatal(err)
	}
	namespace, name, _ := strings.Cut(command[1], "/")
	c.ref = selection.Ref{Kind: kind, Namespace: namespace, Name: name}
	if len(c.answers) > 0 {
		c.options.API = c
	}
	for _, f := range command[2:] {
		switch flag, value, _ := strings.Cut(f, "="); flag {
		case "--live":
			c.options.Live, c.options.Slices, c.options.Pods, c.options.Access = true, c, c, c
		case "--alert":
			c.options.Alert = value
		case "--prometheus":
			c.options.Instance = value
		case "--url":
			c.options.OnlyServer = value
		default:
			t.Fatalf("unknown flag %s", f)
		}
	}
	c.options.Unread = c.unread()
}

// unread forgets the objects that the user must not read.
func (c *testCase) unread() map[string]explain.Unread {
	unread := map[string]explain.Unread{}
	for _, kind := range selection.AllKinds() {
		resource := strings.ToLower(kind.Kind) + "s"
		if kind.Kind == "Prometheus" {
			resource = "prometheuses"
		}
		if !slices.Contains(c.forbidden, resource+" *") {
			continue
		}
		unread[kind.Kind] = explain.Unread{Err: forbidden(resource), But: []string{c.ref.Namespace}}
		for _, ref := range c.model.Refs(kind.Kind) {
			if ref.Namespace != c.ref.Namespace {
				c.model.Delete(ref)
			}
		}
	}
	return unread
}

func (c *testCase) readObjects(t testing.TB, text string) {
	t.Helper()
	objects, err := load.Objects([]string{load.Stdin}, strings.NewReader(text), "default")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range objects {
		switch o.Kind {
		case "Pod":
			c.pods = append(c.pods, decoded(t, o, &corev1.Pod{}))
			continue
		case "EndpointSlice":
			c.slices = append(c.slices, decoded(t, o, &discoveryv1.EndpointSlice{}))
			continue
		}
		kind, known := selection.KindFor(schema.FromAPIVersionAndKind(o.APIVersion, o.Kind))
		if !known {
			t.Fatalf("unknown kind %s", o.Kind)
		}
		object := kind.New()
		fill(t, o, object)
		if secret, ok := object.(*corev1.Secret); ok {
			compress(t, secret)
		}
		_ = c.model.Put(object)
	}
}

func decoded[T any](t testing.TB, o load.Object, object *T) T {
	t.Helper()
	fill(t, o, object)
	return *object
}

func fill(t testing.TB, o load.Object, object any) {
	t.Helper()
	data, err := json.Marshal(o.Fields)
	if err == nil {
		err = json.Unmarshal(data, object)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func compress(t testing.TB, secret *corev1.Secret) {
	t.Helper()
	text, key := secret.StringData["prometheus.yaml"], "prometheus.yaml.gz"
	if strings.HasSuffix(secret.Name, "-generated") {
		text, key = secret.StringData["alertmanager.yaml"], "alertmanager.yaml.gz"
	}
	if text == "" {
		return
	}
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	secret.Data = map[string][]byte{key: b.Bytes()}
}

func (c *testCase) explain(t testing.TB) *explain.Explanation {
	t.Helper()
	x, err := explain.Run(t.Context(), c.model, &review.Reviewer{Kinds: builtin.Kinds(), Cluster: c.model}, c.ref, c.options)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func forbidden(resource string) error {
	return apierrors.NewForbidden(schema.GroupResource{Resource: resource}, "", errors.New("no"))
}

func may(list []string, resource, namespace string) bool {
	return !slices.Contains(list, resource+" *") && !slices.Contains(list, resource+" "+namespace)
}

func (c *testCase) EndpointSlices(_ context.Context, namespace, service string) ([]discoveryv1.EndpointSlice, error) {
	if !may(c.forbidden, "endpointslices", namespace) {
		return nil, forbidden("endpointslices")
	}
	var found []discoveryv1.EndpointSlice
	for _, s := range c.slices {
		if s.Namespace == namespace && s.Labels[discoveryv1.LabelServiceName] == service {
			found = append(found, s)
		}
	}
	return found, nil
}

func (c *testCase) Pods(_ context.Context, namespace string, selector labels.Selector) ([]corev1.Pod, error) {
	if !may(c.forbidden, "pods", namespace) {
		return nil, forbidden("pods")
	}
	var found []corev1.Pod
	for _, p := range c.pods {
		if (namespace == "" || p.Namespace == namespace) && selector.Matches(labels.Set(p.Labels)) {
			found = append(found, p)
		}
	}
	return found, nil
}

func (c *testCase) Allowed(_ context.Context, q explain.AccessQuestion) (bool, error) {
	if !may(c.forbidden, "subjectaccessreviews", "") {
		return false, forbidden("subjectaccessreviews")
	}
	return may(c.denied, q.Resource, q.Namespace), nil
}

func (c *testCase) Get(_ context.Context, s explain.Server, path string, query url.Values) ([]byte, error) {
	if !may(c.forbidden, "pods/proxy", s.Namespace) {
		return nil, forbidden("pods/proxy")
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	for _, request := range []string{s.Pod + " " + path, path} {
		if answer, ok := c.answers[request]; ok {
			return []byte(answer), nil
		}
	}
	return nil, fmt.Errorf("no answer to %s", path)
}
