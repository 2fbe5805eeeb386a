package pods

import (
	"context"
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// publish gives each Service one EndpointSlice for each pod that it selects, since each pod has ports of
// its own. The slices of pods that no longer run are collected with their pod.
func (r *Runner) publish(ctx context.Context) error {
	services, err := list[corev1.Service](ctx, r.api, serviceResource)
	if err != nil {
		return err
	}
	var errs []error
	for _, p := range r.running() {
		for i := range services {
			s := &services[i]
			if s.Namespace == p.object.Namespace && len(s.Spec.Selector) > 0 && labels.SelectorFromSet(s.Spec.Selector).Matches(labels.Set(p.object.Labels)) {
				errs = append(errs, r.publishPod(ctx, s, p))
			}
		}
	}
	return errors.Join(errs...)
}

// publishPod writes the EndpointSlice of a pod in a Service if it has changed.
func (r *Runner) publishPod(ctx context.Context, s *corev1.Service, p *pod) error {
	slice := p.endpointSlice(s)
	if len(slice.Ports) == 0 {
		return nil
	}
	key := s.Name + " " + fmt.Sprint(slice.Ports, slice.Endpoints)
	if p.published[s.UID] == key {
		return nil
	}
	if p.published[s.UID] == "" && p.isDeleted() {
		return nil // perhaps with its namespace, where nothing can be created
	}
	err := r.api.create(ctx, endpointSliceResource, slice, nil)
	if apierrors.IsAlreadyExists(err) {
		err = r.api.replace(ctx, endpointSliceResource, slice)
	}
	if apierrors.IsNotFound(err) {
		return nil // it was collected with its pod
	}
	if err != nil {
		return fmt.Errorf("publishing the endpoint of %s/%s: %w", p.object.Namespace, p.object.Name, err)
	}
	p.published[s.UID] = key
	return nil
}

func (p *pod) endpointSlice(s *corev1.Service) *discoveryv1.EndpointSlice {
	ready, terminating := p.isReady(), p.isDeleted()
	slice := &discoveryv1.EndpointSlice{
		TypeMeta: metav1.TypeMeta{APIVersion: "discovery.k8s.io/v1", Kind: "EndpointSlice"},
		ObjectMeta: metav1.ObjectMeta{
			Namespace: s.Namespace, Name: s.Name + "-" + p.object.Name,
			Labels: map[string]string{discoveryv1.LabelServiceName: s.Name, discoveryv1.LabelManagedBy: "promgate-rig"},
			// The pod is its owner, so that it is collected with it.
			OwnerReferences: []metav1.OwnerReference{{APIVersion: "v1", Kind: "Pod", Name: p.object.Name, UID: p.object.UID}},
		},
		AddressType: discoveryv1.AddressTypeIPv4,
		Endpoints: []discoveryv1.Endpoint{{
			Addresses:  []string{p.runner.address},
			Conditions: discoveryv1.EndpointConditions{Ready: &ready, Serving: &ready, Terminating: &terminating},
			TargetRef:  &corev1.ObjectReference{Kind: "Pod", Namespace: p.object.Namespace, Name: p.object.Name, UID: p.object.UID},
		}},
	}
	for i := range s.Spec.Ports {
		port := &s.Spec.Ports[i]
		declared := p.declared(port.TargetPort)
		if declared == nil {
			continue
		}
		number := int32(p.portNumber(declared.Name))
		if number == 0 {
			continue // it does not run yet
		}
		slice.Ports = append(slice.Ports, discoveryv1.EndpointPort{Name: &port.Name, Port: &number, Protocol: &port.Protocol})
	}
	return slice
}
