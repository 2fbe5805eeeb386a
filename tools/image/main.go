// Command image builds promgate for one or more platforms and writes container images of it, without a
// container engine and without a registry:
//
//	DIR/oci/                       an OCI image layout with all platforms
//	DIR/promgate-linux-amd64.tar      for docker load, podman load, ctr images import, kind load image-archive
//	DIR/promgate-linux-amd64.cdx.json the SBOM: the modules that the binary contains
//
// The same sources and the same version of Go give the same bytes.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "image: "+err.Error())
		os.Exit(1)
	}
}

// run builds the images that the arguments ask for, and prints what it wrote.
func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("image", flag.ContinueOnError)
	source := flags.String("source", ".", "the root `directory` of promgate's sources")
	dir := flags.String("out", "bin/image", "`directory` to write to")
	tag := flags.String("tag", "promgate:latest", "`name` of the image in the tarballs")
	version := flags.String("version", "", "`version` of promgate; without it, the one in the sources")
	platforms := flags.String("platforms", "linux/"+runtime.GOARCH, "`list` of platforms, separated by commas")
	if err := flags.Parse(args); err != nil {
		return err
	}

	about, err := describe(ctx, *source, *version)
	if err != nil {
		return err
	}
	var images []built
	for name := range strings.SplitSeq(*platforms, ",") {
		platform, err := parsePlatform(name)
		if err != nil {
			return err
		}
		binary, err := compile(ctx, *source, about.version, platform)
		if err != nil {
			return err
		}
		image, err := assemble(binary, platform, about)
		if err != nil {
			return fmt.Errorf("assembling %s: %w", platform, err)
		}
		images = append(images, image)
	}
	return write(*dir, *tag, images, out)
}

// parsePlatform reads a platform such as linux/arm64.
func parsePlatform(name string) (v1.Platform, error) {
	platform, err := v1.ParsePlatform(name)
	if err != nil || platform.OS != "linux" || platform.Architecture == "" {
		return v1.Platform{}, fmt.Errorf("platform %q: must be linux/ARCHITECTURE, such as linux/arm64", name)
	}
	return *platform, nil
}

// compile builds promgate, and returns the binary. Nothing of the machine gets into it: no path, no state
// of the work tree, and none of the settings of the environment that change what the compiler writes.
func compile(ctx context.Context, source, version string, platform v1.Platform) ([]byte, error) {
	dir, err := os.MkdirTemp("", "promgate-image-")
	if err != nil {
		return nil, fmt.Errorf("making a directory for the binary: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a directory for temporary files

	binary, ldflags := filepath.Join(dir, "promgate"), "-s -w -buildid="
	if version != "" {
		ldflags += " -X main.version=" + version
	}
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", ldflags, "-o", binary, "./cmd/promgate") //nolint:gosec // the version is an argument of whoever calls this
	build.Dir = source
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+platform.OS, "GOARCH="+platform.Architecture,
		"GOFLAGS=", "GOWORK=off", "GOEXPERIMENT=", "GOAMD64=v1", "GOARM64=v8.0")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return nil, fmt.Errorf("building promgate for %s: %w", platform, err)
	}
	content, err := os.ReadFile(binary)
	if err != nil {
		return nil, fmt.Errorf("reading the binary: %w", err)
	}
	return content, nil
}

// about is what the labels of an image say of its sources.
type about struct {
	version  string // empty if it is the one in the sources
	revision string // the commit; empty without git
	created  time.Time
}

// describe reads the commit from git. The time of the images is $SOURCE_DATE_EPOCH, else that of the
// commit, else 1970. Sources that are not a git work tree have no commit.
func describe(ctx context.Context, source, version string) (about, error) {
	a := about{version: version, created: time.Unix(0, 0).UTC()}
	seconds := os.Getenv("SOURCE_DATE_EPOCH")
	if commit, err := git(ctx, source, "log", "-1", "--format=%H %ct"); err == nil {
		revision, committed, _ := strings.Cut(commit, " ")
		a.revision = revision
		if changed, err := git(ctx, source, "status", "--porcelain"); err != nil || changed != "" {
			a.revision += "-dirty"
		}
		if seconds == "" {
			seconds = committed
		}
	}
	if seconds == "" {
		return a, nil
	}
	unix, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return about{}, errors.New("SOURCE_DATE_EPOCH " + strconv.Quote(seconds) + ": must be seconds since 1970")
	}
	a.created = time.Unix(unix, 0).UTC()
	return a, nil
}

func git(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...) //nolint:gosec // the arguments are ours
	cmd.Dir = dir
	out, err := cmd.Output()
	return strings.TrimSpace(string(out)), err
}
