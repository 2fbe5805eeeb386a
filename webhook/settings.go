package webhook

import (
	"github.com/promgate/promgate/defaulting"
	"github.com/promgate/promgate/validation"
)

// Settings are what the configuration file decides. They are replaced as a whole
// while the server runs; a request sees one state of them.
type Settings struct {
	Policy validation.Policy
	Labels defaulting.Rules
}

// Prometheuses knows who takes an object.
type Prometheuses interface {
	// Taking gives what checks may know of each Prometheus that selects an object of a
	// kind with these labels, in a namespace with those, ordered by name. It answers
	// from memory, never from the network.
	Taking(kind, namespace string, object, ofNamespace map[string]string) []validation.Snapshot
}

// Namespaces knows the labels of namespaces.
type Namespaces interface {
	// Labels of a namespace, or nil if it is not known: it may have been made a
	// moment ago. It answers from memory, never from the network.
	Labels(namespace string) map[string]string
}
