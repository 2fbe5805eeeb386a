package e2e

import (
	"testing"
	"time"

	"github.com/promgate/promgate/test/rig"
)

// TestRollingRestart restarts both replicas again and again, as kubectl rollout restart does, while clients create objects at a
// steady rate, with failurePolicy Fail for both webhooks. The API server finds the replicas through the Service. Not one review fails or is lost.
//
//	ROLLING_RESTARTS  how many restarts
//	ROLLING_RATE      how many objects are created in a second
func TestRollingRestart(t *testing.T) {
	restarts, rate := number(t, "ROLLING_RESTARTS", 5), number(t, "ROLLING_RATE", 50)
	bare(t)
	kubectl(t, failing(kustomize(t, rig.Kustomization{Resource: "overlays/fail"})), "apply", "-f", "-")
	rolledOut(t, "promgate", "promgate")
	waitForReviews(t)

	newNamespace(t, "rolling", nil)
	s := steady{client: adminClient(t), namespace: "rolling", perSecond: rate}
	began := time.Now()
	stop := s.start(t)
	for range restarts {
		kubectl(t, "", "rollout", "restart", "deployment/promgate", "--namespace=promgate")
		rolledOut(t, "promgate", "promgate")
	}
	// The last replicas that were replaced still drain.
	eventually(t, "the old pods to be gone", podsLeft("promgate", 2))
	stop()
	done := s.monitors.Load() + s.rules.Load()
	t.Logf("%d restarts; %.0f objects a second", restarts, float64(done)/time.Since(began).Seconds())
	s.check(t)
}
