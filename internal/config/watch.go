package config

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"time"

	"github.com/promgate/promgate/validation"
)

// Watch looks at the file each time that tick fires, until the context ends, and
// calls changed when its content is another one: with the new configuration, or
// with the error that keeps it from use. It compares the content, so that it sees
// the symbolic links of a mounted ConfigMap move as well as an editor's rename.
// Content is what is in use at the start.
func Watch(ctx context.Context, file string, content []byte, checks []validation.Info, tick <-chan time.Time, changed func(*Configuration, error)) {
	unreadable := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick:
		}
		now, err := os.ReadFile(file)
		if err != nil {
			if !unreadable {
				changed(nil, fmt.Errorf("reading the configuration: %w", err))
			}
			unreadable = true
			continue
		}
		if bytes.Equal(now, content) && !unreadable {
			continue
		}
		content, unreadable = now, false
		changed(Parse(content, checks))
	}
}
