package pods

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// probeReadiness keeps the pod's readiness up to date. Without a probe a pod is ready at once.
func (p *pod) probeReadiness(ctx context.Context, started metav1.Time) {
	probe := p.container().ReadinessProbe
	if probe == nil {
		p.setReady(ctx, started, true)
		return
	}
	failures := int32(0)
	p.each(ctx, probe, func(err error) bool {
		if err == nil {
			failures = 0
			p.setReady(ctx, started, !p.isDeleted())
			return true
		}
		if failures++; failures >= probe.FailureThreshold {
			p.setReady(ctx, started, false)
		}
		return true
	})
}

// probeLiveness sends an error when the container has to be started again.
func (p *pod) probeLiveness(ctx context.Context, dead chan<- error) {
	probe := p.container().LivenessProbe
	if probe == nil {
		return
	}
	failures := int32(0)
	p.each(ctx, probe, func(err error) bool {
		if err == nil {
			failures = 0
			return true
		}
		if failures++; failures < probe.FailureThreshold {
			return true
		}
		dead <- fmt.Errorf("the liveness probe failed %d times: %w", failures, err)
		return false
	})
}

// each probes again and again, until the context ends or then returns false.
func (p *pod) each(ctx context.Context, probe *corev1.Probe, then func(error) bool) {
	client := &http.Client{
		Timeout:   time.Duration(probe.TimeoutSeconds) * time.Second,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}, // as a kubelet
	}
	wait := time.Duration(probe.InitialDelaySeconds) * time.Second
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		err := p.probe(ctx, client, probe)
		if ctx.Err() != nil || !then(err) {
			return
		}
		wait = time.Duration(probe.PeriodSeconds) * time.Second
	}
}

func (p *pod) probe(ctx context.Context, client *http.Client, probe *corev1.Probe) error {
	get := probe.HTTPGet
	if get == nil {
		return fmt.Errorf("the kind of the probe is not supported: %v", probe.ProbeHandler)
	}
	port := p.declared(get.Port)
	if port == nil {
		return fmt.Errorf("the probe's port %s is none of the container", get.Port.String())
	}
	url := fmt.Sprintf("%s://%s%s", strings.ToLower(string(get.Scheme)), joinHostPort(p.runner.address, p.portNumber(port.Name)), get.Path)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	response.Body.Close()
	if response.StatusCode < 200 || response.StatusCode >= 400 {
		return fmt.Errorf("%s answers with %s", url, response.Status)
	}
	return nil
}

// declared returns the container port that a name or a number means, or nil.
func (p *pod) declared(port intstr.IntOrString) *corev1.ContainerPort {
	for i := range p.container().Ports {
		if c := &p.container().Ports[i]; c.Name == port.StrVal && port.Type == intstr.String || c.ContainerPort == port.IntVal && port.Type == intstr.Int {
			return c
		}
	}
	return nil
}
