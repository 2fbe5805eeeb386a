package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// leafWorkers is how many requests run at a time.
const leafWorkers = 4

// leafCase is a line of the program internal/leaves: an object with one value in one
// leaf.
type leafCase struct {
	Kind   string         `json:"kind"`
	Table  string         `json:"table"`
	Leaf   string         `json:"leaf"`
	Owner  string         `json:"owner"`
	Checks []string       `json:"checks"`
	Warns  bool           `json:"warns"`
	Fields []string       `json:"fields"`
	Steps  []any          `json:"steps"`
	Object map[string]any `json:"object"`
}

// TestEveryLeafHasAnOwner checks that the tables in internal/leaves/tables list every leaf of the
// CRDs, that the API server refuses the values that the CRD refuses according to them, that
// promgate reports the values that a check reports according to them, and that neither refuses an
// edge for another reason.
func TestEveryLeafHasAnOwner(t *testing.T) {
	cases := leafCases(t)
	listed := map[string]bool{}
	for _, c := range cases {
		listed[c.Table+" "+c.Leaf] = true
	}
	api := newLeafAPI(t)
	served := map[string]bool{}
	for table := range leafResources {
		for _, l := range api.leaves(t, table) {
			served[table+" "+l.path] = true
			// Nested routes are any JSON to the CRD, and no leaf of the Go types: the judge reads them.
			if l.path != "spec.route.routes[]" && !isListed(listed, table+" "+l.path) {
				t.Errorf("%s: %s has no owner: list it in internal/leaves/tables/%s.txt", table, l.path, table)
			}
			cases = append(cases, enumCases(cases, table, l)...)
		}
	}

	told := map[string]bool{}
	newer := map[string]bool{}
	var mutex sync.Mutex
	var workers sync.WaitGroup
	queue := make(chan leafCase)
	tried := 0
	for range leafWorkers {
		workers.Go(func() {
			for c := range queue {
				wrong := api.try(c)
				mutex.Lock()
				// One error for each leaf is enough.
				if key := c.Table + " " + c.Leaf + " " + c.Owner; wrong != "" && !told[key] {
					told[key] = true
					spec, _ := json.Marshal(c.Object["spec"])
					t.Errorf("%s: %s: %s\nspec: %.400s", c.Table, c.Leaf, wrong, spec)
				}
				mutex.Unlock()
			}
		})
	}
	for _, c := range cases {
		leaf := c.Table + " " + c.Leaf
		if leafResources[c.Table] == "" {
			continue
		}
		if !served[leaf] && !holds(served, leaf) {
			newer[leaf] = true
			continue
		}
		tried++
		queue <- c
	}
	close(queue)
	workers.Wait()
	t.Logf("%d leaves, %d objects", len(served), tried)
	for leaf := range newer {
		t.Logf("%s is not in the CRDs yet", leaf)
	}
}

// isListed reports whether a leaf is in a table, or a part of a pod that it lists as one leaf.
func isListed(listed map[string]bool, leaf string) bool {
	if listed[leaf] {
		return true
	}
	for i, c := range leaf {
		if strings.ContainsRune(".[{", c) && listed[leaf[:i]] {
			return true
		}
	}
	return false
}

// holds reports whether a leaf of a table has leaves in the CRD: a part of a pod.
func holds(served map[string]bool, leaf string) bool {
	for one := range served {
		if rest, ok := strings.CutPrefix(one, leaf); ok && rest != "" && strings.ContainsRune(".[{", rune(rest[0])) {
			return true
		}
	}
	return false
}

// leafCases runs the program.
func leafCases(t *testing.T) []leafCase {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", "run", "./internal/leaves")
	command.Dir = root
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("running internal/leaves: %v\n%s", err, stderr.String())
	}
	var cases []leafCase
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var c leafCase
		err := decoder.Decode(&c)
		if err == io.EOF {
			return cases
		}
		if err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
}

// enumCases returns the values that the CRD allows for a leaf. promgate must not object to them,
// except as the table says.
func enumCases(cases []leafCase, table string, l crdLeaf) []leafCase {
	if len(l.enum) == 0 {
		return nil
	}
	i := slices.IndexFunc(cases, func(c leafCase) bool { return c.Table == table && c.Leaf == l.path && c.Owner == "" })
	if i < 0 {
		return nil
	}
	var all []leafCase
	for _, value := range l.enum {
		c := cases[i]
		c.Object = replaced(c.Object, c.Steps, value).(map[string]any)
		all = append(all, c)
	}
	return all
}

// replaced returns a copy of a tree with another value in one place.
func replaced(tree any, steps []any, value any) any {
	if len(steps) == 0 {
		return value
	}
	switch step := steps[0].(type) {
	case string:
		out := map[string]any{}
		maps.Copy(out, tree.(map[string]any))
		out[step] = replaced(out[step], steps[1:], value)
		return out
	case float64:
		out := slices.Clone(tree.([]any))
		out[int(step)] = replaced(out[int(step)], steps[1:], value)
		return out
	}
	return tree
}

