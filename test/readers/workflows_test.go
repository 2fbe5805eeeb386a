package readers

import (
	"testing"

	transient "github.com/argoproj/argo-workflows/v4/util/errors"
	"github.com/argoproj/argo-workflows/v4/util/logging"
	webhookerrors "k8s.io/apiserver/pkg/admission/plugin/webhook/errors"
)

// workflowWords are words that make Argo Workflows, which applies the manifests of resource
// templates, take an error for a network error.
var workflowWords = []string{
	"exceeded quota", "etcdserver: leader changed", "etcdserver: request timed out", "etcdserver: too many requests",
	"Connection closed by foreign host", "net/http: TLS handshake timeout", "i/o timeout", "connection timed out", "connection reset by peer",
	"http2: client connection lost", "http2: server sent GOAWAY and closed the connection", "request did not complete within requested timeout",
	"connect: connection refused", "invalid connection", "stream error when reading response body", "client rate limiter Wait returned an error",
}

func TestArgoWorkflows(t *testing.T) {
	ctx := logging.WithLogger(t.Context(), logging.NewSlogLogger(logging.Error, logging.Text))
	ask := promgate()
	known := 0
	for _, words := range workflowWords {
		t.Run(words, func(t *testing.T) {
			if transient.IsTransientErr(ctx, webhookerrors.ToStatusErr(webhookName, ask(t, update(t, words)))) {
				t.Error("Argo Workflows takes the denial for a transient error")
			}
			if transient.IsTransientErr(ctx, webhookerrors.ToStatusErr(webhookName, plain(words)(t, nil))) {
				known++
			}
		})
	}
	if known < len(workflowWords)/2 {
		t.Errorf("Argo Workflows acts only on %d of %d words: the list is out of date", known, len(workflowWords))
	}
}
