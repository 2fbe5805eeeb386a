package judge

import (
	"errors"
	"fmt"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/alertmanager"
)

// clusterTLSMistakes returns what is wrong with TLS between the replicas of an Alertmanager: what the operator refuses (v0.93.0,
// pkg/alertmanager/clustertlsconfig), and with what a clustered Alertmanager does not start (v0.35.0, cluster/tls_transport.go).
func clusterTLSMistakes(g *alertmanager.Generator) []mistake {
	t := g.ClusterTLS()
	if t == nil {
		return nil
	}
	field := specPath.Field("clusterTLS")
	var mistakes []mistake
	if err := t.ServerTLS.Validate(); err != nil {
		mistakes = append(mistakes, operatorStops(field.Field("server"), "Alertmanager", err))
	}
	if err := clusterClient(t); err != nil {
		mistakes = append(mistakes, operatorStops(field.Field("client"), "Alertmanager", err))
	}
	if len(mistakes) > 0 || !g.Clustered() || !g.UsesClusterTLS() {
		return mistakes
	}
	return serverMistakes(&t.ServerTLS, field.Field("server"), "Alertmanager does not start: ", curves)
}

// clusterClient says what the operator does not like about the client between replicas.
func clusterClient(t *monitoringv1.ClusterTLSConfig) error {
	if err := t.ClientTLS.Validate(); err != nil {
		return fmt.Errorf("invalid client TLS configuration: %w", err)
	}
	if t.ClientTLS.Cert == (monitoringv1.SecretOrConfigMap{}) {
		return errors.New("invalid client TLS configuration: certificate is required")
	}
	return nil
}
