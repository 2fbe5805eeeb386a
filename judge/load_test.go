package judge

import (
	"testing"

	"github.com/prometheus/prometheus/config"
)

// TestRecovered checks that a panic of a loader is a refusal.
func TestRecovered(t *testing.T) {
	c, err := recovered(func() (*config.Config, error) { panic("out of luck") })
	if c != nil || err == nil || err.Error() != "the configuration cannot be read: out of luck" {
		t.Errorf("%v, %v", c, err)
	}
}
