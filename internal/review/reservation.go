package review

import "time"

// ReservationTime is how long a monitor that was let in may take until the informer shows
// it: the longest that the API server waits for a webhook (30 s), and some seconds.
const ReservationTime = 35 * time.Second

// Close says whether the object was let in. What was reserved for it is given back at once
// if it was not, and otherwise after [ReservationTime], unless an informer has shown the
// object by then. Close may be called more than once.
func (r *Result) Close(admitted bool) {
	release := r.release
	r.release = nil
	switch {
	case release == nil:
	case admitted:
		time.AfterFunc(ReservationTime, release)
	default:
		release()
	}
}
