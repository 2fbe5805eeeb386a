package judge

import (
	"fmt"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/alertmanager"
	"github.com/promgate/promgate/internal/fieldpath"
)

// clusterMistakes returns what the operator refuses of the TLS between the Alertmanagers of a cluster, whatever their version
// is (v0.93.0, pkg/alertmanager/clustertlsconfig).
func clusterMistakes(g *alertmanager.Generator) []mistake {
	c := g.ClusterTLS()
	if c == nil {
		return nil
	}
	field := specPath.Field("clusterTLS")
	var mistakes []mistake
	add := func(at fieldpath.Path, reason string) {
		mistakes = append(mistakes, mistaken(at, fmt.Sprintf("the operator updates nothing of this Alertmanager: %s", reason)))
	}
	if err := c.ServerTLS.Validate(); err != nil {
		add(field.Field("server"), err.Error())
	}
	if err := c.ClientTLS.Validate(); err != nil {
		add(field.Field("client"), err.Error())
	} else if c.ClientTLS.Cert == (monitoringv1.SecretOrConfigMap{}) {
		add(field.Field("client"), "a client certificate is required")
	}
	return mistakes
}
