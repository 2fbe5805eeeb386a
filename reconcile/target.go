package reconcile

import (
	"context"

	"github.com/promgate/promgate/internal/render"
	"github.com/promgate/promgate/selection"
)

// A Target is the place that configurations are written to. Changed may be called at any time, by
// any goroutine; the other methods are called by one goroutine.
type Target interface {
	// Manages reports whether the target writes the configuration of a Prometheus.
	Manages(prometheus selection.Object) bool

	// Stored returns the content that an earlier process wrote. It is empty if there is none.
	Stored(ctx context.Context, prometheus selection.Object) (Content, error)

	// Text returns the configuration as Prometheus will read it.
	Text(prometheus selection.Object, configuration []byte) []byte

	// Write stores a configuration. changed reports whether it differed from the stored one.
	Write(ctx context.Context, prometheus selection.Object, c *render.Configuration) (changed bool, err error)

	// Changed reports whether a Secret or a ConfigMap differs from what the target wrote, and
	// returns the Prometheus that it was written for.
	Changed(kind, namespace, name, resourceVersion string) (owner selection.Ref, ours bool)
}

// Content is the names of the jobs and rule files of a configuration.
type Content struct {
	Jobs      map[string]bool
	RuleFiles map[string]bool
}

func contentOf(c *render.Configuration) Content {
	content := Content{Jobs: c.JobNames(), RuleFiles: map[string]bool{}}
	for _, configMap := range c.RuleConfigMaps {
		for file := range configMap.Files {
			content.RuleFiles[file] = true
		}
	}
	return content
}
