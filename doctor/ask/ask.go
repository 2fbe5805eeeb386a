// Package ask gathers the facts that promgate doctor looks at: it reads the objects of a cluster, tries a dry
// run, and connects to the webhooks. It stores nothing in the cluster.
package ask

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	policyv1 "k8s.io/api/policy/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/promgate/promgate/doctor"
	"github.com/promgate/promgate/internal/live"
	"github.com/promgate/promgate/selection"
)

// pageSize is how many objects one request asks for.
const pageSize = 500

// patience is how long one question may take.
const patience = 30 * time.Second

// Options are the options of [Gather].
type Options struct {
	// Version is that of promgate doctor.
	Version string

	// Name is that of the webhook configurations.
	Name string

	// Namespace is that of promgate. If it is empty, it is that of the Service that the webhooks call.
	Namespace string

	// DryRun allows the dry run, in TrialNamespace. If that is empty, a namespace is chosen.
	DryRun         bool
	TrialNamespace string

	// Connect allows connections to the addresses of the webhooks.
	Connect bool
}

// Gather reads the facts. What must not be read is noted. An error means that the cluster does not answer.
func Gather(ctx context.Context, config *rest.Config, o Options) (*doctor.Facts, error) {
	config = rest.CopyConfig(config)
	config.QPS, config.Timeout = -1, patience // questions are asked one after the other
	c, err := newClient(config)
	if err != nil {
		return nil, fmt.Errorf("connecting to the cluster: %w", err)
	}
	g := &gatherer{
		config: config, client: c, options: o,
		facts: &doctor.Facts{Now: time.Now(), Version: o.Version, Name: o.Name, Namespace: o.Namespace, Allowed: map[doctor.Question]bool{}, Configs: map[doctor.ConfigKey]string{}, Unread: map[string]string{}},
	}
	for _, read := range []func(context.Context) error{
		g.readConfigurations, g.readNamespaces, g.readServices, g.readWorkloads, g.readConfigs, g.readCRDs, g.readSource, g.askReplicas, g.readInstances, g.askPermissions,
	} {
		if err := read(ctx); err != nil {
			return nil, err
		}
	}
	if o.DryRun {
		g.facts.CountersBefore = g.readCounters(ctx)
		g.try(ctx)
	}
	if o.Connect {
		g.call(ctx)
	}
	g.facts.Counters = g.readCounters(ctx)
	return g.facts, nil
}

// newClient returns a client that knows Kubernetes' own kinds, and CRDs.
func newClient(config *rest.Config) (client.Client, error) {
	scheme := runtime.NewScheme()
	if err := errors.Join(clientgoscheme.AddToScheme(scheme), apiextensionsv1.AddToScheme(scheme)); err != nil {
		return nil, err
	}
	return client.New(config, client.Options{Scheme: scheme}) //nolint:wrapcheck // the caller wraps it
}

type gatherer struct {
	config  *rest.Config
	client  client.Client
	options Options
	facts   *doctor.Facts
}

// note keeps why something could not be read. Another error than a refusal of the API server is a failure.
func (g *gatherer) note(resource, namespace string, err error) error {
	switch {
	case err == nil:
		return nil
	case apierrors.IsForbidden(err):
		where := ""
		if namespace != "" {
			where = " in namespace " + namespace
		}
		g.facts.Unread[resource] = "you may not read " + resource + where
		return nil
	}
	if status, ok := errors.AsType[*apierrors.StatusError](err); ok && !apierrors.IsUnauthorized(err) {
		g.facts.Unread[resource] = strings.TrimSuffix(status.ErrStatus.Message, ".")
		return nil
	}
	return fmt.Errorf("reading %s: %w", resource, err)
}

func (g *gatherer) readConfigurations(ctx context.Context) error {
	var validating admissionregistrationv1.ValidatingWebhookConfigurationList
	var mutating admissionregistrationv1.MutatingWebhookConfigurationList
	err := g.client.List(ctx, &validating)
	if err == nil {
		err = g.client.List(ctx, &mutating)
	}
	g.facts.Validating, g.facts.Mutating = validating.Items, mutating.Items
	if err := g.note("webhook configurations", "", err); err != nil {
		return err
	}
	if g.facts.Namespace != "" {
		return nil
	}
	g.facts.Namespace = "promgate"
	for _, h := range g.facts.Ours() {
		if s := h.Service(); s != nil {
			g.facts.Namespace = s.Namespace
			break
		}
	}
	return nil
}

