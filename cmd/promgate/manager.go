package main

import (
	"context"
	"fmt"
	"os/signal"
	"syscall"

	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/promgate/promgate/internal/watch"
)

// newManager returns a manager whose cache feeds a watch.
func newManager(config *rest.Config, watched *watch.Watch, options ctrl.Options) (ctrl.Manager, error) {
	scheme, err := watch.Scheme()
	if err != nil {
		return nil, err
	}
	// An admission may wait for a call that confirms a denial. A rate limit in the client would let
	// duplicates in when many arrive at once. The loop reads Secrets one by one, and
	// writes an Event for each object that it leaves out. The API server has limits of its own.
	config = rest.CopyConfig(config)
	config.QPS = -1
	options.Scheme, options.Cache = scheme, watched.Options()
	manager, err := ctrl.NewManager(config, options)
	if err != nil {
		return nil, fmt.Errorf("making the manager: %w", err)
	}
	kinds, err := discovery.NewDiscoveryClientForConfigAndClient(config, manager.GetHTTPClient())
	if err != nil {
		return nil, fmt.Errorf("making a client for discovery: %w", err)
	}
	watched.Use(manager.GetCache(), kinds, watch.Changes{Client: kinds.RESTClient(), Mapper: manager.GetRESTMapper()})
	return manager, nil
}

// kubernetesConfig returns the configuration of a client as kubectl finds it. An empty context is the
// current one of the kubeconfig.
func kubernetesConfig(file, kubeContext string) (*rest.Config, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = file
	overrides := &clientcmd.ConfigOverrides{CurrentContext: kubeContext}
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, overrides).ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("finding the API server: %w", err)
	}
	return config, nil
}

// newClient returns a client without a cache. It does not limit its requests: commands send them one after the other,
// and the API server has limits of its own.
func newClient(config *rest.Config) (client.Client, error) {
	config.QPS = -1
	c, err := client.New(config, client.Options{})
	if err != nil {
		return nil, fmt.Errorf("connecting to the cluster: %w", err)
	}
	return c, nil
}

// untilSignal returns a context that ends when the process is told to end. A second signal ends the process at once.
func untilSignal(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}
