package certs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/promgate/promgate/internal/pemfile"
)

// fieldManager is the name under which promgate writes.
const fieldManager = "promgate"

// api is what the sources ask of the API server. Nothing in it reads from a cache.
type api interface {
	// configurations returns the webhook configurations that exist, with the webhooks that are ours.
	configurations(ctx context.Context) ([]configuration, error)

	// writeBundle sets the caBundle of our webhooks, unless the configuration has changed since it was
	// read. It returns the configuration as it is then.
	writeBundle(ctx context.Context, c configuration, bundle []byte) (configuration, error)

	// secret returns a Secret, or nil if it does not exist.
	secret(ctx context.Context, name types.NamespacedName) (*corev1.Secret, error)

	// store creates a Secret, or updates it unless it has changed since it was read.
	store(ctx context.Context, secret *corev1.Secret) error
}

// kubernetes is the real API.
type kubernetes struct {
	client client.WithWatch
	name   string
	hosts  []string
}

func (k kubernetes) configurations(ctx context.Context) ([]configuration, error) {
	var all []configuration
	for _, kind := range []string{validating, mutating} {
		object := objectOf(kind)
		err := k.client.Get(ctx, types.NamespacedName{Name: k.name}, object)
		if apierrors.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reading the %s webhook configuration %s: %w", kind, k.name, err)
		}
		all = append(all, k.read(kind, object))
	}
	return all, nil
}

func objectOf(kind string) client.Object {
	if kind == validating {
		return &admissionregistrationv1.ValidatingWebhookConfiguration{}
	}
	return &admissionregistrationv1.MutatingWebhookConfiguration{}
}

// read reduces a webhook configuration to what matters.
func (k kubernetes) read(kind string, object client.Object) configuration {
	c := configuration{kind: kind, name: k.name, version: object.GetResourceVersion(), writer: lastWriter(object)}
	for annotation := range object.GetAnnotations() {
		if strings.HasPrefix(annotation, "cert-manager.io/inject-") {
			c.injector = annotation
		}
	}
	add := func(name string, config admissionregistrationv1.WebhookClientConfig) {
		if host := hostOf(config); slices.Contains(k.hosts, host) {
			c.hooks = append(c.hooks, hook{name: name, host: host, bundle: config.CABundle, roots: pemfile.Certificates(config.CABundle)})
		} else {
			c.others = append(c.others, host)
		}
	}
	switch o := object.(type) {
	case *admissionregistrationv1.ValidatingWebhookConfiguration:
		for _, w := range o.Webhooks {
			add(w.Name, w.ClientConfig)
		}
	case *admissionregistrationv1.MutatingWebhookConfiguration:
		for _, w := range o.Webhooks {
			add(w.Name, w.ClientConfig)
		}
	}
	return c
}

// hostOf is the name that the API server expects in the certificate.
func hostOf(config admissionregistrationv1.WebhookClientConfig) string {
	if s := config.Service; s != nil {
		return s.Name + "." + s.Namespace + ".svc"
	}
	if config.URL == nil {
		return ""
	}
	u, err := url.Parse(*config.URL)
	if err != nil {
		return ""
	}
	if ip := net.ParseIP(u.Hostname()); ip != nil {
		return ip.String()
	}
	return u.Hostname()
}

func lastWriter(object client.Object) string {
	var writer string
	var at metav1.Time
	for _, m := range object.GetManagedFields() {
		if m.Time != nil && !m.Time.Before(&at) {
			writer, at = m.Manager, *m.Time
		}
	}
	return writer
}

// writeBundle sends a strategic merge patch: it changes nothing but the caBundle of the webhooks that
// it names, cannot create anything, and fails with a conflict if the resourceVersion is another one.
func (k kubernetes) writeBundle(ctx context.Context, c configuration, bundle []byte) (configuration, error) {
	type patchedHook struct {
		Name         string            `json:"name"`
		ClientConfig map[string][]byte `json:"clientConfig"`
	}
	var hooks []patchedHook
	for _, h := range c.hooks {
		hooks = append(hooks, patchedHook{h.name, map[string][]byte{"caBundle": bundle}})
	}
	patch, err := json.Marshal(map[string]any{
		"metadata": map[string]string{"resourceVersion": c.version},
		"webhooks": hooks,
	})
	if err != nil {
		return c, fmt.Errorf("encoding a patch: %w", err)
	}
	object := objectOf(c.kind)
	object.SetName(c.name)
	err = k.client.Patch(ctx, object, client.RawPatch(types.StrategicMergePatchType, patch), client.FieldOwner(fieldManager))
	if err != nil {
		return c, fmt.Errorf("writing the caBundle of the %s webhook configuration %s: %w", c.kind, c.name, err)
	}
	return k.read(c.kind, object), nil
}

func (k kubernetes) secret(ctx context.Context, name types.NamespacedName) (*corev1.Secret, error) {
	var secret corev1.Secret
	err := k.client.Get(ctx, name, &secret)
	if apierrors.IsNotFound(err) {
		return nil, nil //nolint:nilnil // no Secret, and no error
	}
	if err != nil {
		return nil, fmt.Errorf("reading the Secret %s: %w", name, err)
	}
	return &secret, nil
}

func (k kubernetes) store(ctx context.Context, secret *corev1.Secret) error {
	var err error
	if secret.ResourceVersion == "" {
		err = k.client.Create(ctx, secret, client.FieldOwner(fieldManager))
	} else {
		err = k.client.Update(ctx, secret, client.FieldOwner(fieldManager))
	}
	if err != nil {
		return fmt.Errorf("writing the Secret %s/%s: %w", secret.Namespace, secret.Name, err)
	}
	return nil
}

// raced reports whether another replica, or anybody, was faster.
func raced(err error) bool {
	return apierrors.IsConflict(err) || apierrors.IsAlreadyExists(err)
}

// forbidden reports whether promgate lacks a permission.
func forbidden(err error) bool {
	return apierrors.IsForbidden(err) || apierrors.IsUnauthorized(err)
}

// only selects the object of one name. RBAC permits to list and to watch single names with this selector.
func only(name string) client.ListOption {
	return client.MatchingFieldsSelector{Selector: fields.OneTermEqualSelector(metav1.ObjectNameField, name)}
}

var errNoClient = errors.New("there is no client")
