package certs

import (
	"context"
	"fmt"
	"net"
	"strings"

	certmanagerapi "github.com/cert-manager/cert-manager/pkg/apis/certmanager"
	certmanagerv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	cmmeta "github.com/cert-manager/cert-manager/pkg/apis/meta/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
)

// waitsFor returns why a Certificate is not ready, or nil: what the Issuer, the Certificate and its request say.
func (c *certManager) waitsFor(ctx context.Context, certificate *certmanagerv1.Certificate) error {
	var said []string
	for _, condition := range certificate.Status.Conditions {
		switch {
		case condition.Type == certmanagerv1.CertificateConditionReady && condition.Status == cmmeta.ConditionTrue &&
			condition.ObservedGeneration == certificate.Generation:
			return nil
		case condition.Type == certmanagerv1.CertificateConditionReady, condition.Status == cmmeta.ConditionTrue:
			said = append(said, fmt.Sprintf("%s is %s, %s: %s", condition.Type, condition.Status, condition.Reason, oneLine(condition.Message)))
		}
	}
	if len(said) == 0 {
		said = append(said, "it has no status yet: is cert-manager running?")
	}
	if issuer := c.issuerFault(ctx); issuer != "" {
		said = append(said, issuer)
	}
	if request := c.requestFault(ctx); request != "" {
		said = append(said, request)
	}
	return fmt.Errorf("waiting for the Certificate %s: %s", c.o.Certificate, strings.Join(said, "; "))
}

// issuerFault says what is wrong with an Issuer of cert-manager's own; of others nothing is known.
func (c *certManager) issuerFault(ctx context.Context) string {
	ref := c.o.Issuer
	if ref.Group != "" && ref.Group != certmanagerapi.GroupName {
		return ""
	}
	var status certmanagerv1.IssuerStatus
	var err error
	if ref.Kind == certmanagerv1.ClusterIssuerKind {
		var issuer *certmanagerv1.ClusterIssuer
		if issuer, err = c.o.CertManager.ClusterIssuers().Get(ctx, ref.Name, metav1.GetOptions{}); err == nil {
			status = issuer.Status
		}
	} else {
		var issuer *certmanagerv1.Issuer
		if issuer, err = c.o.CertManager.Issuers(c.o.Certificate.Namespace).Get(ctx, ref.Name, metav1.GetOptions{}); err == nil {
			status = issuer.Status
		}
	}
	what := fmt.Sprintf("the %s %s", ref.Kind, ref.Name)
	switch {
	case apierrors.IsNotFound(err):
		return what + " does not exist"
	case err != nil:
		return "" // without permission, the Certificate's own conditions have to do
	}
	for _, condition := range status.Conditions {
		if condition.Type == certmanagerv1.IssuerConditionReady && condition.Status != cmmeta.ConditionTrue {
			return fmt.Sprintf("%s is not ready, %s: %s", what, condition.Reason, oneLine(condition.Message))
		}
	}
	return ""
}

// requestFault says what the latest CertificateRequest waits for.
func (c *certManager) requestFault(ctx context.Context) string {
	requests, err := c.o.CertManager.CertificateRequests(c.o.Certificate.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return ""
	}
	var latest *certmanagerv1.CertificateRequest
	for i := range requests.Items {
		r := &requests.Items[i]
		if r.Annotations[certmanagerv1.CertificateNameKey] == c.o.Certificate.Name &&
			(latest == nil || latest.CreationTimestamp.Before(&r.CreationTimestamp)) {
			latest = r
		}
	}
	if latest == nil {
		return ""
	}
	for _, condition := range latest.Status.Conditions {
		if condition.Type == certmanagerv1.CertificateRequestConditionReady && condition.Status != cmmeta.ConditionTrue {
			return fmt.Sprintf("the CertificateRequest %s: %s: %s", latest.Name, condition.Reason, oneLine(condition.Message))
		}
	}
	return ""
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// watchCertificate wakes the loop when the Certificate changes.
func (c *certManager) watchCertificate(ctx context.Context) {
	certificates := c.o.CertManager.Certificates(c.o.Certificate.Namespace)
	selector := fields.OneTermEqualSelector(metav1.ObjectNameField, c.o.Certificate.Name).String()
	bell(ctx, &certmanagerv1.Certificate{}, &cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			o.FieldSelector = selector
			return certificates.List(ctx, o)
		},
		WatchFuncWithContext: func(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
			o.FieldSelector = selector
			return certificates.Watch(ctx, o)
		},
	}, c.loop.changed)
}

// splitNames separates DNS names from IP addresses.
func splitNames(names []string) (dns, ips []string) {
	for _, name := range names {
		if net.ParseIP(name) != nil {
			ips = append(ips, name)
		} else {
			dns = append(dns, name)
		}
	}
	return dns, ips
}
