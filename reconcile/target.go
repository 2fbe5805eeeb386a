package reconcile

import (
	"context"

	"github.com/promgate/promgate/internal/render"
	"github.com/promgate/promgate/selection"
)

// A Target is where configurations go. Changed may be called at any time, the others by
// one goroutine.
type Target interface {
	// Takes says whether a Prometheus is to be written at all.
	Takes(prometheus selection.Object) bool

	// Stored is what an earlier process left; nothing of it if there is none.
	Stored(ctx context.Context, prometheus selection.Object) (Content, error)

	// Text is a configuration as Prometheus will read it.
	Text(prometheus selection.Object, configuration []byte) []byte

	// Write stores a configuration, and says whether it had to.
	Write(ctx context.Context, prometheus selection.Object, c *render.Configuration) (changed bool, err error)

	// Changed says whose a Secret or a ConfigMap is that is not as it was written.
	Changed(kind, namespace, name, resourceVersion string) (owner selection.Ref, ours bool)
}

// Content is what a configuration is made of, by name.
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
