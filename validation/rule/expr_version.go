package rule

import (
	"fmt"

	"github.com/promgate/promgate/dialect"
	"github.com/promgate/promgate/validation"
)

var exprVersion = validation.Check[*groupRule]{
	ID: "expr-version", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "The expression is for another version of Prometheus",
		Text: `The Prometheus that loads the rule runs a version, or lacks a feature flag, for which the expression is
not valid PromQL. It refuses the whole rule file. What each version accepts is in [the table](../../versions.md), which is
made by asking the parsers of these versions.

promgate knows the version and the feature flags from ` + "`version`, `enableFeatures` and `additionalArgs`" + ` of the
Prometheus object. A ThanosRuler reads rules with the parser of the Prometheus that its version of Thanos links:
[the page on other readers](../../readers.md) lists them. If several Prometheus objects select the rule and only some refuse it, the finding is a warning that
names them. Where promgate knows no Prometheus that selects the rule, [expr-experimental](expr-experimental.md) and
[function-version](function-version.md) warn.`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, s validation.Snapshot) []validation.Finding {
		if r.expr == nil || !s.Prometheus.Known() {
			return nil
		}
		expr := r.Expr.String()
		var found []validation.Finding
		for _, u := range refusedBy(s.Prometheus, r.uses) {
			f := r.place("expr").Finding(versionProblem(u, s.Prometheus), versionFix(u, s.Prometheus), validation.Key(string(u.Kind), u.Name, expr))
			f.Excerpt = r.place("expr").Excerpt(expr, u.Start, u.End)
			found = append(found, f)
		}
		return found
	},
}

// maxUsesNamed bounds how many constructs of one text are named: each finding holds the whole text.
const maxUsesNamed = 10

// refusedBy returns the constructs that a Prometheus refuses.
func refusedBy(p validation.Prometheus, uses []dialect.Use) []dialect.Use {
	refused := dialect.Refused(uses, dialectOf(p), p.Features)
	return refused[:min(len(refused), maxUsesNamed)]
}

func versionProblem(u dialect.Use, p validation.Prometheus) string {
	if p.Thanos {
		return fmt.Sprintf("%s %s; %s runs Thanos %s, which reads it as Prometheus %s does", u, u.Needs(), p.Name, p.Version, dialectOf(p))
	}
	return fmt.Sprintf("%s %s; %s runs %s", u, u.Needs(), p.Name, p.Version)
}

// dialectOf returns the release of Prometheus as which an engine reads rules.
func dialectOf(p validation.Prometheus) dialect.Version {
	version := dialect.VersionOf(p.Version)
	if p.Thanos {
		return dialect.OfThanos(version)
	}
	return version
}

func versionFix(u dialect.Use, p validation.Prometheus) string {
	if p.Thanos {
		return thanosFix(u, p)
	}
	if flag := u.Flag(dialectOf(p)); flag != "" {
		return "add " + flag + " to enableFeatures of " + p.Name
	}
	if successor := validation.RemovedFunctions()[u.Name]; u.Kind == dialect.Function && successor != "" {
		return "write " + successor
	}
	return "write it without, or change the version"
}

// thanosFix is versionFix for a ThanosRuler.
func thanosFix(u dialect.Use, p validation.Prometheus) string {
	version := dialect.VersionOf(p.Version)
	if flag := u.Flag(dialectOf(p)); len(dialect.ThanosFeatures(version, []string{flag})) > 0 {
		return "add " + flag + " to enableFeatures of " + p.Name
	}
	if successor := validation.RemovedFunctions()[u.Name]; u.Kind == dialect.Function && successor != "" {
		return "write it without: the function is gone, and the operator does not accept " + successor + " for a ThanosRuler"
	}
	if newer, ok := dialect.NewerThanos(u.Construct, version); ok {
		return "write it without, or run Thanos " + newer.String()
	}
	return "write it without"
}
