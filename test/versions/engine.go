package versions

import (
	"context"
	"slices"
)

// An Engine is the running program of a release. One goroutine may use it at a time.
type Engine struct {
	*process

	Release Release
	Version string // of Prometheus: 3.16.0

	// Keywords are the words of PromQL, Templates the functions of templates, and Flags the feature
	// flags that change what the release accepts, as its sources list them.
	Keywords, Templates, Flags []string
	// GroupFields and RuleFields are the fields of rule files.
	GroupFields, RuleFields []string
}

// A Function is a function of PromQL as a release declares it. A negative Variadic means any number of
// the last argument.
type Function struct {
	Name     string   `json:"name"`
	Args     []string `json:"args"`
	Variadic int      `json:"variadic"`
	Returns  string   `json:"returns"`
}

type question struct {
	Flags []string `json:"flags,omitempty"`
	Expr  *string  `json:"expr,omitempty"`
	Rules *string  `json:"rules,omitempty"`
}

type answer struct {
	Errors    []string   `json:"errors"`
	Functions []Function `json:"functions"`
}

// Start builds the program of a release, unless it is in the cache, and starts it.
func Start(ctx context.Context, r Release) (*Engine, error) {
	version, err := r.Prometheus()
	if err != nil {
		return nil, err
	}
	path, s, err := build(ctx, r)
	if err != nil {
		return nil, err
	}
	p, err := start(ctx, path, "Prometheus "+version)
	if err != nil {
		return nil, err
	}
	e := &Engine{Release: r, Version: version, Keywords: s.Keywords, Templates: s.Templates, GroupFields: s.GroupFields, RuleFields: s.RuleFields, process: p}
	for _, f := range s.Flags {
		e.Flags = append(e.Flags, f.Flag)
	}
	slices.Sort(e.Flags)
	return e, nil
}

// Expr returns what the parser says against an expression, with some feature flags; nothing if it is
// accepted.
func (e *Engine) Expr(expr string, flags ...string) ([]string, error) {
	a, err := e.put(question{Flags: flags, Expr: &expr})
	return a.Errors, err
}

// Rules returns what the rule loader says against the text of a rule file.
func (e *Engine) Rules(content string, flags ...string) ([]string, error) {
	a, err := e.put(question{Flags: flags, Rules: &content})
	return a.Errors, err
}

// Functions returns the functions that the parser knows, by name.
func (e *Engine) Functions() (map[string]Function, error) {
	a, err := e.put(question{})
	all := make(map[string]Function, len(a.Functions))
	for _, f := range a.Functions {
		all[f.Name] = f
	}
	return all, err
}

func (e *Engine) put(q question) (answer, error) {
	var a answer
	err := e.ask(q, &a)
	return a, err
}
