// Command ask tells which releases accept an expression, or a configuration that is in a file:
//
//	go run ./ask 'rate(x[5m] smoothed)' FLAG...
//	go run ./ask -configuration prometheus.yaml FLAG...
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"github.com/promgate/promgate/test/versions"
)

func main() {
	isConfiguration := flag.Bool("configuration", false, "the argument is the file of a configuration")
	agent := flag.Bool("agent", false, "of an agent")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: ask EXPRESSION [FEATURE FLAG ...]\n       ask -configuration [-agent] FILE [FEATURE FLAG ...]")
		os.Exit(2)
	}
	text, flags := flag.Arg(0), flag.Args()[1:]
	ask := func(ctx context.Context, r versions.Release) error { return expression(ctx, r, text, flags) }
	if *isConfiguration {
		data, err := os.ReadFile(text)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		c := versions.Configuration{Text: string(data), Agent: *agent, Flags: flags}
		ask = func(ctx context.Context, r versions.Release) error { return configuration(ctx, r, c) }
	}
	for _, r := range versions.Releases() {
		if err := ask(context.Background(), r); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func expression(ctx context.Context, r versions.Release, expr string, flags []string) error {
	e, err := versions.Start(ctx, r)
	if err != nil {
		return err //nolint:wrapcheck // it says which release
	}
	said, err := e.Expr(expr, flags...)
	if err != nil {
		return err //nolint:wrapcheck // it says which release
	}
	fmt.Printf("%-8s %v\n", e.Version, said)
	return e.Close() //nolint:wrapcheck // it says which release
}

func configuration(ctx context.Context, r versions.Release, c versions.Configuration) error {
	l, err := versions.StartLoader(ctx, r)
	if err != nil {
		return err //nolint:wrapcheck // it says which release
	}
	said, err := l.Load(c)
	if err != nil {
		return err //nolint:wrapcheck // it says which release
	}
	fmt.Printf("%-8s %v\n", l.Version, said)
	return l.Close() //nolint:wrapcheck // it says which release
}
