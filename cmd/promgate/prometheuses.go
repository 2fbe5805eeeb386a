package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"
	ctrlcache "sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/promgate/promgate/internal/prometheuses"
)

// kindRetry is how often promgate looks whether a kind is installed by now.
const kindRetry = 10 * time.Second

// prometheusWatch feeds the Prometheus, PrometheusAgent and ThanosRuler objects into a
// set. A kind that the cluster does not have is picked up once it appears.
type prometheusWatch struct {
	set    *prometheuses.Set
	cache  ctrlcache.Cache
	logger *slog.Logger

	servers, agents, rulers kindState
}

// kindState says how far the reading of one kind is.
type kindState struct {
	synced  atomic.Pointer[func() bool]
	missing atomic.Bool // the cluster does not have the kind
}

func (k *kindState) ready() bool {
	synced := k.synced.Load()
	return k.missing.Load() || synced != nil && (*synced)()
}

func (w *prometheusWatch) ready() error {
	if !w.servers.ready() || !w.agents.ready() || !w.rulers.ready() {
		return errors.New("the Prometheus objects are not read yet")
	}
	return nil
}

// start watches until the context ends.
func (w *prometheusWatch) start(ctx context.Context) error {
	go w.watch(ctx, &monitoringv1alpha1.PrometheusAgent{}, "PrometheusAgent", &w.agents)
	go w.watch(ctx, &monitoringv1.ThanosRuler{}, "ThanosRuler", &w.rulers)
	w.watch(ctx, &monitoringv1.Prometheus{}, "Prometheus", &w.servers)
	<-ctx.Done()
	return nil
}

func (w *prometheusWatch) watch(ctx context.Context, object client.Object, kind string, state *kindState) {
	ticker := time.NewTicker(kindRetry)
	defer ticker.Stop()
	for {
		err := w.inform(ctx, object, state)
		if err == nil || ctx.Err() != nil {
			return
		}
		if meta.IsNoMatchError(err) {
			if !state.missing.Swap(true) {
				w.logger.Info("the cluster does not have a kind; looking again until it has", "kind", kind)
			}
		} else {
			w.logger.Error("watching a kind", "kind", kind, "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (w *prometheusWatch) inform(ctx context.Context, object client.Object, state *kindState) error {
	informer, err := w.cache.GetInformer(ctx, object, ctrlcache.BlockUntilSynced(false))
	if err != nil {
		return fmt.Errorf("watching %T: %w", object, err)
	}
	registration, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc: w.put,
		UpdateFunc: func(before, now any) {
			if !sameSpec(before, now) {
				w.put(now)
			}
		},
		DeleteFunc: w.delete,
	})
	if err != nil {
		return fmt.Errorf("watching %T: %w", object, err)
	}
	synced := registration.HasSynced
	state.synced.Store(&synced)
	state.missing.Store(false)
	return nil
}

// sameSpec spares the work on what only changed its status, as the operator does all
// the time.
func sameSpec(before, now any) bool {
	a, isObject := before.(client.Object)
	b, isObjectToo := now.(client.Object)
	return isObject && isObjectToo && a.GetUID() == b.GetUID() && a.GetGeneration() == b.GetGeneration() && b.GetGeneration() > 0
}

func (w *prometheusWatch) put(object any) {
	var err error
	switch p := object.(type) {
	case *monitoringv1.Prometheus:
		err = w.set.Put(p)
	case *monitoringv1alpha1.PrometheusAgent:
		err = w.set.PutAgent(p)
	case *monitoringv1.ThanosRuler:
		err = w.set.PutRuler(p)
	}
	if err != nil {
		w.logger.Warn("a Prometheus object cannot be used, so nothing counts as selected by it", "error", err)
	}
}

func (w *prometheusWatch) delete(object any) {
	if gone, ok := object.(cache.DeletedFinalStateUnknown); ok {
		object = gone.Obj
	}
	o, ok := object.(client.Object)
	if !ok {
		return
	}
	name := prometheuses.Name{NamespacedName: types.NamespacedName{Namespace: o.GetNamespace(), Name: o.GetName()}}
	switch o.(type) {
	case *monitoringv1.Prometheus:
		name.Kind = monitoringv1.PrometheusesKind
	case *monitoringv1alpha1.PrometheusAgent:
		name.Kind = monitoringv1alpha1.PrometheusAgentsKind
	case *monitoringv1.ThanosRuler:
		name.Kind = monitoringv1.ThanosRulerKind
	}
	w.set.Delete(name)
}
