package parity

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Ledger counts how many differences each deliberate difference explained, over a whole run, and
// keeps the differences that none explained.
type Ledger struct {
	Explained map[string]int
	left      map[string]*Left
}

// Left is one cause of differences that nothing explains.
type Left struct {
	Cause   string
	Count   int
	Example Difference
	Request *Request
}

// NewLedger creates an empty Ledger.
func NewLedger() *Ledger { return &Ledger{Explained: map[string]int{}, left: map[string]*Left{}} }

// Leave keeps a difference that nothing explains.
func (l *Ledger) Leave(d Difference, r *Request) {
	cause := d.Cause()
	if l.left[cause] == nil {
		l.left[cause] = &Left{Cause: cause, Example: d, Request: r}
	}
	l.left[cause].Count++
}

// Left returns the differences that nothing explains, the most frequent first.
func (l *Ledger) Left() []*Left {
	all := slices.Collect(maps.Values(l.left))
	slices.SortFunc(all, func(a, b *Left) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Cause, b.Cause))
	})
	return all
}

// Idle returns the entries of the list that explained nothing.
func (l *Ledger) Idle() []string {
	var idle []string
	for _, entry := range List {
		if l.Explained[entry.ID] == 0 {
			idle = append(idle, entry.ID)
		}
	}
	return idle
}

// Unexplained returns the differences that no entry of the list explains.
func (l *Ledger) Unexplained(r *Request, operator, promgate *Answer) ([]Difference, error) {
	c := &Case{Request: r, Operator: operator, Promgate: promgate, Excused: map[string]bool{}}
	var err error
	if c.Prometheus, err = prometheusOf(r); err != nil {
		return nil, err
	}
	found := Compare(operator, promgate)
	// Rejections come first: they excuse the differences that follow from them.
	for _, d := range found {
		if d.Section == "rejected" && l.explain(c, d) {
			c.Excused[d.Path] = true
		}
	}
	var left []Difference
	for _, d := range found {
		if d.Section == "rejected" && c.Excused[d.Path] || c.follows(d) || d.Section != "rejected" && l.explain(c, d) {
			continue
		}
		left = append(left, d)
	}
	return left, nil
}

func (l *Ledger) explain(c *Case, d Difference) bool {
	for _, entry := range List {
		if entry.Explains(c, d) {
			l.Explained[entry.ID]++
			return true
		}
	}
	return false
}

// follows reports whether a difference exists only because one side does not include an object, and
// that is explained.
func (c *Case) follows(d Difference) bool {
	for object := range c.Excused {
		switch d.Section {
		case "config":
			rest, found := strings.CutPrefix(d.Path, "scrape_configs[")
			job, _, _ := strings.Cut(rest, "]")
			if found && ofObject(job, object) && (d.Operator == any(absent) || d.Promgate == any(absent)) {
				return true
			}
		case "rules", "rules ConfigMap of":
			kind, name, _ := strings.Cut(object, "/")
			if kind == "PrometheusRule" && strings.HasPrefix(d.Path, strings.ReplaceAll(name, "/", "-")+"-") {
				return true
			}
		case "tls":
			// Both sides write the certificates of the objects that they include.
			if _, isThere := d.Operator.(missing); isThere && c.usedOnlyBy(object, d.Path, c.Promgate.Config) {
				return true
			}
			if _, isThere := d.Promgate.(missing); isThere && c.usedOnlyBy(object, d.Path, c.Operator.Config) {
				return true
			}
		}
	}
	return false
}

// usedOnlyBy reports whether only the jobs of one object use a certificate.
func (c *Case) usedOnlyBy(object, asset, config string) bool {
	for _, job := range strings.Split(config, "\n- job_name: ")[1:] {
		name, rest, _ := strings.Cut(job, "\n")
		if ofObject(name, object) && strings.Contains(rest, "/certs/"+asset) {
			return true
		}
	}
	return false
}

// prometheusOf returns the Prometheus or agent that a request names.
func prometheusOf(r *Request) (meta, error) {
	for _, data := range r.Objects {
		var m meta
		if err := json.Unmarshal(data, &m); err != nil {
			return m, fmt.Errorf("reading an object: %w", err)
		}
		if strings.HasPrefix(m.Kind, "Prometheus") && m.Kind != "PrometheusRule" &&
			m.Metadata.Namespace+"/"+m.Metadata.Name == r.Prometheus {
			return m, nil
		}
	}
	return meta{}, nil
}
