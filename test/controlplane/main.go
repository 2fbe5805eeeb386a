// Command controlplane runs etcd and the real kube-apiserver in one process,
// for tests and for trying things out. It keeps everything in one directory, and
// once the port is bound it writes a cluster administrator's kubeconfig.
// It is no way to run a cluster: etcd does not sync to disk, and the
// administrator's token lies beside the data.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"k8s.io/component-base/logs"
	_ "k8s.io/component-base/metrics/prometheus/version" // the build_info metric
)

func main() {
	dir := flag.String("dir", "", "directory for data, certificates and keys (required)")
	kubeconfig := flag.String("kubeconfig", "", "file to write the kubeconfig to (required)")
	address := flag.String("address", "127.0.0.1", "IP address to serve the API on")
	port := flag.Int("port", 0, "port to serve the API on; 0 takes a free one")
	services := flag.String("service-cluster-ip-range", "10.0.0.0/16", "addresses that Services get")
	flag.Parse()

	logs.InitLogs()
	err := run(options{Dir: *dir, Kubeconfig: *kubeconfig, Address: *address, Port: *port, Services: *services})
	logs.FlushLogs()
	if err != nil {
		fmt.Fprintf(os.Stderr, "controlplane: %v\n", err)
		os.Exit(1)
	}
}

// options is where the control plane lives and listens.
type options struct {
	Dir        string
	Kubeconfig string
	Address    string
	Port       int
	Services   string
}

// run serves until the process is told to stop by SIGTERM or SIGINT.
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
	// After the API server, which drains its watches while etcd is still there.
	defer etcd.Close()

	// Bound here, not by the API server, so that a free port needs no guess that
	// somebody else can take in the meantime.
	listener, err := net.Listen("tcp", net.JoinHostPort(o.Address, fmt.Sprint(o.Port)))
	if err != nil {
		return fmt.Errorf("binding the port of the API: %w", err)
	}
	return serveAPI(o, listener, endpoint)
}
