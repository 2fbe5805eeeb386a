package pods

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/promgate/promgate/test/rig"
)

// restartDelay is the time between the end of a container and its next start. A kubelet waits for 10
// seconds at first.
const restartDelay = time.Second

// A pod is a pod that runs, or has run.
type pod struct {
	runner *Runner
	object *corev1.Pod
	dir    string
	ports  map[string]int // on which it listens, by the name of the container port

	deleted chan struct{} // closed when it is to end
	ended   chan struct{} // closed when its process has ended for good

	// published is what the EndpointSlices of Services say of it, by Service. Only [Runner.run] uses it.
	published map[types.UID]string

	mu       sync.Mutex
	grace    time.Duration // between SIGTERM and SIGKILL
	isGone   bool          // deleted is closed
	ready    bool
	restarts int32
}

func newPod(r *Runner, object *corev1.Pod) *pod {
	return &pod{
		runner: r, object: object, dir: filepath.Join(r.Dir, object.Namespace, object.Name),
		deleted: make(chan struct{}), ended: make(chan struct{}), published: map[types.UID]string{},
	}
}

// delete asks the pod to end. A second call may shorten the time that it has.
func (p *pod) delete(seconds *int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.isGone {
		return
	}
	p.isGone, p.grace = true, 30*time.Second
	if seconds != nil {
		p.grace = time.Duration(*seconds) * time.Second
	}
	close(p.deleted)
}

// run runs the pod until it is deleted, or the context ends.
func (p *pod) run(ctx context.Context) {
	defer close(p.ended)
	for ctx.Err() == nil {
		err := p.runOnce(ctx)
		if p.isDeleted() {
			p.say(p.runner.api.remove(ctx, p.object))
			return
		}
		if ctx.Err() != nil {
			return
		}
		p.say(err)
		p.mu.Lock()
		p.restarts++
		p.ready = false
		p.mu.Unlock()
		p.report(ctx, nil)
		select {
		case <-time.After(restartDelay):
		case <-p.deleted:
		case <-ctx.Done():
		}
	}
}

// runOnce starts the container, and returns after its process has ended.
func (p *pod) runOnce(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	command, err := p.command(ctx)
	if err != nil {
		return err
	}
	process, err := rig.StartProcess(command)
	if err != nil {
		return err
	}
	started := metav1.Now()
	p.report(ctx, &started)

	dead := make(chan error, 1)
	var watching sync.WaitGroup
	watching.Go(func() { p.updateVolumes(ctx) })
	watching.Go(func() { p.probeReadiness(ctx, started) })
	watching.Go(func() { p.probeLiveness(ctx, dead) })
	defer watching.Wait()
	defer cancel()

	select {
	case <-process.Done():
		return process.Err()
	case err := <-dead:
		process.StopWithin(p.gracePeriod())
		return err
	case <-p.deleted:
		p.setReady(ctx, started, false)
		process.StopWithin(p.gracePeriod())
		return nil
	case <-ctx.Done():
		process.StopWithin(0) // nobody is served any more
		return nil
	}
}

func (p *pod) isDeleted() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.isGone
}

func (p *pod) gracePeriod() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.isGone {
		return p.grace
	}
	return time.Duration(*p.object.Spec.TerminationGracePeriodSeconds) * time.Second
}

func (p *pod) isReady() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ready && !p.isGone
}

// setReady writes it into the pod's status if it is new.
func (p *pod) setReady(ctx context.Context, started metav1.Time, ready bool) {
	p.mu.Lock()
	changed := p.ready != ready
	p.ready = ready
	p.mu.Unlock()
	if changed {
		p.report(ctx, &started)
	}
}

// report writes the pod's status: since when its container runs, if it does.
func (p *pod) report(ctx context.Context, started *metav1.Time) {
	p.mu.Lock()
	ready, restarts := p.ready, p.restarts
	p.mu.Unlock()
	container := p.container()
	running := started != nil
	status := corev1.ContainerStatus{
		Name: container.Name, Image: container.Image, Ready: ready, RestartCount: restarts, Started: &running,
	}
	if running {
		status.State.Running = &corev1.ContainerStateRunning{StartedAt: *started}
	} else {
		status.State.Waiting = &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}
	}
	p.say(p.runner.api.patchStatus(ctx, p.object, corev1.PodStatus{
		Phase: corev1.PodRunning,
		// Without podIP: the controller of EndpointSlices would publish the ports of the manifest.
		Conditions: []corev1.PodCondition{
			condition(corev1.PodScheduled, true), condition(corev1.PodInitialized, true),
			condition(corev1.ContainersReady, ready), condition(corev1.PodReady, ready),
		},
		ContainerStatuses: []corev1.ContainerStatus{status},
	}))
}

func (p *pod) container() *corev1.Container { return &p.object.Spec.Containers[0] }

// say writes what went wrong.
func (p *pod) say(err error) {
	if err != nil {
		fmt.Fprintf(p.runner.Log, "pods: %s/%s: %v\n", p.object.Namespace, p.object.Name, err)
	}
}

// log returns what the container wrote.
func (p *pod) log() string {
	text, err := os.ReadFile(filepath.Join(p.dir, p.container().Name+".log"))
	if err != nil {
		return err.Error()
	}
	return string(text)
}
