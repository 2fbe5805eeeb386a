package explain

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/promgate/promgate/selection"
)

// Slices reads the EndpointSlices of a Service.
type Slices interface {
	EndpointSlices(ctx context.Context, namespace, service string) ([]discoveryv1.EndpointSlice, error)
}

// Pods reads the pods that a selector matches, in a namespace or, if that is empty, in all of them.
type Pods interface {
	Pods(ctx context.Context, namespace string, selector labels.Selector) ([]corev1.Pod, error)
}

// Access asks the API server what the pods of a Prometheus may do.
type Access interface {
	Allowed(ctx context.Context, q AccessQuestion) (bool, error)
}

// An AccessQuestion is whether a service account may list the objects of a resource in a namespace,
// or in all of them if Namespace is empty.
type AccessQuestion struct {
	AccountNamespace, Account string
	Group, Resource           string
	Namespace                 string
}

// API gets answers of the HTTP API of Prometheus.
type API interface {
	// Get returns the body of the answer to a GET of a path below the server's root. An error that
	// [apierrors.IsForbidden] knows means that the user must not ask this server.
	Get(ctx context.Context, server Server, path string, query url.Values) ([]byte, error)
}

// A Server is one server of an instance, as the operator runs it.
type Server struct {
	Namespace, Pod string
	Port           int
	TLS            bool

	// Prefix is the path below which the server serves: / or /prometheus.
	Prefix string
}

// cause returns why something could not be read: the missing permission, or the error. The resource
// is in the plural, as kubectl auth can-i takes it. An empty namespace means all.
func cause(err error, action, resource, namespace string) string {
	if apierrors.IsForbidden(err) {
		where := " in namespace " + namespace
		switch {
		case action == "create":
			where = "" // a question to the cluster
		case namespace == "":
			where = " in all namespaces"
		}
		return fmt.Sprintf("you may not %s %s%s", action, resource, where)
	}
	if status, ok := errors.AsType[*apierrors.StatusError](err); ok {
		return status.ErrStatus.Message
	}
	return err.Error()
}

// unreadIn returns why the objects of a kind in a namespace, or in all of them if it is empty, may
// not all be known, or nothing.
func (e *explainer) unreadIn(kind, namespace string) string {
	u, ok := e.Unread[kind]
	if !ok || namespace != "" && slices.Contains(u.But, namespace) {
		return ""
	}
	if u.Missing {
		return "the cluster does not have the kind " + kind
	}
	return cause(u.Err, "list", resourceOf(kind), namespace)
}

// resourceOf returns the resource of a kind, as kubectl takes it.
func resourceOf(kind string) string {
	known, ok := selection.KindNamed(kind)
	name := strings.ToLower(kind) + "s"
	if strings.HasSuffix(kind, "s") {
		name = strings.ToLower(kind) + "es"
	}
	if !ok || known.Group == "" {
		return name
	}
	return name + "." + known.Group
}
