// Command ask tells which releases accept an expression: go run ./ask 'rate(x[5m] smoothed)' FLAG...
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/promgate/promgate/test/versions"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: ask EXPRESSION [FEATURE FLAG ...]")
		os.Exit(2)
	}
	if err := ask(context.Background(), os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func ask(ctx context.Context, expr string, flags []string) error {
	for _, r := range versions.Releases() {
		e, err := versions.Start(ctx, r)
		if err != nil {
			return err //nolint:wrapcheck // it says which release
		}
		said, err := e.Expr(expr, flags...)
		if err != nil {
			return err //nolint:wrapcheck // it says which release
		}
		if err := e.Close(); err != nil {
			return err //nolint:wrapcheck // it says which release
		}
		fmt.Printf("%-8s %v\n", e.Version, said)
	}
	return nil
}
