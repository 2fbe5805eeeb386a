package e2e

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestKubePrometheus checks that all objects of a monitoring stack are admitted in any order:
// monitors before their Services, before the Prometheus, or after it.
func TestKubePrometheus(t *testing.T) {
	defer noPrometheus(t)
	newNamespace(t, "kp", nil)
	_, stack, _ := strings.Cut(readFile(t, "testdata/kube-prometheus.yaml"), "\n{")
	objects := strings.Split("{"+stack, "\n---\n")
	for range 3 {
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		random := rand.New(rand.NewPCG(seed, 0))
		random.Shuffle(len(objects), func(i, j int) { objects[i], objects[j] = objects[j], objects[i] })
		shuffled := strings.Join(objects, "\n---\n")

		out := kubectl(t, shuffled, "apply", "-f", "-")
		noAlarm(t, out)
		if got := strings.Count(out.Stdout, " created\n"); got != len(objects) {
			t.Errorf("%d of %d objects were created:\n%s", got, len(objects), out.Stdout)
		}
		// Create one more monitor, now that promgate knows all objects.
		eventually(t, "promgate to know the stack", keptOut(strings.Replace(grafana(objects), "name: grafana", "name: grafana-too", 1)))
		noAlarm(t, kubectl(t, "", "label", "servicemonitors,podmonitors,prometheusrules", "--all", "--namespace=kp", "written=again"))
		kubectl(t, shuffled, "delete", "-f", "-")
	}
}

// grafana is one of the monitors.
func grafana(objects []string) string {
	i := slices.IndexFunc(objects, func(object string) bool {
		return strings.Contains(object, "kind: ServiceMonitor, metadata: {name: grafana,")
	})
	return objects[i]
}
