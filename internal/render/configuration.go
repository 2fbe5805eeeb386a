package render

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// A Configuration is the configuration of one Prometheus. Each piece of it is proven.
type Configuration struct {
	// Prometheus is the object that the configuration is for.
	Prometheus selection.Ref

	// RuleConfigMaps hold the rule files. Assets holds certificates and keys by file name.
	RuleConfigMaps []promconfig.RuleConfigMap
	Assets         map[string][]byte

	// Jobs is the number of jobs, and Selected the number of objects that the Prometheus selects.
	// LeftOut lists the selected objects that are not in the configuration, or not as a whole.
	// Ignored lists fields of included objects that are omitted.
	Jobs     int
	Selected int
	LeftOut  []LeftOut
	Ignored  []Ignored

	// Warnings list credentials that load but make requests fail. Their objects are in the
	// configuration. Expires is when they may change because a certificate begins or ceases to be
	// valid. It is zero if there is no certificate.
	Warnings []Warning
	Expires  time.Time

	// Global changes each time the Prometheus object itself, or an object that it refers to, is
	// rendered again.
	Global uint64

	// ConfiguredNames reports that the Prometheus has version 3.7 or later, and applies the scheme of names
	// to labels in its configuration.
	ConfiguredNames bool

	at         time.Time
	additional []byte
	pieces     []piece
}

// Render returns the configuration of one Prometheus. The error is [ErrUnknown], a [RefusedError],
// an [UnrenderableError], or means that an asset could not be read: then the next call continues
// there. With a RefusedError, Render returns a Configuration that lists what would be left out, and
// that must not be written.
func (e *Engine) Render(ref selection.Ref) (*Configuration, error) {
	i := e.instances[ref]
	if i == nil {
		return nil, fmt.Errorf("%s: %w", ref, ErrUnknown)
	}
	if i.err != nil {
		return nil, &UnrenderableError{Name: ref.NamespacedName(), Err: i.err}
	}
	if err := i.refresh(e); err != nil {
		return nil, err
	}
	c, err := i.assemble(e.now())
	if len(i.findings) > 0 {
		err = &RefusedError{Name: ref.NamespacedName(), Findings: i.findings}
	}
	if err != nil && c != nil {
		c = &Configuration{Prometheus: ref, LeftOut: c.LeftOut}
	}
	return c, err
}

