package doctor

import (
	"net/url"
	"slices"
	"strings"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// The names of promgate's webhooks, and the group of the operator's kinds.
const (
	validateHook   = "validate.promgate.dev"
	mutateHook     = "mutate.promgate.dev"
	namespacesHook = "namespaces.promgate.dev"
	operatorGroup  = "monitoring.coreos.com"
)

// A Hook is a webhook of either sort.
type Hook struct {
	admissionregistrationv1.MutatingWebhook // a validating webhook has the same fields but one

	// Sort is Validating or Mutating, and Configuration the name of the object.
	Sort, Configuration string

	annotations map[string]string
}

// The sorts of webhooks.
const (
	Validating = "Validating"
	Mutating   = "Mutating"
)

// Hooks returns all webhooks of the cluster: the mutating ones first, each sort in the order in which the API
// server reads the configurations.
func (f *Facts) Hooks() []Hook {
	var all []Hook
	for _, c := range f.Mutating {
		for _, w := range c.Webhooks {
			all = append(all, Hook{w, Mutating, c.Name, c.Annotations})
		}
	}
	for _, c := range f.Validating {
		for _, w := range c.Webhooks {
			all = append(all, Hook{admissionregistrationv1.MutatingWebhook{
				Name: w.Name, ClientConfig: w.ClientConfig, Rules: w.Rules, FailurePolicy: w.FailurePolicy,
				MatchPolicy: w.MatchPolicy, NamespaceSelector: w.NamespaceSelector, ObjectSelector: w.ObjectSelector,
				SideEffects: w.SideEffects, TimeoutSeconds: w.TimeoutSeconds, MatchConditions: w.MatchConditions,
			}, Validating, c.Name, c.Annotations})
		}
	}
	slices.SortStableFunc(all, func(a, b Hook) int {
		if a.Sort != b.Sort {
			return strings.Compare(a.Sort, b.Sort) // mutating before validating
		}
		return strings.Compare(a.Configuration, b.Configuration)
	})
	return all
}

// Ours returns promgate's webhooks: those of the configurations of the given name, or else those with the names
// of promgate's.
func (f *Facts) Ours() []Hook {
	all := f.Hooks()
	named := slices.DeleteFunc(slices.Clone(all), func(h Hook) bool { return h.Configuration != f.Name })
	if len(named) > 0 {
		return named
	}
	return slices.DeleteFunc(all, func(h Hook) bool { return !slices.Contains([]string{validateHook, mutateHook, namespacesHook}, h.Name) })
}

// Reviewing returns those of promgate's webhooks that are called for objects of the operator's kinds: not the one for labels
// of namespaces.
func (f *Facts) Reviewing() []Hook {
	return slices.DeleteFunc(f.Ours(), func(h Hook) bool { return !f.Concerns(h) && h.Name == namespacesHook })
}

// isOurs reports whether a webhook is one of promgate's.
func (f *Facts) isOurs(h Hook) bool {
	return slices.ContainsFunc(f.Ours(), func(o Hook) bool {
		return o.Sort == h.Sort && o.Configuration == h.Configuration && o.Name == h.Name
	})
}

// object names the configuration with its kind.
func (h Hook) object() string { return h.Sort + "WebhookConfiguration " + h.Configuration }

// name names a webhook, with its configuration if there are two of the name.
func (f *Facts) name(h Hook) string {
	same := 0
	for _, o := range f.Ours() {
		if o.Name == h.Name {
			same++
		}
	}
	if same > 1 {
		return h.Name + " of " + h.object()
	}
	return h.Name
}

// Service returns the Service that the webhook calls, or nil if it calls a URL.
func (h Hook) Service() *admissionregistrationv1.ServiceReference { return h.ClientConfig.Service }

// Port returns the port of the Service that the webhook calls.
func (h Hook) Port() int32 {
	if s := h.Service(); s != nil && s.Port != nil {
		return *s.Port
	}
	return 443
}

// Path returns the path that the webhook calls.
func (h Hook) Path() string {
	if s := h.Service(); s != nil {
		if s.Path == nil {
			return "/"
		}
		return *s.Path
	}
	if u, err := url.Parse(h.URL()); err == nil {
		return u.Path
	}
	return ""
}

// URL returns the address that the webhook calls, if it calls no Service.
func (h Hook) URL() string {
	if h.ClientConfig.URL == nil {
		return ""
	}
	return *h.ClientConfig.URL
}

// Host returns the name that the certificate has to have.
func (h Hook) Host() string {
	if s := h.Service(); s != nil {
		return s.Name + "." + s.Namespace + ".svc"
	}
	u, err := url.Parse(h.URL())
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// fails reports whether a request fails if the webhook cannot be called.
func (h Hook) fails() bool {
	return h.FailurePolicy == nil || *h.FailurePolicy == admissionregistrationv1.Fail
}

// seconds returns how long the API server waits.
func (h Hook) seconds() int32 {
	if h.TimeoutSeconds == nil {
		return 10
	}
	return *h.TimeoutSeconds
}

// Handles reports whether the webhook is called for the creation of objects of a resource of the operator.
func (h Hook) Handles(resource string) bool {
	return slices.ContainsFunc(h.Rules, func(r admissionregistrationv1.RuleWithOperations) bool {
		return hasAny(r.APIGroups, operatorGroup) && hasAny(r.Resources, resource, "*/*") &&
			(slices.Contains(r.Operations, admissionregistrationv1.OperationAll) || slices.Contains(r.Operations, admissionregistrationv1.Create))
	})
}

func hasAny(list []string, values ...string) bool {
	return slices.Contains(list, "*") || slices.ContainsFunc(values, func(v string) bool { return slices.Contains(list, v) })
}

// Reaches reports whether the namespace selector lets a namespace through.
func (h Hook) Reaches(n corev1.Namespace) bool {
	return matches(h.NamespaceSelector, n.Labels)
}

// matches reports whether a selector of a webhook matches labels. A missing one matches all.
func matches(s *metav1.LabelSelector, of map[string]string) bool {
	if s == nil {
		return true
	}
	selector, err := metav1.LabelSelectorAsSelector(s)
	return err == nil && selector.Matches(labels.Set(of))
}

// Concerns reports whether a webhook is called for any kind of the operator.
func (f *Facts) Concerns(h Hook) bool {
	return slices.ContainsFunc(h.Rules, func(r admissionregistrationv1.RuleWithOperations) bool { return hasAny(r.APIGroups, operatorGroup) })
}

// Addresses returns where a webhook can be connected to, at most a number of addresses: the ready endpoints of its
// Service, or the host of its URL.
func (f *Facts) Addresses(h Hook, most int) []string {
	s := h.Service()
	if s == nil {
		u, err := url.Parse(h.URL())
		if err != nil || u.Host == "" {
			return nil
		}
		if u.Port() == "" {
			return []string{u.Host + ":443"}
		}
		return []string{u.Host}
	}
	service := f.service(s)
	if service == nil {
		return nil
	}
	i := slices.IndexFunc(service.Spec.Ports, func(p corev1.ServicePort) bool { return p.Port == h.Port() })
	if i < 0 {
		return nil
	}
	ready, _ := f.endpoints(s.Namespace, s.Name, service.Spec.Ports[i].Name)
	return ready[:min(most, len(ready))]
}
