package webhook

import (
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/validation/builtin"
)

// longestRequest is how long kube-apiserver works on a create or an update.
const longestRequest = 34 * time.Second

// TestReservationOutlivesTheRequest: an admitted monitor may be stored at the last moment of its
// request. Until then no other monitor may claim its job. A monitor that is never stored does not
// keep the job for long after that.
func TestReservationOutlivesTheRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // time passes at once
		state := clusterOf(t, "main=blue")
		settings := &atomic.Pointer[Settings]{}
		settings.Store(&Settings{})
		v := &validator{
			reviewer: &review.Reviewer{Kinds: builtin.Kinds(), Cluster: state, Live: &liveMonitor{}}, settings: settings,
			metrics: NewMetrics(prometheus.NewRegistry()), logger: slog.New(slog.DiscardHandler),
		}
		result := func(name string) string {
			t.Helper()
			a, err := v.answer(t.Context(), staleMonitor(t, name, map[string]any{"port": "web"}))
			if err != nil {
				t.Fatal(err)
			}
			return a.result
		}
		if got := result("first"); got != resultAllowed {
			t.Fatalf("the first: %s", got)
		}
		time.Sleep(longestRequest)
		if got := result("second"); got != resultRetried {
			t.Errorf("the second, while the first may still be stored: %s", got)
		}
		time.Sleep(10 * time.Second)
		if got := result("second"); got != resultAllowed {
			t.Errorf("the second, after the first was not stored: %s", got)
		}
	})
}