func (i *instance) assemble(now time.Time) (*Configuration, error) {
	c := &Configuration{at: now, Prometheus: i.Ref, Assets: maps.Clone(i.global.Files), Global: i.globalVersion, ConfiguredNames: i.generator.ConfiguredNames()}
	if c.Assets == nil {
		c.Assets = map[string][]byte{}
	}
	for _, ignored := range i.global.Ignored {
		c.Ignored = append(c.Ignored, Ignored{ignored, "Prometheus", i.Ref.Namespace, i.Ref.Name})
	}
	c.warn(i.Ref, i.secrets)
	i.collectRules(c)
	frame, err := i.generator.Frame(i.global, c.RuleConfigMaps)
	if err != nil {
		return nil, fmt.Errorf("rendering %s: %w", i.Ref, err)
	}
	err = i.collectJobs(c, frame)
	slices.SortFunc(c.LeftOut, func(a, b LeftOut) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return c, err
}

func (i *instance) collectRules(c *Configuration) {
	files := map[string][]byte{}
	for _, ref := range slices.SortedFunc(maps.Keys(i.rules), selection.Ref.Compare) {
		rule := i.rules[ref]
		c.Selected++
		findings := rule.findings
		if _, taken := files[rule.file.File]; taken && len(findings) == 0 {
			findings = []validation.Finding{sameFile(rule.file)}
		}
		if len(findings) > 0 {
			c.LeftOut = append(c.LeftOut, LeftOut{Kind: monitoringv1.PrometheusRuleKind, Namespace: ref.Namespace, Name: ref.Name, Findings: findings})
			continue
		}
		files[rule.file.File] = rule.file.Content
		c.ignored(ref, rule.file.Ignored)
	}
	c.RuleConfigMaps = i.generator.RuleConfigMaps(files)
}

// Objects that are read from files have no UID, so that a/b-c and a-b/c may get the same file name.
func sameFile(file promconfig.RuleFile) validation.Finding {
	return validation.Finding{
		Check: judge.Check, Severity: validation.Deny, Path: fieldpath.New("metadata", "name"),
		Problem: fmt.Sprintf("another PrometheusRule without a uid generates the rule file %s too", file.File),
	}
}

// perPiece is the average number of objects in a piece. Where a piece ends depends on the names
// alone, so that adding or removing an object changes one piece and no other. Pieces of one object
// each would compress 30 times worse.
const perPiece = 64

func (i *instance) collectJobs(c *Configuration, frame promconfig.Frame) error {
	var findings []validation.Finding
	c.pieces, c.additional = []piece{{text: frame.Before}}, frame.Additional
	for _, kind := range frame.Kinds {
		if kind == promconfig.Additional {
			c.Jobs += len(i.global.Additional)
			c.pieces = append(c.pieces, piece{text: frame.Additional})
			continue
		}
		begin := len(c.pieces)
		for _, e := range i.order[kind] {
			c.Selected++
			if twice := c.entry(e, i.names); twice != nil {
				findings = append(findings, *twice)
			}
			if len(c.pieces) == begin || e.begins {
				c.pieces = append(c.pieces, piece{})
			}
			last := &c.pieces[len(c.pieces)-1]
			if e.valid() {
				last.entries = append(last.entries, e)
			}
		}
	}
	if len(findings) > 0 {
		return &RefusedError{Name: i.Ref.NamespacedName(), Findings: findings}
	}
	if c.Jobs == 0 {
		c.pieces = append(c.pieces, piece{text: []byte(promconfig.NoJobs)})
	} else {
		c.pieces[0].text = append(slices.Clip(frame.Before), '\n')
	}
	c.pieces = append(c.pieces, piece{text: frame.After})
	return i.compress(c)
}

// entry adds what a monitor gives. If a job of the additional scrape configurations has the same
// name, the mistake is in the additional ones.
func (c *Configuration) entry(e *entry, additional map[string]fieldpath.Path) *validation.Finding {
	for n, job := range e.jobs {
		if _, out := e.lost[n]; out || !e.valid() {
			continue
		}
		if field, taken := additional[job.name]; taken {
			return &validation.Finding{Check: judge.Check, Severity: validation.Deny, Path: field,
				Problem: fmt.Sprintf("job_name %q is there twice: %s has it too", job.name, e.ref)}
		}
		c.Jobs++
	}
	if e.valid() && len(e.lost) == 0 {
		c.take(e)
		return nil
	}
	findings := slices.Clone(e.findings)
	for _, n := range slices.Sorted(maps.Keys(e.lost)) {
		findings = append(findings, e.lost[n])
	}
	c.LeftOut = append(c.LeftOut, LeftOut{Kind: e.ref.Kind, Namespace: e.ref.Namespace, Name: e.ref.Name, Findings: findings, Partly: e.valid() && len(e.lost) < len(e.jobs)})
	if e.valid() {
		c.take(e)
	}
	return nil
}

func (c *Configuration) take(e *entry) {
	maps.Copy(c.Assets, e.files)
	c.ignored(e.ref, e.ignored)
	c.warn(e.ref, e.secrets)
}

// warn adds what is wrong with the credentials of an object.
func (c *Configuration) warn(ref selection.Ref, of judge.Credentials) {
	if found := of.At(c.at); len(found) > 0 {
		c.Warnings = append(c.Warnings, Warning{ref, found})
	}
	if next := of.Next(c.at); !next.IsZero() && (c.Expires.IsZero() || next.Before(c.Expires)) {
		c.Expires = next
	}
}

func (c *Configuration) ignored(ref selection.Ref, ignored []promconfig.Ignored) {
	for _, i := range ignored {
		c.Ignored = append(c.Ignored, Ignored{i, ref.Kind, ref.Namespace, ref.Name})
	}
}

// Text returns the configuration.
func (c *Configuration) Text() []byte {
	var text []byte
	for n := range c.pieces {
		text = c.pieces[n].appendTo(text)
	}
	return text
}

// Gzip returns the configuration, compressed.
func (c *Configuration) Gzip() []byte {
	var all []byte
	for _, p := range c.pieces {
		all = append(all, p.gzip...)
	}
	return all
}

// Size returns the length of Gzip, in bytes.
func (c *Configuration) Size() int {
	size := 0
	for _, p := range c.pieces {
		size += len(p.gzip)
	}
	return size
}

// JobNames returns the names of the objects' jobs.
func (c *Configuration) JobNames() map[string]bool {
	names := make(map[string]bool, c.Jobs)
	for _, jobs := range c.jobsOf() {
		for _, name := range jobs {
			names[name] = true
		}
	}
	return names
}

// jobsOf returns the names of the jobs of each object.
func (c *Configuration) jobsOf() map[selection.Ref][]string {
	names := map[selection.Ref][]string{}
	for _, p := range c.pieces {
		for _, e := range p.entries {
			for n, job := range e.jobs {
				if _, out := e.lost[n]; !out {
					names[e.ref] = append(names[e.ref], job.name)
				}
			}
		}
	}
	return names
}