func (g *gatherer) readNamespaces(ctx context.Context) error {
	var list corev1.NamespaceList
	err := g.client.List(ctx, &list)
	g.facts.Namespaces = list.Items
	return g.note("namespaces", "", err)
}

// readServices reads the Services that webhooks for the operator's kinds call, and what is behind promgate's.
func (g *gatherer) readServices(ctx context.Context) error {
	var seen []client.ObjectKey
	for _, h := range g.facts.Hooks() {
		s := h.Service()
		if s == nil || !g.facts.Concerns(h) {
			continue
		}
		key := client.ObjectKey{Namespace: s.Namespace, Name: s.Name}
		if slices.Contains(seen, key) {
			continue
		}
		seen = append(seen, key)
		var service corev1.Service
		if err := g.client.Get(ctx, key, &service); err == nil {
			g.facts.Services = append(g.facts.Services, service)
		} else if !apierrors.IsNotFound(err) {
			if err := g.note("services", s.Namespace, err); err != nil {
				return err
			}
		}
	}
	for _, key := range seen {
		if !slices.ContainsFunc(g.facts.Ours(), func(h doctor.Hook) bool {
			s := h.Service()
			return s != nil && s.Namespace == key.Namespace && s.Name == key.Name
		}) {
			continue
		}
		if err := g.readBehind(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

func (g *gatherer) readBehind(ctx context.Context, key client.ObjectKey) error {
	var slice discoveryv1.EndpointSliceList
	err := g.client.List(ctx, &slice, client.InNamespace(key.Namespace), client.MatchingLabels{discoveryv1.LabelServiceName: key.Name})
	g.facts.Slices = append(g.facts.Slices, slice.Items...)
	if err := g.note("endpointslices", key.Namespace, err); err != nil {
		return err
	}
	i := slices.IndexFunc(g.facts.Services, func(s corev1.Service) bool { return s.Namespace == key.Namespace && s.Name == key.Name })
	if i < 0 || len(g.facts.Services[i].Spec.Selector) == 0 {
		return nil
	}
	var pods corev1.PodList
	err = g.client.List(ctx, &pods, client.InNamespace(key.Namespace), client.MatchingLabels(g.facts.Services[i].Spec.Selector))
	g.facts.Pods = append(g.facts.Pods, pods.Items...)
	return g.note("pods", key.Namespace, err)
}

// readWorkloads reads the Deployments of promgate and of the operator, and the budgets.
func (g *gatherer) readWorkloads(ctx context.Context) error {
	token := ""
	for {
		var page appsv1.DeploymentList
		err := g.client.List(ctx, &page, client.Limit(pageSize), client.Continue(token))
		if apierrors.IsForbidden(err) && token == "" {
			page = appsv1.DeploymentList{}
			err = g.client.List(ctx, &page, client.InNamespace(g.facts.Namespace))
		}
		if err != nil {
			if err := g.note("deployments", g.facts.Namespace, err); err != nil {
				return err
			}
			break
		}
		for _, d := range page.Items {
			if d.Namespace == g.facts.Namespace || doctor.IsOperator(d) {
				g.facts.Deployments = append(g.facts.Deployments, d)
			}
		}
		if token = page.Continue; token == "" {
			break
		}
	}
	var budgets policyv1.PodDisruptionBudgetList
	err := g.client.List(ctx, &budgets, client.InNamespace(g.facts.Namespace))
	g.facts.Budgets = budgets.Items
	return g.note("poddisruptionbudgets", g.facts.Namespace, err)
}

// readInstances reads the Prometheus, PrometheusAgent and ThanosRuler objects.
func (g *gatherer) readInstances(ctx context.Context) error {
	read, err := live.Read(ctx, g.client, func(k selection.Kind) bool { return k.Instance && !k.Notifies })
	if err != nil {
		return err //nolint:wrapcheck // it says what failed
	}
	g.facts.Instances = read.Objects
	for _, m := range read.Malformed {
		g.facts.Malformed = append(g.facts.Malformed, fmt.Sprintf("%s does not decode: %v.", m.Ref, m.Err))
	}
	for _, u := range read.Unread {
		if !u.Missing {
			g.facts.Unread["prometheuses"] = "you may not list " + u.Kind + " objects"
		}
	}
	return nil
}
