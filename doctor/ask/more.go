package ask

import (
	"bufio"
	"context"
	"errors"

	corev1 "k8s.io/api/core/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/discovery"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/promgate/promgate/doctor"
	"github.com/promgate/promgate/selection"
)

// readCRDs reads the CRDs of the operator one by one: all CRDs of a cluster may be many megabytes.
func (g *gatherer) readCRDs(ctx context.Context) error {
	for _, k := range selection.AllKinds() {
		if !k.IsOperators() || !k.IsStored() {
			continue
		}
		var crd apiextensionsv1.CustomResourceDefinition
		err := g.client.Get(ctx, client.ObjectKey{Name: doctor.CRDName(k)}, &crd)
		switch {
		case err == nil:
			g.facts.CRDs = append(g.facts.CRDs, crd)
		case !apierrors.IsNotFound(err):
			return g.note("customresourcedefinitions", "", err)
		}
	}
	return nil
}

// readConfigs reads promgate's configuration.
func (g *gatherer) readConfigs(ctx context.Context) error {
	for _, k := range g.facts.ConfigKeys() {
		var object corev1.ConfigMap
		err := g.client.Get(ctx, client.ObjectKey{Namespace: k.Namespace, Name: k.Name}, &object)
		switch {
		case err == nil:
			if text, ok := object.Data[k.Key]; ok {
				g.facts.Configs[k] = text
			}
		case !apierrors.IsNotFound(err):
			return g.note("configmaps", k.Namespace, err)
		}
	}
	return nil
}

// readCounters reads the metrics of the API server that answers, as far as they are about webhooks. It returns nil if
// they cannot be read.
func (g *gatherer) readCounters(ctx context.Context) []doctor.Counter {
	counters := []doctor.Counter{}
	err := g.eachMetric(ctx, func(line string) {
		if c, ok := doctor.CounterIn(line); ok {
			counters = append(counters, c)
		}
	})
	switch {
	case apierrors.IsForbidden(err):
		g.facts.Unread["metrics"] = "you may not get /metrics of the API server"
	case err != nil:
		g.facts.Unread["metrics"] = "the API server does not give its metrics: " + err.Error()
	default:
		return counters
	}
	return nil
}

func (g *gatherer) eachMetric(ctx context.Context, each func(line string)) (err error) {
	c, err := discovery.NewDiscoveryClientForConfig(g.config)
	if err != nil {
		return err //nolint:wrapcheck // the caller says what failed
	}
	body, err := c.RESTClient().Get().AbsPath("/metrics").Stream(ctx)
	if err != nil {
		return err //nolint:wrapcheck // the caller looks at it
	}
	defer func() { err = errors.Join(err, body.Close()) }()
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		each(lines.Text())
	}
	return lines.Err() //nolint:wrapcheck // the caller says what failed
}
