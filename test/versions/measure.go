package versions

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/blang/semver/v4"

	"github.com/promgate/promgate/dialect"
)

// StartAll starts the program of each release of the list.
func StartAll(ctx context.Context) ([]*Engine, error) {
	var engines []*Engine
	for _, r := range Releases() {
		e, err := Start(ctx, r)
		if err != nil {
			return nil, errors.Join(err, CloseAll(engines))
		}
		engines = append(engines, e)
	}
	return engines, nil
}

// CloseAll ends the programs.
func CloseAll(engines []*Engine) error {
	var all []error
	for _, e := range engines {
		all = append(all, e.Close())
	}
	return errors.Join(all...)
}

// Dialect returns the release as package dialect has it.
func (e *Engine) Dialect() dialect.Version { return dialect.VersionOf(semver.MustParse(e.Version)) }

// refused is the verdict on a construct that no feature flag makes valid.
const refused = "refused"

// verdict returns the feature flag that the release needs for a probe: none, one, or [refused].
func (e *Engine) verdict(p Probe) (string, error) {
	if p.Rules != "" {
		said, err := e.Rules(p.Rules)
		if err != nil || len(said) == 0 {
			return "", err
		}
		return refused, nil
	}
	verdict := ""
	for i, expr := range p.Exprs {
		this, err := e.exprVerdict(expr)
		if err != nil {
			return "", err
		}
		if i > 0 && this != verdict {
			return "", fmt.Errorf("the probes of %s %s disagree: in Prometheus %s %s is %q, and %s is %q", p.Kind, p.Name, e.Version, p.Exprs[0], verdict, expr, this)
		}
		verdict = this
	}
	return verdict, nil
}

func (e *Engine) exprVerdict(expr string) (string, error) {
	said, err := e.Expr(expr)
	if err != nil || len(said) == 0 {
		return "", err
	}
	for _, flag := range e.Flags {
		said, err := e.Expr(expr, flag)
		if err != nil {
			return "", err
		}
		if len(said) == 0 {
			return flag, nil
		}
	}
	return refused, nil
}

// Measure asks the releases, oldest first, and returns the constructs on which they differ.
func Measure(engines []*Engine) ([]dialect.Construct, error) {
	probes, err := Probes(engines)
	if err != nil {
		return nil, err
	}
	releases := make([]dialect.Version, len(engines))
	for i, e := range engines {
		releases[i] = e.Dialect()
	}
	var table []dialect.Construct
	for _, p := range probes {
		verdicts := make([]string, len(engines))
		for i, e := range engines {
			if verdicts[i], err = e.verdict(p); err != nil {
				return nil, err
			}
		}
		same := !slices.ContainsFunc(verdicts, func(v string) bool { return v != verdicts[0] })
		switch {
		case same && verdicts[0] == "":
			continue
		case same && verdicts[0] == refused && p.Kind != dialect.MetricKeyword && p.Kind != dialect.LabelKeyword:
			return nil, fmt.Errorf("no release accepts the probe of %s %s", p.Kind, p.Name)
		case same && verdicts[0] == refused:
			continue // a word that can never be a name
		}
		table = append(table, dialect.Construct{Kind: p.Kind, Name: p.Name, Accepted: spansOf(releases, verdicts)})
	}
	slices.SortStableFunc(table, func(a, b dialect.Construct) int {
		return cmp.Or(cmp.Compare(kindIndex(a.Kind), kindIndex(b.Kind)), cmp.Compare(a.Name, b.Name))
	})
	return table, nil
}

// spansOf joins the releases that follow each other and need the same flag. The first release
// stands for all before it, and the last one for all after it.
func spansOf(releases []dialect.Version, verdicts []string) []dialect.Span {
	var spans []dialect.Span
	for i, v := range verdicts {
		if i > 0 && v == verdicts[i-1] {
			continue
		}
		if i > 0 && verdicts[i-1] != refused {
			spans[len(spans)-1].Until = releases[i]
		}
		if v == refused {
			continue
		}
		span := dialect.Span{Flag: v}
		if i > 0 {
			span.From = releases[i]
		}
		spans = append(spans, span)
	}
	return spans
}

func kindIndex(k dialect.Kind) int {
	return slices.Index([]dialect.Kind{
		dialect.Function, dialect.Aggregation, dialect.Operator, dialect.Modifier, dialect.Duration, dialect.Number, dialect.Name,
		dialect.MetricKeyword, dialect.LabelKeyword, dialect.Regexp, dialect.TemplateFunction, dialect.GroupField, dialect.RuleField,
	}, k)
}
