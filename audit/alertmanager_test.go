package audit_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/audit"
	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
)

func alertmanager(name, version string) *monitoringv1.Alertmanager {
	a := &monitoringv1.Alertmanager{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name}}
	a.Spec.Version = version
	a.Spec.AlertmanagerConfigSelector = &metav1.LabelSelector{MatchLabels: map[string]string{"team": "shop"}}
	return a
}

// chatting returns an AlertmanagerConfig with a receiver whose address is in the Secret slack.
func chatting(labels map[string]string) *monitoringv1alpha1.AlertmanagerConfig {
	c := &monitoringv1alpha1.AlertmanagerConfig{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "team", Labels: labels}}
	c.Spec.Route = &monitoringv1alpha1.Route{Receiver: "chat"}
	channel := "#alerts"
	c.Spec.Receivers = []monitoringv1alpha1.Receiver{{Name: "chat", SlackConfigs: []monitoringv1alpha1.SlackConfig{{
		APIURL:  &corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: "slack"}, Key: "url"},
		Channel: &channel,
	}}}}
	return c
}

func secretWith(name, key, value string) *corev1.Secret {
	return &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name}, Data: map[string][]byte{key: []byte(value)}}
}

// forbiddenAssets are Secrets and ConfigMaps that must not be read.
type forbiddenAssets struct{ promconfig.Placeholders }

func (forbiddenAssets) Err() error { return nil }

// TestAlertmanagers: the configuration of an Alertmanager and the objects that it selects are judged with the Secrets that are
// there, and with placeholders for those that must not be read.
func TestAlertmanagers(t *testing.T) {
	const fine = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"
	hook := secretWith("slack", "url", "https://hooks.slack.example/a")
	labeled := map[string]string{"team": "shop"}
	dotted := chatting(labeled)
	dotted.Spec.Route.GroupBy = []string{"service.name"}
	for name, c := range map[string]struct {
		reason  string
		objects []selection.Object
		change  func(*audit.Options)
		want    []string
	}{
		"Clean":          {reason: "everything is there", objects: []selection.Object{alertmanager("main", ""), secretWith("alertmanager-main", "alertmanager.yaml", fine), chatting(labeled), hook}},
		"NoSecret":       {reason: "the operator has a configuration of its own", objects: []selection.Object{alertmanager("main", ""), chatting(labeled), hook}},
		"KeyMissing":     {reason: "the Secret lacks the key", objects: []selection.Object{alertmanager("main", ""), chatting(labeled), secretWith("slack", "address", "https://hooks.slack.example/a")}, want: []string{"AlertmanagerConfig team deny alertmanager-refuses spec.receivers[0].slackConfigs[0].apiURL"}},
		"SecretMissing":  {reason: "the Secret does not exist", objects: []selection.Object{alertmanager("main", ""), chatting(labeled)}, want: []string{"AlertmanagerConfig team deny alertmanager-refuses spec.receivers[0].slackConfigs[0].apiURL"}},
		"Unread":         {reason: "the Secrets must not be read", objects: []selection.Object{alertmanager("main", ""), chatting(labeled)}, change: func(o *audit.Options) { o.Assets = forbiddenAssets{} }},
		"NoAssets":       {reason: "Secrets are not looked at", objects: []selection.Object{alertmanager("main", ""), chatting(labeled)}, change: func(o *audit.Options) { o.Assets = nil }},
		"NoURL":          {reason: "what the Secret holds is no address", objects: []selection.Object{alertmanager("main", ""), chatting(labeled), secretWith("slack", "url", "hooks")}, want: []string{"AlertmanagerConfig team deny alertmanager-refuses spec.receivers[0].slackConfigs[0].apiURL"}},
		"Base":           {reason: "Alertmanager refuses the configuration in the Secret", objects: []selection.Object{alertmanager("main", ""), secretWith("alertmanager-main", "alertmanager.yaml", "route: {receiver: nobody}\n")}, want: []string{"Alertmanager main deny alertmanager-base spec.configSecret"}},
		"Unselected":     {reason: "the label is missing", objects: []selection.Object{alertmanager("main", ""), chatting(nil)}, want: []string{"AlertmanagerConfig team warn not-selected metadata.labels"}},
		"Old":            {reason: "the version of the Alertmanager has no such names", objects: []selection.Object{alertmanager("old", "v0.26.0"), dotted, hook}, want: []string{"AlertmanagerConfig team deny alertmanager-refuses spec.route.groupBy[0]"}},
		"OneOfTwo":       {reason: "one of two Alertmanagers would refuse its whole configuration", objects: []selection.Object{alertmanager("main", ""), alertmanager("old", "v0.26.0"), dotted, hook}, want: []string{"AlertmanagerConfig team deny alertmanager-refuses spec.route.groupBy[0]"}},
		"OtherNamespace": {reason: "the namespace is not reported on", objects: []selection.Object{alertmanager("main", ""), chatting(labeled)}, change: func(o *audit.Options) { o.Namespaces = []string{"bank"} }},
	} {
		t.Run(name, func(t *testing.T) {
			permissive, err := judge.Permissive()
			if err != nil {
				t.Fatal(err)
			}
			kept := cluster.New(cluster.Options{KeepObjects: true})
			for _, o := range c.objects {
				if err := kept.Put(o); err != nil {
					t.Fatal(err)
				}
			}
			o := audit.Options{Kinds: builtin.Kinds(), Judge: permissive, Settings: review.Settings{Severity: validation.Policy{}.Severity, Today: today}, Assets: kept.Assets()}
			if c.change != nil {
				c.change(&o)
			}
			objects := slices.DeleteFunc(slices.Clone(c.objects), func(o selection.Object) bool { return selection.RefOf(o).Kind == selection.SecretKind })
			r, err := audit.Run(t.Context(), objects, o)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range r.Findings {
				got = append(got, fmt.Sprintf("%s %s %s %s %s", f.Kind, f.Name, f.Finding.Severity, f.Finding.Check, f.Finding.Path))
			}
			slices.Sort(got)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
			if want := len(objects); len(o.Namespaces) == 0 && len(r.Checked) != want {
				t.Errorf("%d of %d objects are checked", len(r.Checked), want)
			}
		})
	}
}