// leafResources are the API paths of the kinds, by table. The operator's CRD has v1alpha1 of AlertmanagerConfig alone; the tests in
// internal/leaves cover v1beta1.
var leafResources = map[string]string{
	"ServiceMonitor": "v1/namespaces/default/servicemonitors",
	"PodMonitor":     "v1/namespaces/default/podmonitors",
	"Probe":          "v1/namespaces/default/probes",
	"ScrapeConfig":   "v1alpha1/namespaces/default/scrapeconfigs",

	"Prometheus":      "v1/namespaces/default/prometheuses",
	"PrometheusAgent": "v1alpha1/namespaces/default/prometheusagents",
	"ThanosRuler":     "v1/namespaces/default/thanosrulers",
	"Alertmanager":    "v1/namespaces/default/alertmanagers",

	"AlertmanagerConfig.v1alpha1": "v1alpha1/namespaces/default/alertmanagerconfigs",
}

// leafAPI calls the API server directly: kubectl would take an hour.
type leafAPI struct {
	client *http.Client
	host   string
}

func newLeafAPI(t *testing.T) *leafAPI {
	t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", cluster.Kubectl.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		t.Fatal(err)
	}
	return &leafAPI{client, config.Host}
}

// try creates an object without storing it, and returns what is wrong with the answer.
func (a *leafAPI) try(c leafCase) string {
	body, err := json.Marshal(c.Object)
	if err != nil {
		return err.Error()
	}
	resp, err := a.client.Post(a.host+"/apis/monitoring.coreos.com/"+leafResources[c.Table]+"?dryRun=All", "application/json", bytes.NewReader(body))
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	var status metav1.Status
	if err := json.NewDecoder(resp.Body).Decode(&status); err != nil && resp.StatusCode != http.StatusCreated {
		return fmt.Sprintf("%s: %v", resp.Status, err)
	}
	switch c.Owner {
	case "crd":
		return c.wantInvalid(resp.StatusCode, status)
	case "checked":
		if c.Warns {
			return c.wantWarning(resp)
		}
		return c.wantDenied(resp.StatusCode, status)
	}
	return c.wantNoOther(resp.StatusCode, status)
}

func (c leafCase) wantInvalid(code int, status metav1.Status) string {
	if code == http.StatusUnprocessableEntity && c.named(status, "") {
		return ""
	}
	return fmt.Sprintf("the CRD should refuse this, but the answer is %d: %s", code, status.Message)
}

func (c leafCase) wantDenied(code int, status metav1.Status) string {
	if code == http.StatusForbidden && c.named(status, c.Checks[0]) {
		return ""
	}
	return fmt.Sprintf("check %s should report this at %s, but the answer is %d: %s", c.Checks[0], c.Fields[0], code, status.Message)
}

func (c leafCase) wantWarning(resp *http.Response) string {
	warnings := resp.Header.Values("Warning")
	for _, w := range warnings {
		_, text, _ := strings.Cut(w, `"`)
		path, _, _ := strings.Cut(text, ":")
		path, _, _ = strings.Cut(path, " (")
		if strings.Contains(text, "["+c.Checks[0]+"]") && c.isAbout(path) {
			return ""
		}
	}
	return fmt.Sprintf("check %s should warn of this at %s, but the answer is %s with the warnings %q", c.Checks[0], c.Fields[0], resp.Status, warnings)
}

// wantNoOther checks that an edge is admitted, or refused by the CRD or one of the checks in the
// table.
func (c leafCase) wantNoOther(code int, status metav1.Status) string {
	switch code {
	case http.StatusCreated, http.StatusUnprocessableEntity, http.StatusBadRequest:
		return ""
	case http.StatusForbidden:
		if status.Details == nil {
			break
		}
		for _, cause := range status.Details.Causes {
			if !slices.Contains(append(c.Checks, "object-shape"), string(cause.Type)) {
				return "this is denied, but the table has no check for it:  " + cause.Message
			}
		}
		return ""
	}
	return fmt.Sprintf("the answer is %d: %s", code, status.Message)
}

// named reports whether a status has a cause that is about the case's leaf, and of the given type
// if there is one.
func (c leafCase) named(status metav1.Status, kind string) bool {
	return status.Details != nil && slices.ContainsFunc(status.Details.Causes, func(cause metav1.StatusCause) bool {
		return (kind == "" || string(cause.Type) == kind) && c.isAbout(cause.Field)
	})
}

// isAbout reports whether a path is one of the case's fields, a parent of one, or below one. The
// API server spells map keys differently.
func (c leafCase) isAbout(path string) bool {
	return slices.ContainsFunc(c.Fields, func(field string) bool {
		field, path := strings.ReplaceAll(field, "[some_key]", ".some_key"), strings.ReplaceAll(path, "[some_key]", ".some_key")
		if len(path) > len(field) {
			field, path = path, field
		}
		rest, ok := strings.CutPrefix(field, path)
		return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
	})
}
