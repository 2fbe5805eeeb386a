package rig

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
)

// CheckConfig has promtool check the syntax of a configuration: what it says of
// itself, without the files that it names. The extra argument --agent makes that of
// one for an agent. The error is [ErrRefused] if promtool finds fault with it, and
// holds what promtool said.
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
