// Speed measures promgate lint beside other linters, in one run, as ratios: kubeconform with the local
// schema of the CRD, which knows no PromQL; pint with its offline checks; and promtool's rule check. All
// get the same groups, promgate and kubeconform as PrometheusRule objects, promgate, pint and promtool
// as plain rule files. The figures are those of whole processes, from start to exit, that take turns.
//
//	go -C test/speed run . [-files 100,1000] [-runs 7] [-only kubeconform]
//
// SPEED_BIN is a directory with the four programs, if they are not to be built.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
)

func main() {
	files := flag.String("files", "100,1000", "numbers of files, separated by commas")
	runs := flag.Int("runs", 7, "runs of each program")
	only := flag.String("only", "", "measure only the programs whose names contain this text, and promgate")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *files, *runs, *only); err != nil {
		fmt.Fprintln(os.Stderr, "speed:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, files string, runs int, only string) error {
	dir, err := os.MkdirTemp("", "promgate-speed-")
	if err != nil {
		return fmt.Errorf("making a directory: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // it is temporary
	if skip := os.Getenv("SPEED_BIN"); skip != "" {
		return measureIn(ctx, dir, programs{promgate: skip + "/promgate", kubeconform: skip + "/kubeconform", pint: skip + "/pint", promtool: skip + "/promtool"}, files, runs, only)
	}
	programs, err := build(ctx, filepath.Join("..", "..", "bin"))
	if err != nil {
		return err
	}
	return measureIn(ctx, dir, programs, files, runs, only)
}

func measureIn(ctx context.Context, dir string, programs programs, files string, runs int, only string) error {
	schemas, err := writeSchema(dir)
	if err != nil {
		return err
	}
	for _, number := range strings.Split(files, ",") {
		n, err := strconv.Atoi(number)
		if err != nil {
			return fmt.Errorf("number of files: %w", err)
		}
		set, err := writeSet(filepath.Join(dir, number), n)
		if err != nil {
			return err
		}
		if err := measureAll(ctx, programs.commands(set, schemas), runs, only, set); err != nil {
			return err
		}
	}
	return nil
}
