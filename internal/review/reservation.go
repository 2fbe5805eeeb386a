package review

import "time"

// ReservationTime is how long a monitor that was let in keeps its claims if the informer does
// not show it. kube-apiserver gives a create or an update 34 s in all, for other webhooks and
// etcd as well (requestTimeoutUpperBound in pkg/endpoints/handlers/rest.go of k8s.io/apiserver
// v0.37.2). The rest is for the informer.
const ReservationTime = 40 * time.Second

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
