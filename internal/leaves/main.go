// Command leaves writes objects that try the owner of every leaf of ServiceMonitor,
// PodMonitor, Probe and ScrapeConfig, each as a line of JSON. A leaf is a field that
// holds a value. Who owns it stands in tables/: a check of ours names its bad values,
// or the CRD admits none, or no value of it is wrong.
//
// The tests here hold the tables against the Go types of the API and against the
// judge. The end-to-end tests hold them against the CRDs and a real API server, with
// promgate in front; they run this program.
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
		if c.Owner == "" && !c.sample && (!c.crd || c.free) {
			continue // the tests here have tried it
		}
		if err := out.Encode(c); err != nil {
			fmt.Fprintf(os.Stderr, "leaves: %v\n", err)
			os.Exit(1)
		}
	}
}
