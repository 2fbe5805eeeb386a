package main

import (
	"fmt"

	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/promgate/promgate/internal/watch"
)

// newManager makes the manager of a watch, which gets its objects from there.
func newManager(config *rest.Config, watched *watch.Watch, options ctrl.Options) (ctrl.Manager, error) {
	scheme, err := watch.Scheme()
	if err != nil {
		return nil, err
	}
	// The one call that a request may wait for confirms a denial: a limit of the client's own
	// would let duplicates in when many come at once. The loop reads Secrets one by one, and
	// each object that it leaves out has an Event. The API server has limits of its own.
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
	watched.Use(manager.GetCache(), kinds)
	return manager, nil
}

func kubernetesConfig(file string) (*rest.Config, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = file
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, nil).ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("finding the API server: %w", err)
	}
	return config, nil
}
