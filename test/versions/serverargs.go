package versions

import (
	"cmp"
	"fmt"
	"go/ast"
	"slices"
	"strings"

	"github.com/promgate/promgate/dialect"
)

// argumentsOf reads the declarations of command-line flags, ordered by name. A declaration is a chain of calls: the flag, its default,
// and the variable that it sets, whose method says how its value is read. What github.com/prometheus/common declares for the
// log is added: it is the same in all releases.
func argumentsOf(tree *ast.File) ([]Argument, error) {
	all := []Argument{
		{Name: "log.format", Kind: dialect.EnumArgument, Values: []string{"logfmt", "json"}},
		{Name: "log.level", Kind: dialect.EnumArgument, Values: []string{"debug", "info", "warn", "error"}},
	}
	var err error
	inner := map[*ast.CallExpr]bool{} // calls within a chain that is read already
	ast.Inspect(tree, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || inner[call] {
			return true
		}
		if strings.HasSuffix(textOf(call.Fun), "webflag.AddFlags") {
			// github.com/prometheus/exporter-toolkit before v0.8 declares this one alone.
			all = append(all, Argument{Name: "web.config.file", Kind: dialect.TextArgument})
			return true
		}
		a, ok, problem := argumentOf(call, inner)
		err = cmp.Or(err, problem)
		if ok {
			all = append(all, a)
		}
		return true
	})
	slices.SortFunc(all, func(a, b Argument) int { return cmp.Compare(a.Name, b.Name) })
	return all, err
}

// argumentOf reads one chain of calls from its end to its beginning.
func argumentOf(call *ast.CallExpr, inner map[*ast.CallExpr]bool) (a Argument, isArgument bool, err error) {
	for link := call; ; {
		inner[link] = true
		if name, mode, ok := declared(link); ok {
			a.Name, a.Mode = name, mode
			if a.Kind == "" {
				err = fmt.Errorf("the kind of the flag --%s is not known", name)
			}
			return a, true, err
		}
		selector, ok := link.Fun.(*ast.SelectorExpr)
		if !ok {
			return a, false, nil
		}
		switch {
		case selector.Sel.Name == "Action":
			a.Kind = dialect.EndingArgument
		case a.Kind == "":
			a.Kind, a.Values = argumentKind(selector.Sel.Name, link.Args)
		}
		if link, ok = selector.X.(*ast.CallExpr); !ok {
			return a, false, nil
		}
	}
}

// declared reads the call that a chain begins with: a.Flag(name, help) or serverOnlyFlag(a, name, help).
func declared(call *ast.CallExpr) (name string, mode dialect.Mode, ok bool) {
	function, at := textOf(call.Fun), 1
	switch {
	case strings.HasSuffix(function, ".Flag"):
		at = 0
	case function == "serverOnlyFlag":
		mode = dialect.ServerMode
	case function == "agentOnlyFlag":
		mode = dialect.AgentMode
	default:
		return "", "", false
	}
	if len(call.Args) <= at {
		return "", "", false
	}
	name, ok = stringOf(call.Args[at])
	return name, mode, ok
}

// argumentKinds are the kinds by the methods of kingpin that declare them.
var argumentKinds = map[string]dialect.ArgumentKind{
	"Bool": dialect.BoolArgument, "BoolVar": dialect.BoolArgument,
	"String": dialect.TextArgument, "StringVar": dialect.TextArgument, "StringsVar": dialect.TextsArgument,
	"IntVar": dialect.IntArgument, "Int64Var": dialect.IntArgument, "FloatVar": dialect.FloatArgument,
	"BytesVar": dialect.BytesArgument, "EnumVar": dialect.EnumArgument,
	"DurationVar": dialect.GoDurationArgument, "SetValue": dialect.DurationArgument,

	// Those of Alertmanager return the variable.
	"Strings": dialect.TextsArgument, "Int": dialect.IntArgument, "Int64": dialect.IntArgument, "Float64": dialect.FloatArgument,
	"Duration": dialect.GoDurationArgument, "Enum": dialect.EnumArgument,
}

// argumentKind returns the kind that a method of the chain gives the flag. Of the methods with a type of Prometheus' own,
// all but one set a duration.
func argumentKind(method string, args []ast.Expr) (kind dialect.ArgumentKind, values []string) {
	kind = argumentKinds[method]
	switch {
	case method == "SetValue" && strings.Contains(textOf(args[0]), "rwProtoMsgFlagValue"):
		return dialect.EnumsArgument, []string{"prometheus.WriteRequest", "io.prometheus.write.v2.Request"}
	case kind == dialect.EnumArgument:
		for _, v := range args[1:] {
			values = append(values, enumValue(v))
		}
	}
	return kind, values
}

// enumValue returns the value of an expression in an enumeration: a string, or a constant for a way to compress, which is named
// after its value.
func enumValue(e ast.Expr) string {
	if s, ok := stringOf(e); ok {
		return s
	}
	text := textOf(e)
	if call, ok := e.(*ast.CallExpr); ok && len(call.Args) == 1 { // string(wlog.CompressionSnappy)
		text = textOf(call.Args[0])
	}
	name := text[strings.LastIndexByte(text, '.')+1:]
	return strings.ToLower(strings.TrimPrefix(name, "Compression"))
}
