package discovery

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/promgate/promgate/validation"
)

// TestUnusableInterval tests the check with limits that usual intervals exceed.
func TestUnusableInterval(t *testing.T) {
	hourly := intervalLimits{shortest: time.Minute, azureTimes: 3, azureUnit: time.Hour}
	for _, c := range []struct{ kind, interval, want string }{
		{"http", "", ""},
		{"http", "1m", ""},
		{"http", "30s", "the interval 30s has no length"},
		{"azure", "30s", "the interval 30s has no length"},
		{"azure", "19m", "the discovery for Azure cannot use an interval of 19m"},
		{"azure", "20m", ""},
		{"http", "5 minutes", `"5 minutes" is not a duration`},
	} {
		d := Discovery{Kind: c.kind, RefreshInterval: validation.Text{Value: c.interval}}
		found := d.unusableInterval(hourly, validation.Snapshot{})
		if c.want == "" && found != nil || c.want != "" && (len(found) != 1 || !strings.Contains(found[0].Problem, c.want)) {
			t.Errorf("%s %q: %v", c.kind, c.interval, found)
		}
		if c.want != "" && !strings.Contains(c.want, "not a duration") {
			if found := DiscoveryInterval.Run(d, validation.Snapshot{}); found != nil {
				t.Errorf("%s %q is refused by the check as well: the test proves nothing: %v", c.kind, c.interval, found)
			}
		}
	}
}

// TestAzureOverflow checks that a multiple that does not fit into 64 bits is not taken for a
// positive one.
func TestAzureOverflow(t *testing.T) {
	limits := intervalLimits{azureTimes: math.MaxInt64/int64(time.Hour) + 1, azureUnit: time.Second}
	if limits.azureCan(time.Hour) {
		t.Error("a multiple that is too large is usable")
	}
	if !limits.azureCan(30 * time.Minute) {
		t.Error("half as much is not usable")
	}
}

// TestUsableIntervals checks that the check has limits.
func TestUsableIntervals(t *testing.T) {
	if l := usableIntervals; l.shortest <= 0 || l.azureTimes <= 0 || l.azureUnit <= 0 {
		t.Errorf("a limit is missing: %+v", l)
	}
	if found := DiscoveryInterval.Run(Discovery{RefreshInterval: validation.Text{Value: (usableIntervals.shortest - 1).String()}}, validation.Snapshot{}); len(found) != 1 {
		t.Errorf("discovery-interval reports %v for an interval below the shortest", found)
	}
}
