package reconcile

import (
	"time"

	"github.com/promgate/promgate/internal/render"
)

// longestWait bounds a wait for the end of a certificate: by then the clock may have been set.
const longestWait = 24 * time.Hour

// untilExpiry returns how long the warnings about certificates stay as they are, or 0 if there is no
// certificate.
func (l *Loop) untilExpiry(c *render.Configuration) time.Duration {
	if c.Expires.IsZero() {
		return 0
	}
	return min(c.Expires.Sub(l.Now())+time.Second, longestWait)
}
