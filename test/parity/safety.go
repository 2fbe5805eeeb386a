package parity

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	findingtext "github.com/promgate/promgate/internal/report"
	"github.com/promgate/promgate/promconfig"
)

// written is a configuration in a directory, as in the pod of a Prometheus.
type written struct {
	File     string
	Agent    bool
	Features []string
	Selected int
	Answer   *Answer // its content, for the coverage
}

// errJudged means that promgate itself refuses to render the objects.
var errJudged = errors.New("refused by promgate")

// tame returns a request without the settings that depend on the pod, or on another Prometheus than
// the one in this test.
func tame(r *Request) (*Request, error) {
	tamed := *r
	tamed.Objects = make([]json.RawMessage, 0, len(r.Objects))
	for _, data := range r.Objects {
		var object map[string]any
		if err := json.Unmarshal(data, &object); err != nil {
			return nil, fmt.Errorf("reading an object: %w", err)
		}
		if spec, ok := object["spec"].(map[string]any); ok && object["kind"] != "Namespace" {
			tameSpec(spec)
			withoutFiles(spec)
			withoutProfiles(spec)
			modest(spec)
		}
		tamed.add(object)
	}
	return &tamed, nil
}

func tameSpec(spec map[string]any) {
	// Prometheus opens these immediately. Whether it can depends on the pod.
	delete(spec, "queryLogFile")
	delete(spec, "scrapeFailureLogFile")
	// The Prometheus of this test has version 3. Version 2 has other names for some settings.
	if version, _ := spec["version"].(string); strings.HasPrefix(strings.TrimPrefix(version, "v"), "2") {
		delete(spec, "version")
	}
}

// withoutFiles removes the files that a user names and that Prometheus reads immediately: they are
// in the container. Prometheus reads tokens only when it needs them.
func withoutFiles(value any) {
	switch value := value.(type) {
	case map[string]any:
		delete(value, "caFile")
		if has(value, "certFile") || has(value, "keyFile") {
			// A certificate without a key is refused.
			for _, field := range []string{"cert", "certFile", "keyFile", "keySecret"} {
				delete(value, field)
			}
		}
		for _, v := range value {
			withoutFiles(v)
		}
	case []any:
		for _, v := range value {
			withoutFiles(v)
		}
	}
}

// withoutProfiles removes the profiles of sigv4: they are in a file of the container.
func withoutProfiles(value any) {
	switch value := value.(type) {
	case map[string]any:
		if sigv4, ok := value["sigv4"].(map[string]any); ok {
			delete(sigv4, "profile")
		}
		for _, v := range value {
			withoutProfiles(v)
		}
	case []any:
		for _, v := range value {
			withoutProfiles(v)
		}
	}
}

// most is the maximum to which modest lowers a number.
const most = 100_000

// modest lowers the numbers of samples and exemplars that Prometheus reserves memory for when it
// starts.
func modest(value any) {
	switch value := value.(type) {
	case map[string]any:
		for _, field := range []string{"capacity", "maxSamplesPerSend", "maxSize"} {
			if number, ok := value[field].(float64); ok {
				value[field] = min(number, most)
			}
		}
		for _, v := range value {
			modest(v)
		}
	case []any:
		for _, v := range value {
			modest(v)
		}
	}
}

// awsEnv is the environment of a pod that uses sigv4: Prometheus needs a region and credentials
// before it accepts a configuration, and asks the cloud for settings that are missing.
var awsEnv = map[string]string{
	"AWS_REGION":                "eu-central-1",
	"AWS_ACCESS_KEY_ID":         "id",
	"AWS_SECRET_ACCESS_KEY":     "key",
	"AWS_EC2_METADATA_DISABLED": "true",
}

// podEnv replaces the placeholders, as the operator's config-reloader does.
var podEnv = strings.NewReplacer(
	"$(POD_NAME)", "prometheus-main-0",
	"$(SHARD)", "0",
	"$(INZONE_SHARD)", "0",
	"$(TOPOLOGY_ZONE)", "zone-a",
	"$(NODE_NAME)", "node-1",
)

