package rig

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
)

// Server is a running program that serves HTTP on a loopback port.
type Server struct {
	// URL of its web server, without a path.
	URL string
	// Port of the URL.
	Port int
	// LogFile is its log.
	LogFile string

	command Command
	signs   signs
	process *Process
}

// signs show that a server is ready. Only both signs together show that it is this server, and not
// another program that took the port first.
type signs struct {
	log  string // a text that its log contains once it has the port
	path string // a path that answers with 200 once it is ready
}

// StartNodeExporter starts the node_exporter at path and returns when it serves metrics, at
// /metrics. Its log is in dir.
func StartNodeExporter(ctx context.Context, path, dir string) (*Server, error) {
	c := Command{Name: "node_exporter", Path: path, LogDir: dir}
	return startServer(ctx, freePort, c, signs{log: "Listening on", path: "/metrics"})
}

// StartActuator starts the application of test/actuator at path and returns when it serves metrics,
// at /actuator/prometheus. A GET of / increments http_requests_total. Its log is in dir.
func StartActuator(ctx context.Context, path, dir string) (*Server, error) {
	c := Command{Name: "actuator", Path: path, LogDir: dir}
	return startServer(ctx, freePort, c, signs{log: "Listening on", path: "/actuator/prometheus"})
}

// startServer starts a program that has the address flag of the Prometheus project.
func startServer(ctx context.Context, port func() (int, error), c Command, ready signs) (*Server, error) {
	return onFreePort(port, func(port int) (*Server, error) {
		address := "127.0.0.1:" + strconv.Itoa(port)
		s := &Server{
			URL:     "http://" + address,
			Port:    port,
			LogFile: filepath.Join(c.LogDir, c.Name+".log"),
			command: c,
			signs:   ready,
		}
		s.command.Args = append([]string{"--web.listen-address=" + address}, c.Args...)
		if err := s.Start(ctx); err != nil {
			return nil, err
		}
		return s, nil
	})
}

// Start starts the program again after [Server.Stop], on the same port, and returns when it is
// ready.
func (s *Server) Start(ctx context.Context) error {
	said, err := fileSize(s.LogFile)
	if err != nil {
		return err
	}
	process, err := StartProcess(s.command)
	if err != nil {
		return err
	}
	s.process = process
	err = s.process.waitFor(ctx, s.command.Name, func(ctx context.Context) error {
		return s.ready(ctx, said)
	})
	if err == nil {
		return nil
	}
	s.Stop()
	if log, logErr := readFrom(s.LogFile, said); logErr == nil && strings.Contains(log, addressTaken) {
		return fmt.Errorf("%w: %w", errPortTaken, err)
	}
	return err
}

// ready looks for the signs, in the log from an offset on.
func (s *Server) ready(ctx context.Context, said int64) error {
	log, err := readFrom(s.LogFile, said)
	if err != nil {
		return err
	}
	if !strings.Contains(log, s.signs.log) {
		return fmt.Errorf("its log does not contain %q yet", s.signs.log)
	}
	return get(ctx, http.DefaultClient, s.URL+s.signs.path)
}

// Get requests a path, and returns nil only if the status is 200.
func (s *Server) Get(ctx context.Context, path string) error {
	return get(ctx, http.DefaultClient, s.URL+path)
}

// Process returns the process of the program.
func (s *Server) Process() *Process { return s.process }

// Stop ends the program.
func (s *Server) Stop() { s.process.Stop() }
