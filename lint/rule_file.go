package lint

import (
	"bytes"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
	"go.yaml.in/yaml/v3"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/file"
)

// groupsPath is the path of the groups in a PrometheusRule.
var groupsPath = fieldpath.New("spec", "groups")

// A ruleFile is Prometheus' own format. All scalars are texts as they are written: Prometheus reads a
// label of 1.0 as "1.0", where a Kubernetes object could not have it.
type ruleFile struct {
	Groups []ruleFileGroup `json:"groups" yaml:"groups"`
}

type ruleFileGroup struct {
	Name        string            `json:"name"                   yaml:"name"`
	Interval    *string           `json:"interval,omitempty"     yaml:"interval"`
	QueryOffset *string           `json:"query_offset,omitempty" yaml:"query_offset"`
	Limit       int               `json:"limit,omitempty"        yaml:"limit"`
	Labels      map[string]string `json:"labels,omitempty"       yaml:"labels"`
	Rules       []ruleFileRule    `json:"rules,omitempty"        yaml:"rules"`
}

type ruleFileRule struct {
	Record        string            `json:"record,omitempty"          yaml:"record"`
	Alert         string            `json:"alert,omitempty"           yaml:"alert"`
	Expr          string            `json:"expr"                      yaml:"expr"`
	For           *string           `json:"for,omitempty"             yaml:"for"`
	KeepFiringFor *string           `json:"keep_firing_for,omitempty" yaml:"keep_firing_for"`
	Labels        map[string]string `json:"labels,omitempty"          yaml:"labels"`
	Annotations   map[string]string `json:"annotations,omitempty"     yaml:"annotations"`
}

// readRuleFile reads a document of Prometheus' own format as the spec of a PrometheusRule.
func (l *linter) readRuleFile(o *object) error {
	o.rules, o.kind = true, monitoringv1.SchemeGroupVersion.WithKind(monitoringv1.PrometheusRuleKind)
	l.checkFirst(o)
	o.enlist()
	written := o.fields
	o.fields = map[string]any{"metadata": map[string]any{}, "spec": map[string]any{"groups": []any{}}}
	l.checkKeys(o)
	if err := l.checkRuleFields(o, written); err != nil {
		return err
	}
	if rules, ok := rulesInFile(written); ok && o.document.IsSimple() {
		rules.Namespace = o.namespace
		o.typed = rules
		return nil
	}
	read, err := decodeRuleFile(o.document.Text())
	if err != nil {
		return nil //nolint:nilerr // the rule loader refuses the file as well, and says why
	}
	known, _ := selection.KindFor(o.kind)
	o.fields["spec"] = read
	return l.decode(o, known)
}

// decodeRuleFile decodes a rule file as Prometheus does.
func decodeRuleFile(text []byte) (read ruleFile, err error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	return read, decoder.Decode(&read)
}

// checkFirst warns of a rule file behind another one in the same file: Prometheus (3.16) loads the first
// document alone, with a warning in its log.
func (l *linter) checkFirst(o *object) {
	if o.embedded != nil || o.document.Document == o.file.source.Documents[0] {
		return
	}
	found := l.add(o, file.RuleFile, groupsPath, "Prometheus loads only the first document of a rule file", "write one file for each document")
	if found != nil {
		found.finding.Severity = validation.Warn
	}
}

// checkRuleFields finds fields that no version of Prometheus has.
func (l *linter) checkRuleFields(o *object, written map[string]any) error {
	schema, known, err := l.Schemas.For(o.kind)
	if err != nil || !known {
		return err //nolint:wrapcheck // it names the schema
	}
	for _, unknown := range schema.Unknown(map[string]any{"spec": written}) {
		l.refuseField(o, unknown, fmt.Sprintf("Prometheus has no field %q there, and refuses the file", unknown.Path.Last().Name))
	}
	groups, _ := written["groups"].([]any)
	for i, g := range groups {
		group, _ := g.(map[string]any)
		if _, ok := group["partial_response_strategy"]; ok {
			path := groupsPath.Index(i).Field("partial_response_strategy")
			l.refuse(o, file.UnknownField, path, "only Thanos has the field partial_response_strategy: Prometheus refuses the file",
				"remove it, unless the file is for Thanos alone").onKey()
		}
	}
	return nil
}

// judgeRules loads a rule file as Prometheus (3.16) does, if it could not be decoded or a check found
// something: the checks find whatever else the loader refuses. The loader decides, the checks say why: if it
// accepts the file, what checks deny as installed is left out, since only the operator or an older Prometheus refuses that, and
// its own words are added if no check denies what it refuses.
func (l *linter) judgeRules(o *object) {
	if o.typed != nil && len(o.findings) == 0 {
		return
	}
	o.refuseNewFields()
	groups, errs := loadRules(o.document.Text())
	if len(errs) == 0 {
		o.findings = slices.DeleteFunc(o.findings, func(found located) bool {
			return found.finding.Severity == validation.Deny && l.infos[found.finding.Check].Severity == validation.Deny && !l.isOfVersion(found)
		})
		return
	}
	if o.denied() {
		return
	}
	for _, m := range o.mistakes(groups, errs) {
		found := l.addTo(&o.findings, file.RuleFile, o.namespace, m.finding())
		if m.span != nil {
			found.at(o.inFile(*m.span))
		}
	}
}

// refuseNewFields makes denials of fields that the Prometheus which loads the rule file is too old for: its loader refuses
// the whole file, where the operator would omit the field of an object.
func (o *object) refuseNewFields() {
	for i := range o.findings {
		f := &o.findings[i].finding
		if f.Check == "field-too-new" {
			f.Severity = validation.Deny
			f.Problem = strings.Replace(f.Problem, "the operator omits the field", "it refuses the whole file", 1)
		}
	}
}

// isOfVersion reports whether a finding is what the parser of the Prometheus says which loads the rule files, if it is
// known.
func (l *linter) isOfVersion(found located) bool {
	return l.StandIn != nil && (found.finding.Check == "expr-version" || found.finding.Check == "template-version")
}

// loadRules reads a rule file as Prometheus (3.16) does.
func loadRules(text []byte) (*rulefmt.RuleGroups, []error) {
	return rulefmt.Parse(text, false, model.UTF8Validation, ruleParser(), slog.New(slog.DiscardHandler))
}

// ruleParser is the parser of Prometheus 3: the permissive one has the functions of Prometheus 2 as well.
func ruleParser() parser.Parser {
	options := validation.Permissive().PromQL
	options.Functions = parser.Functions
	return parser.NewParser(options)
}

// isLoaded reports whether a text is a rule file that Prometheus loads.
func isLoaded(text []byte) bool {
	groups, errs := loadRules(text)
	return len(errs) == 0 && len(groups.Groups) > 0
}

func (o *object) denied() bool {
	return slices.ContainsFunc(o.findings, func(found located) bool { return found.finding.Severity == validation.Deny })
}
