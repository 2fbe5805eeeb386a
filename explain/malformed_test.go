package explain_test

import (
	"errors"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/explain"
	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
)

// TestMalformed: an object that does not decode exists all the same, and keeps the operator from listing
// the others of its kind.
func TestMalformed(t *testing.T) {
	good, bad := selection.Ref{Kind: "ServiceMonitor", Namespace: "shop", Name: "good"}, selection.Ref{Kind: "ServiceMonitor", Namespace: "shop", Name: "bad"}
	model := cluster.New(cluster.Options{KeepObjects: true})
	if err := model.Put(&monitoringv1.ServiceMonitor{ObjectMeta: metav1.ObjectMeta{Namespace: good.Namespace, Name: good.Name}}); err != nil {
		t.Fatal(err)
	}
	options := explain.Options{Settings: review.Settings{Severity: validation.Policy{}.Severity}, Live: true, Malformed: map[selection.Ref]error{
		bad: errors.New("cannot unmarshal number"), {Kind: "Probe", Namespace: "shop", Name: "bad"}: errors.New("elsewhere"),
	}}
	for ref, want := range map[selection.Ref][]string{
		bad:  {"yes ServiceMonitor shop/bad exists.", "no It cannot be read as a ServiceMonitor.", "cannot unmarshal number", "fix the field"},
		good: {"yes ServiceMonitor shop/good exists.", "it cannot list the ServiceMonitor objects while shop/bad does not decode", "cannot unmarshal number"},
	} {
		x, err := explain.Run(t.Context(), model, &review.Reviewer{Kinds: builtin.Kinds(), Cluster: model}, ref, options)
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		if err := explain.WriteText(&text, x, explain.TextOptions{}); err != nil {
			t.Fatal(err)
		}
		words := strings.Join(strings.Fields(text.String()), " ")
		for _, part := range want {
			if !strings.Contains(words, part) {
				t.Errorf("%s: %q is missing:\n%s", ref, part, text.String())
			}
		}
		if strings.Contains(text.String(), "elsewhere") || x.PickedUp {
			t.Errorf("%s: picked up %t:\n%s", ref, x.PickedUp, text.String())
		}
	}
}
