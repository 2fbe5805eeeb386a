// Command reference gives what the operator's configuration generator makes of a set
// of objects. It is a process of its own because the operator does not compile against
// the modules that promgate links. It reads one request per line on stdin, as JSON, and
// answers each with one line on stdout.
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

// serve answers until the requests end. What is wrong with a request is in its answer;
// an error is one of the pipe.
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

// answer is what a sync of the operator makes of the objects.
func answer(ctx context.Context, r Request) *Answer {
	a := &Answer{Rejected: map[string]string{}}
	err := guarded(func() error {
		set, err := decode(r.Objects)
		if err != nil {
			return err
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

// guarded makes an error of a panic: that the operator's code panics over some objects
// is a result like others.
func guarded(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return f()
}
