// Command reference returns the output of the operator's configuration generator for a set of
// objects. It is a process of its own because the operator does not compile with the modules that
// promgate links. It reads one request per line on stdin, as JSON, and answers each request with
// one line on stdout.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime/debug"
)

func main() {
	if err := serve(context.Background(), os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "reference:", err)
		os.Exit(1)
	}
}

// serve answers until the requests end. Mistakes in a request are part of its answer; an error is a
// failure of the pipe.
func serve(ctx context.Context, in io.Reader, out io.Writer) error {
	requests := json.NewDecoder(bufio.NewReader(in))
	answers := bufio.NewWriter(out)
	encoder := json.NewEncoder(answers)
	encoder.SetEscapeHTML(false)
	for {
		var r Request
		err := requests.Decode(&r)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading a request: %w", err)
		}
		if err := encoder.Encode(answer(ctx, r)); err != nil {
			return fmt.Errorf("writing an answer: %w", err)
		}
		if err := answers.Flush(); err != nil {
			return fmt.Errorf("writing an answer: %w", err)
		}
	}
}

// answer returns the result of a sync of the operator for the objects.
func answer(ctx context.Context, r Request) *Answer {
	a := &Answer{Rejected: map[string]string{}}
	err := guarded(func() error {
		set, err := decode(r.Objects)
		if err != nil {
			return err
		}
		if r.Alertmanager != "" {
			return generateAlertmanager(ctx, set, r, a)
		}
		if r.Repeat > 0 {
			return measure(ctx, set, r, a)
		}
		return generate(ctx, set, r, a)
	})
	if err != nil {
		a.Config, a.Error = "", err.Error()
	}
	return a
}

// guarded turns a panic into an error: a panic of the operator's code because of some object is a
// result like any other.
func guarded(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return f()
}
