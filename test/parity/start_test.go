package parity

import (
	"bufio"
	"context"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/promgate/promgate/promconfig"
)

// patience is how long a Prometheus may take to start on a busy machine.
const patience = time.Minute

// start starts a Prometheus, and ends it as soon as it is ready.
func (w *instanceWalk) start(line []promconfig.Argument) (said string, starts bool) {
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	var args []string
	for _, a := range line {
		args = append(args, a.String())
	}
	cmd := exec.CommandContext(ctx, w.prometheus, args...)
	cmd.Env = os.Environ()
	for _, name := range slices.Sorted(maps.Keys(awsEnv)) {
		cmd.Env = append(cmd.Env, name+"="+awsEnv[name])
	}
	out, err := cmd.StderrPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	var log []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		log = append(log, lines.Text())
		if strings.Contains(lines.Text(), "Server is ready to receive web requests") {
			cancel()
			_ = cmd.Wait() // it was killed
			return "", true
		}
	}
	_ = cmd.Wait() // it ended with an error
	if ctx.Err() != nil {
		w.t.Fatalf("no verdict: %s", strings.Join(log, "\n"))
	}
	return strings.Join(log[max(0, len(log)-12):], "\n"), false
}
