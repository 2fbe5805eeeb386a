package readers

import (
	"bytes"
	"testing"

	"helm.sh/helm/v4/pkg/kube"
)

func TestHelm(t *testing.T) {
	modes := map[string][]kube.ClientUpdateOption{
		"ClientSide": {kube.ClientUpdateOptionServerSideApply(false, false)},
		"ServerSide": {kube.ClientUpdateOptionServerSideApply(true, true)},
		"Replace":    {kube.ClientUpdateOptionServerSideApply(false, false), kube.ClientUpdateOptionForceReplace(true)},
	}
	for name, options := range modes {
		for _, words := range fluxWords {
			t.Run(name+"/"+words, func(t *testing.T) {
				s := startServer(t, words, promgate())
				s.wantWholeDenial(updateWithHelm(t, s, options))
				s.wantNoDelete()
			})
		}
	}
}

// updateWithHelm upgrades a release from the valid rule to the broken one.
func updateWithHelm(t *testing.T, s *apiServer, options []kube.ClientUpdateOption) error {
	t.Helper()
	client := kube.New(configFlags(t, s))
	client.Namespace = "shop"
	before, err := client.Build(bytes.NewReader(rule(t, s.words, "up")), false)
	if err != nil {
		t.Fatal(err)
	}
	after, err := client.Build(bytes.NewReader(rule(t, s.words, "sum(up")), false)
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Update(before, after, options...)
	return err
}
