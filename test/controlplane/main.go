// Command controlplane runs etcd and the real kube-apiserver in one process, for tests and
// experiments. It keeps everything in one directory, and writes a cluster administrator's
// kubeconfig once the port is bound. It must not be used to run a cluster: etcd does not sync to
// disk, and the administrator's token is stored beside the data.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"

	"k8s.io/component-base/logs"
	_ "k8s.io/component-base/metrics/prometheus/version" // the build_info metric
)

func main() {
	dir := flag.String("dir", "", "directory for data, certificates and keys (required)")
	kubeconfig := flag.String("kubeconfig", "", "file to write the kubeconfig to (required)")
	address := flag.String("address", "127.0.0.1", "IP address to serve the API on")
	port := flag.Int("port", 0, "port to serve the API on; 0 selects a free port")
	services := flag.String("service-cluster-ip-range", "10.0.0.0/16", "addresses of Services")
	flag.Parse()

	logs.InitLogs()
	err := run(options{Dir: *dir, Kubeconfig: *kubeconfig, Address: *address, Port: *port, Services: *services})
	logs.FlushLogs()
	if err != nil {
		fmt.Fprintf(os.Stderr, "controlplane: %v\n", err)
		os.Exit(1)
	}
}

// options are the directory and the addresses of the control plane.
type options struct {
	Dir        string
	Kubeconfig string
	Address    string
	Port       int
	Services   string
}

// run serves until the process gets SIGTERM or SIGINT.
func run(o options) error {
	if o.Dir == "" || o.Kubeconfig == "" {
		return errors.New("reading flags: --dir and --kubeconfig are required")
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return fmt.Errorf("creating the data directory: %w", err)
	}

	etcd, endpoint, err := startEtcd(context.Background(), filepath.Join(o.Dir, "etcd"))
	if err != nil {
		return err
	}
	// After the API server, which drains its watches while etcd is still running.
	defer etcd.Close()

	// Bound here and not by the API server, so that no other program can take the free port before
	// it is used.
	listener, err := net.Listen("tcp", net.JoinHostPort(o.Address, strconv.Itoa(o.Port)))
	if err != nil {
		return fmt.Errorf("binding the port of the API: %w", err)
	}
	return serveAPI(o, listener, endpoint)
}
