package alertmanager

import (
	"fmt"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
)

// certificatesPath is where the operator mounts certificates and keys into the pods of an Alertmanager.
const certificatesPath = "/etc/alertmanager/certs"

// certificateFile makes a file of a certificate or key, and returns its path. In its name 0 is for a Secret, 1
// for a ConfigMap.
func (w *writer) certificateFile(ref monitoringv1.SecretOrConfigMap, content string) string {
	name := ""
	switch {
	case ref.Secret != nil:
		name = fmt.Sprintf("0_%s_%s_%s", w.namespace, ref.Secret.Name, ref.Secret.Key)
	case ref.ConfigMap != nil:
		name = fmt.Sprintf("1_%s_%s_%s", w.namespace, ref.ConfigMap.Name, ref.ConfigMap.Key)
	}
	if content != "" {
		if w.files == nil {
			w.files = map[string][]byte{}
		}
		w.files[name] = []byte(content)
	}
	return certificatesPath + "/" + name
}
