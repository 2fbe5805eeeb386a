package config

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"time"

	"github.com/promgate/promgate/validation"
)

// Watch reads the file each time that tick fires, until the context ends, and calls changed when
// its content differs: with the new configuration, or with the error that makes it unusable.
// Comparing the content also detects an editor's rename and the moved symbolic links of a mounted
// ConfigMap. Content is the content in use at the start.
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
