package rig

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
)

// CheckConfig makes promtool check the syntax of a configuration, without the files that the
// configuration refers to. With the extra argument --agent it checks a configuration of an agent.
// The error is [ErrRefused], with the output of promtool, if promtool refuses the configuration.
func CheckConfig(ctx context.Context, promtool, file string, extraArgs ...string) error {
	args := append([]string{"check", "config", "--syntax-only"}, extraArgs...)
	out, err := exec.CommandContext(ctx, promtool, append(args, file)...).CombinedOutput()
	said := strings.TrimSpace(string(out))
	switch {
	case err == nil:
		return nil
	case ctx.Err() == nil && strings.Contains(said, "FAILED:"):
		return fmt.Errorf("checking with promtool: %w: %s", ErrRefused, said)
	default:
		return fmt.Errorf("checking with promtool: %w: %s", err, said)
	}
}
