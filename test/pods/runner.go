package pods

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
)

// nodeName is the name of the only node.
const nodeName = "rig"

// syncInterval is the time between two looks at the cluster. A kubelet watches it; the endpoints of
// a Service follow a pod within a second there as well.
const syncInterval = 200 * time.Millisecond

// Options are the options of [Start].
type Options struct {
	// Config is for the cluster's administrator.
	Config *rest.Config
	// Program is the path of promgate, and IsImage reports which images stand for it. Pods with other images
	// stay pending.
	Program string
	IsImage func(image string) bool
	// Dir is for the volumes and logs of the pods.
	Dir string
	// Log receives what goes wrong between this package and the API server.
	Log io.Writer
}

// A Runner runs pods until [Runner.Stop]. Its methods can be called concurrently.
type Runner struct {
	Options

	api     api
	address string
	stop    context.CancelFunc
	stopped chan struct{}

	mu   sync.Mutex
	pods map[types.UID]*pod
}

// Start registers a node, and runs the pods of the cluster until [Runner.Stop].
func Start(ctx context.Context, o Options) (*Runner, error) {
	address, err := hostAddress()
	if err != nil {
		return nil, err
	}
	o.Config.QPS = -1 // no limit
	client, err := dynamic.NewForConfig(o.Config)
	if err != nil {
		return nil, fmt.Errorf("making a client for the pods: %w", err)
	}
	r := &Runner{Options: o, api: api{client}, address: address, stopped: make(chan struct{}), pods: map[types.UID]*pod{}}
	if err := r.api.createNode(ctx); err != nil {
		return nil, err
	}
	ctx, r.stop = context.WithCancel(context.WithoutCancel(ctx))
	go r.run(ctx)
	return r, nil
}

// Stop ends all pods, without telling the API server.
func (r *Runner) Stop() {
	r.stop()
	<-r.stopped
}

func (r *Runner) run(ctx context.Context) {
	defer close(r.stopped)
	tick := time.NewTicker(syncInterval)
	defer tick.Stop()
	for {
		if err := r.sync(ctx); err != nil && ctx.Err() == nil {
			fmt.Fprintf(r.Log, "pods: %v\n", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			r.end()
			return
		}
	}
}

// end waits for all pods to end.
func (r *Runner) end() {
	for _, p := range r.running() {
		<-p.ended
	}
}

// sync compares what runs with what the API server has, once.
func (r *Runner) sync(ctx context.Context) error {
	listed, err := list[corev1.Pod](ctx, r.api, podResource)
	if err != nil {
		return err
	}
	var errs []error
	present := map[types.UID]bool{}
	for i := range listed {
		object := &listed[i]
		if !r.isOurs(object) {
			continue
		}
		present[object.UID] = true
		if object.Spec.NodeName == "" {
			errs = append(errs, r.api.bind(ctx, object))
			continue
		}
		r.follow(ctx, object)
	}
	r.forget(present)
	return errors.Join(append(errs, r.publish(ctx))...)
}

func (r *Runner) isOurs(object *corev1.Pod) bool {
	return len(object.Spec.Containers) == 1 && r.IsImage(object.Spec.Containers[0].Image)
}

// follow starts a pod that is new, and ends one that is being deleted.
func (r *Runner) follow(ctx context.Context, object *corev1.Pod) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p, known := r.pods[object.UID]
	if !known {
		p = newPod(r, object)
		r.pods[object.UID] = p
		go p.run(ctx)
	}
	if object.DeletionTimestamp != nil {
		p.delete(object.DeletionGracePeriodSeconds)
	}
}

// forget ends the pods that the API server no longer has.
func (r *Runner) forget(present map[types.UID]bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for uid, p := range r.pods {
		if present[uid] {
			continue
		}
		p.delete(new(int64))
		delete(r.pods, uid)
	}
}

func (r *Runner) running() []*pod {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]*pod, 0, len(r.pods))
	for _, p := range r.pods {
		all = append(all, p)
	}
	return all
}

// Addresses returns host:port of each pod that is ready and listens on the container port with this
// name, for clients that connect to a replica without the API server.
func (r *Runner) Addresses(namespace, port string) []string {
	var addresses []string
	for _, p := range r.running() {
		if number := p.portNumber(port); number != 0 && p.object.Namespace == namespace && p.isReady() {
			addresses = append(addresses, joinHostPort(r.address, number))
		}
	}
	return addresses
}

// Logs returns the logs of the pods that run in a namespace, by pod.
func (r *Runner) Logs(namespace string) map[string]string {
	logs := map[string]string{}
	for _, p := range r.running() {
		if p.object.Namespace == namespace {
			logs[p.object.Name] = p.log()
		}
	}
	return logs
}

// condition returns a condition that holds since now.
func condition(kind corev1.PodConditionType, holds bool) corev1.PodCondition {
	status := corev1.ConditionFalse
	if holds {
		status = corev1.ConditionTrue
	}
	return corev1.PodCondition{Type: kind, Status: status, LastTransitionTime: metav1.Now()}
}