// write renders a request into a directory, and overwrites its files.
func write(r *Request, dir string) (*written, error) {
	w, err := describe(r)
	if err != nil {
		return nil, err
	}
	model, err := modelOf(r)
	if err != nil {
		return nil, err
	}
	result, err := renderModel(r, model, promconfig.Paths{Rules: "rules", Certificates: "certs"})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errJudged, err)
	}
	for _, old := range []string{"rules", "certs"} {
		if err := os.RemoveAll(filepath.Join(dir, old)); err != nil {
			return nil, fmt.Errorf("clearing %s: %w", dir, err)
		}
	}
	files := map[string][]byte{"prometheus.yaml": []byte(podEnv.Replace(string(result.Config)))}
	maps.Copy(files, result.RuleFiles)
	maps.Copy(files, result.Assets)
	for file, content := range files {
		full := filepath.Join(dir, filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
			return nil, fmt.Errorf("writing a configuration: %w", err)
		}
		if err := os.WriteFile(full, content, 0o600); err != nil {
			return nil, fmt.Errorf("writing a configuration: %w", err)
		}
	}
	w.File, w.Selected = filepath.Join(dir, "prometheus.yaml"), result.Selected
	w.Answer = &Answer{Config: string(result.Config), Rejected: map[string]string{}, RuleFiles: map[string]string{}}
	for file, content := range result.RuleFiles {
		w.Answer.RuleFiles[path.Base(file)] = string(content)
	}
	for _, left := range result.LeftOut {
		w.Answer.Rejected[left.Kind+"/"+left.Namespace+"/"+left.Name] = findingtext.Line(left.Findings[0], findingtext.ReadableLimits())
	}
	return w, nil
}

// describe returns the kind and the feature flags of the Prometheus of a request.
func describe(r *Request) (*written, error) {
	w := &written{}
	for _, data := range r.Objects {
		var head struct {
			metav1.TypeMeta `json:",inline"`

			Spec struct {
				EnableFeatures []string `json:"enableFeatures"`
			} `json:"spec"`
		}
		if err := json.Unmarshal(data, &head); err != nil {
			return nil, fmt.Errorf("reading an object: %w", err)
		}
		switch head.Kind {
		case "Prometheus", "PrometheusAgent":
			w.Agent, w.Features = head.Kind == "PrometheusAgent", head.Spec.EnableFeatures
		}
	}
	return w, nil
}

var (
	verdict = regexp.MustCompile(`(?m)(?:FAILED:|Failed to apply configuration:|(?:couldn't load configuration|Error loading config) \S+:|Prometheus ended:) .*`)
	quoted  = regexp.MustCompile(`\\?"[^"]*"|'\S*?'`)
	objects = regexp.MustCompile(`(serviceMonitor|podMonitor|probe|scrapeConfig)/\S+`)
	digits  = regexp.MustCompile(`\d+`)
)

// frame matches a place in Prometheus, in the stack of a panic.
var frame = regexp.MustCompile(`(?m)^\s+\S*github\.com/prometheus/prometheus@?[^/]*(/\S+\.go:\d+)`)

// dying matches the first line of a crash of a Go program.
var dying = regexp.MustCompile(`(?m)^(?:panic|fatal error): .*$`)

// panicIn returns the message of a crash in a log, and the place in Prometheus.
func panicIn(file string) string {
	log, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	words := dying.FindIndex(log)
	if words == nil {
		return ""
	}
	message := string(log[words[0]:words[1]])
	if place := frame.FindSubmatch(log[words[1]:]); place != nil {
		message += " at " + string(place[1])
	}
	return message
}

// causeOf returns what complaints with the same cause have in common.
func causeOf(said, dir string) string {
	if words := verdict.FindString(said); words != "" {
		said = words
	}
	said = strings.ReplaceAll(said, dir, "DIR")
	said = objects.ReplaceAllString(said, "$1/…")
	said = quoted.ReplaceAllString(said, "…")
	return digits.ReplaceAllString(said, "N")
}
