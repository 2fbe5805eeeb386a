// Command leaves writes objects that test the owner of every leaf of ServiceMonitor, PodMonitor,
// Probe, ScrapeConfig, Prometheus, PrometheusAgent, ThanosRuler, Alertmanager and both versions of AlertmanagerConfig,
// each as a line of JSON. A leaf is a field that holds a value. The files in tables/ assign an owner to each leaf: a check of promgate's names its
// bad values, or the CRD rejects them, or no value of it does harm.
//
// The tests in this package compare the tables with the Go types of the API, with the embedded CRDs
// and with the judge. The end-to-end tests run this program, and compare the tables with the CRDs
// and a real API server behind promgate.
package main

import (
	"encoding/json"
	"fmt"
	"os"
)

func main() {
	cases, err := allCases()
	if err != nil {
		fmt.Fprintf(os.Stderr, "leaves: %v\n", err)
		os.Exit(1)
	}
	out := json.NewEncoder(os.Stdout)
	for _, c := range cases {
		if c.Owner == "" && !c.sample {
			continue // covered by the tests of this package
		}
		if err := out.Encode(c); err != nil {
			fmt.Fprintf(os.Stderr, "leaves: %v\n", err)
			os.Exit(1)
		}
	}
}
