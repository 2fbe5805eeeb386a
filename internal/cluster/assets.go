package cluster

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/promgate/promgate/selection"
)

// Assets are the Secrets and ConfigMaps among the objects that a model keeps. They implement
// promconfig.Assets.
type Assets struct{ model *Model }

// Assets returns the Secrets and ConfigMaps that the model keeps.
func (m *Model) Assets() Assets { return Assets{m} }

// SecretKey returns a value of a Secret. What stringData holds counts as if it were stored
// already, as it will be.
func (a Assets) SecretKey(namespace, name, key string) ([]byte, bool) {
	secret, ok := a.model.Object(selection.Ref{Kind: selection.SecretKind, Namespace: namespace, Name: name}).(*corev1.Secret)
	if !ok {
		return nil, false
	}
	if text, ok := secret.StringData[key]; ok {
		return []byte(text), true
	}
	value, ok := secret.Data[key]
	return value, ok
}

// ConfigMapKey returns a value of a ConfigMap.
func (a Assets) ConfigMapKey(namespace, name, key string) (string, bool) {
	configMap, ok := a.model.Object(selection.Ref{Kind: selection.ConfigMapKind, Namespace: namespace, Name: name}).(*corev1.ConfigMap)
	if !ok {
		return "", false
	}
	value, ok := configMap.Data[key]
	return value, ok
}

// Err returns nil: whatever the model keeps can be read.
func (Assets) Err() error { return nil }
