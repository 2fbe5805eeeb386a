package readers

import (
	"testing"

	"github.com/fluxcd/pkg/ssa"
	ssaerrors "github.com/fluxcd/pkg/ssa/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	webhookerrors "k8s.io/apiserver/pkg/admission/plugin/webhook/errors"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// fluxWords are words on which Flux with force deletes an object and creates it again.
var fluxWords = []string{"is immutable", "immutable field", "field is immutable", "is\timmutable", "this is immutable field is immutable"}

func TestFlux(t *testing.T) {
	for _, words := range fluxWords {
		t.Run(words, func(t *testing.T) {
			s := startServer(t, words, promgate())
			err := applyWithFlux(t, s)
			s.wantWholeDenial(err)
			s.wantNoDelete()
			if ssaerrors.IsImmutableError(webhookerrors.ToStatusErr(webhookName, s.deny(t, update(t, words)))) {
				t.Error("Flux takes the denial for an immutability error")
			}
		})
	}
}

// TestFluxActsOnWords fails if Flux no longer acts on these words.
func TestFluxActsOnWords(t *testing.T) {
	s := startServer(t, "is immutable", plain("is immutable"))
	if err := applyWithFlux(t, s); err == nil {
		t.Error("no error")
	}
	if !s.deleted {
		t.Error("the live object was not deleted")
	}
}

// applyWithFlux applies the broken rule as kustomize-controller does for a Kustomization with
// force.
func applyWithFlux(t *testing.T, s *apiServer) error {
	t.Helper()
	c, err := client.New(&rest.Config{Host: s.URL}, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	object := &unstructured.Unstructured{}
	if err := object.UnmarshalJSON(rule(t, s.words, "sum(up")); err != nil {
		t.Fatal(err)
	}
	options := ssa.DefaultApplyOptions()
	options.Force = true
	_, err = ssa.NewResourceManager(c, nil, ssa.Owner{Field: "kustomize-controller", Group: "kustomize.toolkit.fluxcd.io"}).
		Apply(t.Context(), object, options)
	return err
}
