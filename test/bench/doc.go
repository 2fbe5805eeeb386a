// Bench measures promgate's webhooks beside the admission webhook of the Prometheus Operator and beside a floor, over TLS and in
// one run: a server that does nothing but decode the review and parse its PromQL. The servers take turns, so that other load on
// the machine affects all. The result is one table, as Markdown.
//
//	go -C test/bench run . [-rounds 5] [-seconds 3] [-clients 8] [-overload 60s] [-out ../../docs/benchmarks.md]
//
// promgate runs as in a cluster: beside a real API server, from which it reads. The client has one processor.
package main
