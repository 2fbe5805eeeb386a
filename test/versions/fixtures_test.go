package versions

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// secrets are the Secrets and ConfigMaps that random objects refer to, by kind, namespace, name and key.
type secrets map[[4]string]string

func (s secrets) SecretKey(namespace, name, key string) ([]byte, bool) {
	value, found := s[[4]string{"Secret", namespace, name, key}]
	return []byte(value), found
}

func (s secrets) ConfigMapKey(namespace, name, key string) (string, bool) {
	value, found := s[[4]string{"ConfigMap", namespace, name, key}]
	return value, found
}

// readSecrets returns the Secrets and ConfigMaps of the fixtures of the parity tests.
func readSecrets(t *testing.T, fixtures []json.RawMessage) secrets {
	t.Helper()
	all := secrets{}
	for _, raw := range fixtures {
		var o struct {
			Kind     string `json:"kind"`
			Metadata struct {
				Namespace string `json:"namespace"`
				Name      string `json:"name"`
			} `json:"metadata"`
			Data       map[string]string `json:"data"`
			StringData map[string]string `json:"stringData"`
		}
		if err := json.Unmarshal(raw, &o); err != nil {
			t.Fatal(err)
		}
		for _, data := range []map[string]string{o.Data, o.StringData} {
			for key, value := range data {
				all[[4]string{o.Kind, o.Metadata.Namespace, o.Metadata.Name, key}] = value
			}
		}
	}
	return all
}

// writeFiles writes the certificates that a configuration names.
func writeFiles(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
