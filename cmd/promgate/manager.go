package main

import (
	"fmt"

	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/promgate/promgate/internal/watch"
)

// newManager returns a manager whose cache feeds a watch.
func newManager(config *rest.Config, watched *watch.Watch, options ctrl.Options) (ctrl.Manager, error) {
	scheme, err := watch.Scheme()
	if err != nil {
		return nil, err
	}
	// The only call that an admission may wait for confirms a denial. A rate limit in the client
	// would let duplicates in when many arrive at once. The loop reads Secrets one by one, and
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
