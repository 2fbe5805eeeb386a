package cluster

import (
	"regexp"

	corev1 "k8s.io/api/core/v1"

	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
)

// Assets gives access to the Secrets and ConfigMaps that a model keeps. It implements
// promconfig.Assets.
type Assets struct{ model *Model }

// Assets returns the Secrets and ConfigMaps that the model keeps.
func (m *Model) Assets() Assets { return Assets{m} }

// SecretKey returns a value of a Secret. Values in stringData count as stored, as the API server
// will store them.
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

// Err returns nil: everything that the model keeps can be read.
func (Assets) Err() error { return nil }

// Known gives access to the Secrets and ConfigMaps that a model keeps, where others may exist that it does not know: among files
// there are seldom all of them. Those count as there, and nothing is said of their content; nor is it of a value that is encrypted,
// that another program fills in, or that is made up. An object that is kept without the key has none.
type Known struct{ kept Assets }

// Known returns the Secrets and ConfigMaps that the model keeps, and that may not be all.
func (m *Model) Known() Known { return Known{m.Assets()} }

// SecretKey implements promconfig.Assets.
func (k Known) SecretKey(namespace, name, key string) ([]byte, bool) {
	if k.kept.model.Object(selection.Ref{Kind: selection.SecretKind, Namespace: namespace, Name: name}) == nil {
		return promconfig.Placeholders{}.SecretKey(namespace, name, key)
	}
	value, found := k.kept.SecretKey(namespace, name, key)
	if !found {
		return nil, false
	}
	return []byte(asValue(string(value))), true
}

// ConfigMapKey implements promconfig.Assets.
func (k Known) ConfigMapKey(namespace, name, key string) (string, bool) {
	if k.kept.model.Object(selection.Ref{Kind: selection.ConfigMapKind, Namespace: namespace, Name: name}) == nil {
		return promconfig.Placeholders{}.ConfigMapKey(namespace, name, key)
	}
	value, found := k.kept.ConfigMapKey(namespace, name, key)
	if !found {
		return "", false
	}
	return asValue(value), true
}

// SecretData returns the keys of a Secret that the model keeps. A value that is encrypted, or that another program fills in, is
// not read.
func (k Known) SecretData(namespace, name string) (data map[string]string, known bool) {
	secret, ok := k.kept.model.Object(selection.Ref{Kind: selection.SecretKind, Namespace: namespace, Name: name}).(*corev1.Secret)
	if !ok {
		return nil, false
	}
	data = map[string]string{}
	for key, value := range secret.Data {
		data[key] = asWritten(string(value))
	}
	for key, value := range secret.StringData {
		data[key] = asWritten(value)
	}
	return data, true
}

// ConfigMapData returns the keys of a ConfigMap that the model keeps.
func (k Known) ConfigMapData(namespace, name string) (data map[string]string, known bool) {
	configMap, ok := k.kept.model.Object(selection.Ref{Kind: selection.ConfigMapKind, Namespace: namespace, Name: name}).(*corev1.ConfigMap)
	if !ok {
		return nil, false
	}
	data = map[string]string{}
	for key, value := range configMap.Data {
		data[key] = asWritten(value)
	}
	for key := range configMap.BinaryData {
		data[key] = promconfig.Placeholder
	}
	return data, true
}

// asValue is asWritten for what is no template file.
func asValue(text string) string {
	if rendered.MatchString(text) || madeUp.MatchString(text) {
		return promconfig.Placeholder
	}
	return asWritten(text)
}

// asWritten returns a text, or the placeholder for one that is encrypted or that another program fills in.
func asWritten(text string) string {
	if encrypted.MatchString(text) || filledIn.MatchString(text) || substituted.MatchString(text) {
		return promconfig.Placeholder
	}
	return text
}

var (
	// encrypted is what SOPS and others that write ENC[...] make of a text, or of values in it, and Ansible Vault.
	encrypted = regexp.MustCompile(`^\s*ENC\[|ENC\[AES256_GCM,|^\$ANSIBLE_VAULT;`)

	// filledIn is a text of one line that is nothing but a placeholder: of a shell, Argo CD Vault Plugin, vals or Bank-Vaults.
	filledIn = regexp.MustCompile(`^\s*(\$\{.*\}|\$\(.*\)|\$[A-Za-z_]\w*|<[^\n<>]*>|ref\+[^\s]*|(>>)?vault:[^\s]*)\s*$`)

	// rendered is a value that is nothing but an action of a template. A template file may be that.
	rendered = regexp.MustCompile(`^\s*\{\{[^\n]*\}\}\s*$`)

	// madeUp is a word that stands for a value that nobody wants to show.
	madeUp = regexp.MustCompile(`(?i)^\s*(x{3,}|\*{3,}|\.{3}|(change|replace|fill)[-_ ]?(me|in|this)?|todo|dummy|redacted|placeholder|(your|my|some)[-_ ][-_ \w]*|[-_ \w]*[-_ ]here)\s*$`)

	// substituted is a variable of envsubst or Flux, or a path of Argo CD Vault Plugin, somewhere in a text: what the text is
	// with its value is not known. The ${{ of a template that writes an amount is none.
	substituted = regexp.MustCompile(`\$\{[A-Za-z_]|<path:`)
)
