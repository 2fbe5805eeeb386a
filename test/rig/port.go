package rig

import (
	"errors"
	"fmt"
	"net"
)

// portAttempts is how many ports are tried if another program takes each of them first.
const portAttempts = 5

// addressTaken is the error message of Go programs whose port is in use.
const addressTaken = "address already in use"

// errPortTaken requests another port.
var errPortTaken = errors.New("another program took the port")

// freePort returns a port that no program listens on. Another program may take it before it is
// used; the kernel hands out other ports first, so that this is rare.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("finding a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// onFreePort calls start with a free port. If start returns [errPortTaken], it tries another port.
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
