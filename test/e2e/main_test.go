// Package e2e tests promgate through kubectl against the real kube-apiserver, and the rig that runs
// both. The tests share one control plane, and each has its own namespaces; those that install promgate as
// a user does have a control plane of their own. They run one after the other, because some stop promgate. Run
// them with
//
//	go -C test/e2e test -timeout 45m
//
// in this form, without a package: go test then shows what the rig builds, and does not cache the
// result. A cached result would be wrong as soon as promgate changes, because promgate is in a
// module that go test does not track here. The first run takes 10 minutes.
package e2e

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/promgate/promgate/test/rig"
)

// cluster is the control plane of the tests.
var cluster *rig.Rig

// root is the directory of promgate's main module.
var root string

func TestMain(m *testing.M) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	code, err := run(ctx, m)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "e2e: %v\n", err)
		os.Exit(1)
	}
	os.Exit(code)
}

func run(ctx context.Context, m *testing.M) (int, error) {
	var err error
	if root, err = rig.FindRoot(); err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "promgate-e2e-")
	if err != nil {
		return 0, fmt.Errorf("making a run directory: %w", err)
	}
	// A directory below, because the rig creates the run directory.
	cluster, err = rig.Start(ctx, rig.Options{Root: root, Dir: filepath.Join(dir, "rig"), Log: os.Stderr})
	if err != nil {
		return 0, fmt.Errorf("%w\nlogs are in %s", err, dir)
	}
	defer cluster.Stop()
	// If it is interrupted during a test, it does not wait for the end of the test.
	finished := context.AfterFunc(ctx, func() {
		cluster.Stop()
		os.Exit(1)
	})
	defer finished()

	code := m.Run()
	if code != 0 {
		fmt.Fprintf(os.Stderr, "logs are in %s\n", dir)
		return code, nil
	}
	return code, os.RemoveAll(dir)
}

// builder builds the programs that single tests need beyond the cluster.
func builder() rig.Builder { return rig.Builder{Root: root, Log: os.Stderr} }
