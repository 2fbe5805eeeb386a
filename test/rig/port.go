package rig

import (
	"errors"
	"fmt"
	"net"
)

// portAttempts is how often another port is tried when somebody was faster.
const portAttempts = 5

// addressTaken is what a program says, in Go's words, when its port is another's.
const addressTaken = "address already in use"

// errPortTaken asks for another port.
var errPortTaken = errors.New("somebody else took the port")

// freePort gives a port that nobody listens on. Somebody else may take it before
// it is used; the kernel hands out others first, so that is rare.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("finding a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// onFreePort starts something on a free port. When start says [errPortTaken], it
// tries another.
func onFreePort[T any](port func() (int, error), start func(port int) (T, error)) (T, error) {
	for attempt := 1; ; attempt++ {
		n, err := port()
		if err != nil {
			var none T
			return none, err
		}
		started, err := start(n)
		if !errors.Is(err, errPortTaken) || attempt == portAttempts {
			return started, err
		}
	}
}
