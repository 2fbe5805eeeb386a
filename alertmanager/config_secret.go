package alertmanager

import monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

// Fallback reports whether the operator starts from a configuration of its own, which tells nobody, because the Secret that
// holds the configuration is not there, or its key is not there or empty (v0.93.0, loadConfigurationFromSecret).
func (g *Generator) Fallback() bool {
	if g.object.Spec.AlertmanagerConfiguration != nil {
		return false
	}
	content, found := g.assets.SecretKey(g.object.Namespace, g.ConfigSecret(), ConfigFile)
	return !found || len(content) == 0
}

// ClusterTLS returns the TLS between the Alertmanagers of a cluster, or nil.
func (g *Generator) ClusterTLS() *monitoringv1.ClusterTLSConfig { return g.object.Spec.ClusterTLS }
