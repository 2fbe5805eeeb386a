package main

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"path"
	"slices"
	"strings"

	runtimeschema "k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/promgate/promgate/explain"
	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/live"
	"github.com/promgate/promgate/internal/load"
	"github.com/promgate/promgate/internal/schema"
	"github.com/promgate/promgate/selection"
)

// fillFromFiles puts the objects of files into the model, and the readers that they stand for besides those of the
// configuration.
func (f explainFlags) fillFromFiles(ctx context.Context, stdin io.Reader, model *cluster.Model, configured []*selection.Reader, ref selection.Ref, o *explain.Options) error {
	objects, err := load.Objects(f.files, stdin, f.namespace)
	if err != nil {
		return err //nolint:wrapcheck // it names the file
	}
	schemas := schema.New()
	readers := slices.Clone(configured)
	for _, object := range objects {
		kind, known := selection.KindFor(runtimeschema.FromAPIVersionAndKind(object.APIVersion, object.Kind))
		if !known {
			if reader := selection.ReaderIn(object.Fields, f.namespace); reader != nil {
				readers = append(readers, reader)
			}
			continue
		}
		wanted := ref == selection.Ref{Kind: object.Kind, Namespace: object.Namespace, Name: object.Name}
		if wanted {
			if o.Rejected, err = rejections(ctx, schemas, object); err != nil {
				return err
			}
		}
		typed := kind.New()
		if reason := decodeStorable(object, typed); reason != "" {
			if wanted {
				return fmt.Errorf("%s: the API server would refuse the object: %s", object.Where(), reason)
			}
			continue
		}
		_ = model.Put(typed) // the explanation says what is wrong with an instance
	}
	model.SetReaders(readers)
	return nil
}

// rejections returns why the API server would refuse an object.
func rejections(ctx context.Context, schemas *schema.Schemas, object load.Object) ([]string, error) {
	s, known, err := schemas.For(runtimeschema.FromAPIVersionAndKind(object.APIVersion, object.Kind))
	if err != nil || !known {
		return nil, err //nolint:wrapcheck // it names the schema
	}
	var reasons []string
	for _, u := range s.Unknown(object.Fields) {
		reasons = append(reasons, "there is no field "+u.Path.String()+"; "+u.Fix())
	}
	for _, v := range s.Validate(ctx, object.Fields) {
		reasons = append(reasons, v.Field+": "+v.Message)
	}
	return reasons, nil
}

// fillFromCluster puts the objects of a running cluster into the model, and sets the sources of the
// rest.
func (f explainFlags) fillFromCluster(ctx context.Context, model *cluster.Model, ref selection.Ref, o *explain.Options) error {
	config, err := kubernetesConfig(f.kubeconfig, f.context)
	if err != nil {
		return err
	}
	c, err := newClient(config)
	if err != nil {
		return err
	}
	namespaces := []string{ref.Namespace}
	if namespace, _, ok := strings.Cut(f.prometheus, "/"); ok && namespace != ref.Namespace {
		namespaces = append(namespaces, namespace)
	}
	read, err := live.ReadAround(ctx, c, live.Everything, namespaces...)
	if err != nil {
		return err //nolint:wrapcheck // it says what failed
	}
	for _, object := range read.Objects {
		_ = model.Put(object) // the explanation says what is wrong with an instance
	}
	o.Malformed = map[selection.Ref]error{}
	for _, m := range read.Malformed {
		o.Malformed[m.Ref] = m.Err
	}
	o.Live, o.Unread = true, map[string]explain.Unread{}
	for _, u := range read.Unread {
		o.Unread[u.Kind] = explain.Unread{Err: u.Err, Missing: u.Missing, But: u.But}
	}
	around := live.Around{Client: c}
	o.Slices, o.Pods, o.Access = around, around, access{around}
	return f.askPods(config, o)
}

// askPods lets the explanation ask the pods of Prometheus, unless an address is given.
func (f explainFlags) askPods(config *rest.Config, o *explain.Options) error {
	if !f.askPrometheus || f.prometheusURL != "" {
		return nil
	}
	proxy, err := live.NewProxy(config)
	if err != nil {
		return err //nolint:wrapcheck // it says what failed
	}
	o.API = throughPods{proxy}
	return nil
}

// access answers whether Prometheus may list what it needs.
type access struct{ around live.Around }

func (a access) Allowed(ctx context.Context, q explain.AccessQuestion) (bool, error) {
	return a.around.May(ctx, client.ObjectKey{Namespace: q.AccountNamespace, Name: q.Account}, q.Group, q.Resource, q.Namespace) //nolint:wrapcheck // the explanation looks at it
}

// throughPods asks the pods of Prometheus.
type throughPods struct{ proxy *live.Proxy }

func (t throughPods) Get(ctx context.Context, s explain.Server, file string, query url.Values) ([]byte, error) {
	return t.proxy.Get(ctx, live.Pod{Namespace: s.Namespace, Name: s.Pod, Port: s.Port, TLS: s.TLS}, path.Join(s.Prefix, file), query) //nolint:wrapcheck // the explanation looks at it
}

// atURL asks one server, whichever is asked for.
type atURL struct{ server *live.URL }

func (a atURL) Get(ctx context.Context, _ explain.Server, file string, query url.Values) ([]byte, error) {
	return a.server.Get(ctx, file, query) //nolint:wrapcheck // the explanation looks at it
}
