package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"strings"

	"github.com/promgate/promgate/test/rig"
)

// shell prints each command before its output, as a terminal would.
type shell struct {
	kubectl rig.Kubectl
	out     io.Writer
}

func (s shell) run(ctx context.Context, args ...string) (rig.Output, error) {
	fmt.Fprintf(s.out, "\n$ kubectl %s\n", strings.Join(args, " "))
	out, err := s.kubectl.Run(ctx, args...)
	fmt.Fprint(s.out, out.Stdout, out.Stderr)
	return out, err
}

// showExamples applies examples/ and shows an object that is admitted unchanged, an object that
// gets labels, and the objects in examples/refused, which are refused. It returns an error if one
// of the three does not exist.
func showExamples(ctx context.Context, out io.Writer, kubectl rig.Kubectl) error {
	s := shell{kubectl: kubectl, out: out}
	fmt.Fprintln(out, "\nThe examples are applied:")
	if _, err := s.run(ctx, "apply", "-f", "examples/"); err != nil {
		return err
	}
	objects, err := readObjects(filepath.Join(kubectl.Dir, "examples"))
	if err != nil {
		return err
	}
	if err := showAdmitted(ctx, s, objects); err != nil {
		return err
	}
	return showRefused(ctx, s)
}

func showAdmitted(ctx context.Context, s shell, objects []object) error {
	var asItIs, completed *object
	for i, o := range objects {
		if !o.defaulted() {
			continue
		}
		labels, err := storedLabels(ctx, s.kubectl, o)
		if err != nil {
			return err
		}
		switch {
		case maps.Equal(labels, o.Metadata.Labels):
			asItIs = &objects[i]
		case len(labels) > len(o.Metadata.Labels):
			completed = &objects[i]
		}
	}
	if asItIs == nil {
		return errors.New("showing the examples: none was admitted unchanged")
	}
	if completed == nil {
		return errors.New("showing the examples: none got labels")
	}
	fmt.Fprintf(s.out, "\n%s has all the labels that the Prometheus requires; it was admitted unchanged:\n", asItIs)
	if err := showLabels(ctx, s, *asItIs); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "\n%s had %s; promgate added labels:\n", completed, describe(completed.Metadata.Labels))
	return showLabels(ctx, s, *completed)
}

func showLabels(ctx context.Context, s shell, o object) error {
	_, err := s.run(ctx, "get", strings.ToLower(o.Kind), o.Metadata.Name, "--namespace", o.Metadata.Namespace, "--show-labels")
	return err
}

// showRefused applies each file in examples/refused by itself. Each has to be refused, and by
// promgate.
func showRefused(ctx context.Context, s shell) error {
	files, err := filepath.Glob(filepath.Join(s.kubectl.Dir, "examples", "refused", "*.yaml"))
	if err != nil {
		return fmt.Errorf("looking for the broken examples: %w", err)
	}
	if len(files) == 0 {
		return errors.New("showing the examples: there is no broken example")
	}
	fmt.Fprintln(s.out, "\nObjects that Prometheus could not load are refused:")
	for _, file := range files {
		name := "examples/refused/" + filepath.Base(file)
		out, err := s.run(ctx, "apply", "-f", name)
		if err == nil {
			return fmt.Errorf("showing the examples: %s was admitted, but should have been refused", name)
		}
		if !strings.Contains(out.Stderr, "validate.promgate.dev") {
			return fmt.Errorf("showing the examples: %s was not refused by promgate: %w", name, err)
		}
	}
	return nil
}
