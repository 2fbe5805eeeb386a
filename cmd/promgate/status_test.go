package main

import (
	"errors"
	"fmt"
	"testing"
)

func TestStatus(t *testing.T) {
	for want, err := range map[int]error{
		1: fmt.Errorf("wrapped: %w", errLeftOut),
		2: couldNotRun(errors.New("no such file")),
	} {
		if got := exitStatus(err); got != want {
			t.Errorf("%v: status %d, want %d", err, got, want)
		}
	}
}
