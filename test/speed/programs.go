package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// programs are the paths of what is measured.
type programs struct{ promgate, kubeconform, pint, promtool string }

// build compiles the programs from their Go modules, at the versions that those pin.
func build(ctx context.Context, to string) (programs, error) {
	to, err := filepath.Abs(to)
	if err != nil {
		return programs{}, fmt.Errorf("finding the directory of programs: %w", err)
	}
	p := programs{}
	for _, b := range []struct {
		path        *string
		module, pkg string
	}{
		{&p.promgate, filepath.Join("..", ".."), "./cmd/promgate"},
		{&p.kubeconform, ".", "github.com/yannh/kubeconform/cmd/kubeconform"},
		{&p.pint, ".", "github.com/cloudflare/pint/cmd/pint"},
		{&p.promtool, filepath.Join("..", "prometheus"), "github.com/prometheus/prometheus/cmd/promtool"},
	} {
		*b.path = filepath.Join(to, "speed", filepath.Base(b.pkg))
		cmd := exec.CommandContext(ctx, "go", "-C", b.module, "build", "-trimpath", "-ldflags", "-s -w", "-o", *b.path, b.pkg)
		cmd.Env, cmd.Stderr = append(os.Environ(), "CGO_ENABLED=0"), os.Stderr
		if err := cmd.Run(); err != nil {
			return programs{}, fmt.Errorf("building %s: %w", b.pkg, err)
		}
	}
	return p, nil
}

// A command is a program with its arguments. The program gets the input that its format names.
type command struct {
	name   string
	format string // objects, or rule files
	args   []string
	goal   float64 // promgate is to be at least so many times as fast with the same groups
	as     string  // the name of the promgate command that it is compared with
}

func (p programs) commands(s set, schemas string) []command {
	const objects, rules = "promgate, objects", "promgate, rule files"
	return []command{
		{name: objects, args: []string{p.promgate, "lint", s.objects}},
		{name: rules, args: []string{p.promgate, "lint", s.rules}},
		{name: "kubeconform", args: []string{p.kubeconform, "-strict", "-summary", "-schema-location", schemas, s.objects}, goal: 1, as: objects},
		{name: "pint", args: []string{p.pint, "--offline", "--no-color", "--config", s.pintConfig, "lint", s.rules}, goal: 4, as: rules},
		{name: "promtool", args: append([]string{p.promtool, "check", "rules", "--lint=none"}, s.ruleFiles...), goal: 3, as: objects},
	}
}
