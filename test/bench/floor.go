package main

import (
	"encoding/json"
	"io"
	"net/http"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/promql/parser"
	admissionv1 "k8s.io/api/admission/v1"
)

// serveFloor serves what every webhook for rules has to do at least: it decodes the review and the object, and parses each
// expression. Of another object it decodes the review and the object.
func serveFloor(address, certFile, keyFile string) error {
	s := &http.Server{Addr: address, Handler: http.HandlerFunc(floor), ReadHeaderTimeout: time.Minute}
	return s.ListenAndServeTLS(certFile, keyFile)
}

func floor(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	review := &admissionv1.AdmissionReview{}
	if err := json.Unmarshal(body, review); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if err := decodeAndParse(review.Request); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	review.Response = &admissionv1.AdmissionResponse{UID: review.Request.UID, Allowed: true}
	review.Request = nil
	answer, err := json.Marshal(review)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = w.Write(answer) // a client that is gone needs none
}

func decodeAndParse(request *admissionv1.AdmissionRequest) error {
	if request.Kind.Kind != "PrometheusRule" {
		return json.Unmarshal(request.Object.Raw, &monitoringv1.ServiceMonitor{})
	}
	object := &monitoringv1.PrometheusRule{}
	if err := json.Unmarshal(request.Object.Raw, object); err != nil {
		return err
	}
	p := parser.NewParser(parser.Options{})
	for _, g := range object.Spec.Groups {
		for _, rule := range g.Rules {
			if _, err := p.ParseExpr(rule.Expr.String()); err != nil {
				return err
			}
		}
	}
	return nil
}
