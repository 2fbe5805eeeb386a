package readers

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/cmd/apply"
	cmdutil "k8s.io/kubectl/pkg/cmd/util"
)

func TestKubectl(t *testing.T) {
	for _, words := range fluxWords {
		t.Run(words, func(t *testing.T) {
			s := startServer(t, words, promgate())
			err := applyWithKubectl(t, s)
			s.wantWholeDenial(err)
			s.wantNoDelete()
			if text, ok := cmdutil.StandardErrorMessage(err); !ok || !isForbidden(text) {
				t.Errorf("kubectl prints %q", text)
			}
		})
	}
}

func isForbidden(text string) bool {
	const start = "Error from server (Forbidden): "
	return len(text) > len(start) && text[:len(start)] == start
}

// applyWithKubectl runs kubectl apply --force.
func applyWithKubectl(t *testing.T, s *apiServer) error {
	t.Helper()
	file := filepath.Join(t.TempDir(), "rule.json")
	if err := os.WriteFile(file, rule(t, s.words, "sum(up"), 0o600); err != nil {
		t.Fatal(err)
	}
	flags, command := apply.NewApplyFlags(genericiooptions.NewTestIOStreamsDiscard()), &cobra.Command{}
	flags.AddFlags(command)
	for name, value := range map[string]string{"filename": file, "force": "true", "validate": "false"} {
		if err := command.Flags().Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	options, err := flags.ToOptions(cmdutil.NewFactory(configFlags(t, s)), command, "kubectl", nil)
	if err != nil {
		t.Fatal(err)
	}
	return options.Run()
}

// configFlags are the flags of a kubectl, or of a Helm, that uses the server.
func configFlags(t *testing.T, s *apiServer) *genericclioptions.ConfigFlags {
	t.Helper()
	flags := genericclioptions.NewConfigFlags(false)
	namespace, cache, kubeconfig := "shop", t.TempDir(), os.DevNull
	flags.APIServer, flags.Namespace, flags.CacheDir, flags.KubeConfig = &s.URL, &namespace, &cache, &kubeconfig
	return flags
}
