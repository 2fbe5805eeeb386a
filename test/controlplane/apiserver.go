package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"
	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/client-go/rest"
	logsapi "k8s.io/component-base/logs/api/v1"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
	apiserveroptions "k8s.io/kubernetes/cmd/kube-apiserver/app/options"
)

// serveAPI runs the API server on the listener until SIGTERM or SIGINT.
func serveAPI(o options, listener net.Listener, etcdURL string) error {
	ctx := genericapiserver.SetupSignalContext()
	// As kube-apiserver's main does: the warnings of the loopback client are noise.
	rest.SetDefaultWarningHandler(rest.NoWarnings{})

	keys, err := writeCredentials(o.Dir)
	if err != nil {
		return err
	}
	completed, err := apiOptions(ctx, listener, apiFlags(o, listener, etcdURL, keys))
	if err != nil {
		return fmt.Errorf("configuring kube-apiserver: %w", err)
	}
	// The completion of the options wrote the serving certificate.
	if err := writeKubeconfig(o.Kubeconfig, listener.Addr().String(), keys); err != nil {
		return err
	}
	if err := app.Run(ctx, completed); err != nil {
		return fmt.Errorf("running kube-apiserver: %w", err)
	}
	return nil
}

// apiFlags returns the flags for kube-apiserver. Options that they omit have kube-apiserver's own
// defaults.
func apiFlags(o options, listener net.Listener, etcdURL string, keys credentials) []string {
	addr := listener.Addr().(*net.TCPAddr)
	flags := []string{
		"--etcd-servers=" + etcdURL,
		"--bind-address=" + addr.IP.String(),
		fmt.Sprintf("--secure-port=%d", addr.Port),
		"--cert-dir=" + filepath.Dir(keys.certFile),
		"--token-auth-file=" + keys.tokenFile,
		"--authorization-mode=RBAC",
		"--service-cluster-ip-range=" + o.Services,
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-signing-key-file=" + keys.serviceAccountKey,
		"--service-account-key-file=" + keys.serviceAccountKey,
		"--allow-privileged=true",
		// There is no network of Services here: the API server itself finds the pods of a webhook's Service.
		"--enable-aggregator-routing=true",
	}
	if addr.IP.IsLoopback() {
		// Endpoints must not be loopback addresses. Therefore the Service "kubernetes" has none,
		// and no reconciler logs errors forever.
		flags = append(flags, "--advertise-address="+addr.IP.String(), "--endpoint-reconciler-type=none")
	}
	return flags
}

// apiOptions turns flags into options for app.Run, as kube-apiserver's own command does, but with a
// listener that is already bound.
func apiOptions(ctx context.Context, listener net.Listener, flags []string) (apiserveroptions.CompletedOptions, error) {
	var none apiserveroptions.CompletedOptions

	s := apiserveroptions.NewServerRunOptions()
	fs := pflag.NewFlagSet("kube-apiserver", pflag.ContinueOnError)
	sets := s.Flags()
	for _, set := range sets.FlagSets {
		fs.AddFlagSet(set)
	}
	if err := fs.Parse(flags); err != nil {
		return none, err
	}
	s.SecureServing.Listener = listener

	registry := s.GenericServerRunOptions.ComponentGlobalsRegistry
	if err := registry.Set(); err != nil {
		return none, err
	}
	if err := logsapi.ValidateAndApply(s.Logs, nil); err != nil {
		return none, err
	}
	completed, err := s.Complete(ctx)
	if err != nil {
		return none, err
	}
	if errs := completed.Validate(); len(errs) != 0 {
		return none, utilerrors.NewAggregate(errs)
	}
	return completed, os.Chmod(completed.SecureServing.ServerCert.CertKey.KeyFile, 0o600)
}
