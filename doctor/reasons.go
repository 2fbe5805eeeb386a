package doctor

import "strings"

// A Reason is why a webhook could not be called, and what to do.
type Reason struct {
	ID, Text, Fix string
}

// toReach are the ways to reach a pod from an API server that cannot.
const toReach = "Let the control plane connect to the pods: in a private GKE cluster, only 443 and 10250 are open to it, so serve on 10250 (--port) or add a firewall rule; with a CNI whose addresses the control plane does not know (EKS with Calico or Cilium overlay), run promgate with hostNetwork: true; and allow the port in the NetworkPolicies of promgate's namespace."

// reasons are the words by which an error is known, as the API server (v1.37) and Go (1.26) write them.
// The first that fits counts.
var reasons = []struct {
	words  string
	reason Reason
}{
	{"no endpoints available for service", Reason{"no-endpoints", "The Service has no ready address.", "See why no pod of promgate is ready."}},
	{"no service port", Reason{"no-port", "The Service does not have the port that the webhook calls.", "Set clientConfig.service.port of the webhooks to a port of the Service."}},
	{"no such host", Reason{"no-host", "The name in the URL of the webhook is not known to the DNS of the control plane.", "Correct the URL, or call a Service; the control plane often does not use the DNS of the cluster."}},
	{"proxyconnect", Reason{"proxy", "The API server calls the webhook through a proxy.", "Add .svc, .cluster.local and the range of the Services to NO_PROXY of the API server."}},
	{"Proxy Authentication Required", Reason{"proxy", "The API server calls the webhook through a proxy.", "Add .svc, .cluster.local and the range of the Services to NO_PROXY of the API server."}},
	{"unable to load root certificates", Reason{"bundle-unreadable", "caBundle is not a certificate in PEM.", "Correct caBundle, or remove it: promgate or cert-manager writes it."}},
	{"certificate signed by unknown authority", Reason{"unknown-authority", "The certificate is not signed by a CA in caBundle.", "caBundle has to contain the CA of the certificate that is served, which is named below. If a chart or a manifest contains a caBundle, remove it there: promgate or cert-manager writes it."}},
	{"certificate has expired or is not yet valid", Reason{"expired", "The certificate, or its CA, has expired, or a clock is wrong.", "See the log of promgate for why it was not renewed, and the clocks of the nodes."}},
	{"doesn't contain any IP SANs", Reason{"wrong-name", "The certificate is for other names than the one that the webhook calls.", "Add the name to --cert-names, or to the dnsNames of the Certificate."}},
	{"x509: certificate is valid for", Reason{"wrong-name", "The certificate is for other names than the one that the webhook calls.", "Add the name to --cert-names, or to the dnsNames of the Certificate."}},
	{"certificate is not valid for any names", Reason{"wrong-name", "The certificate is for other names than the one that the webhook calls.", "Add the name to --cert-names, or to the dnsNames of the Certificate."}},
	{"certificate relies on legacy Common Name", Reason{"wrong-name", "The certificate has a common name, but no DNS name.", "Issue a certificate with the DNS name of the Service."}},
	{"x509: ", Reason{"certificate", "The API server does not accept the certificate.", "Compare the certificate that is served with caBundle; both are named below."}},
	{"first record does not look like a TLS handshake", Reason{"not-tls", "What listens at the port does not speak TLS.", "Correct the port of the Service or of the URL: it is not promgate's."}},
	{"server gave HTTP response to HTTPS client", Reason{"not-tls", "What listens at the port does not speak TLS.", "Correct the port of the Service or of the URL: it is not promgate's."}},
	{"remote error: tls: bad certificate", Reason{"client-certificate", "The server wants a certificate of the API server.", "Something other than promgate answers, such as a mesh with mutual TLS: exclude the port of promgate from it."}},
	{"remote error: tls: certificate required", Reason{"client-certificate", "The server wants a certificate of the API server.", "Something other than promgate answers, such as a mesh with mutual TLS: exclude the port of promgate from it."}},
	{"remote error: tls: internal error", Reason{"no-certificate", "promgate has no certificate yet.", "See its log and /readyz for what it waits for."}},
	{"remote error: tls", Reason{"handshake", "The server refuses the TLS connection of the API server.", "See the log of promgate; a mesh or a load balancer in between may end the connection."}},
	{"connection refused", Reason{"refused", "Nothing listens at the address and the port.", "See whether promgate runs, and whether the port is the one that it listens on (--port)."}},
	{"no route to host", Reason{"unreachable", "The control plane has no route to the pod.", toReach}},
	{"network is unreachable", Reason{"unreachable", "The control plane has no route to the pod.", toReach}},
	{"No agent available", Reason{"unreachable", "The control plane reaches the nodes through konnectivity, and no agent of it is connected.", "See whether the pods konnectivity-agent in kube-system run."}},
	{"i/o timeout", Reason{"timeout", "Packets from the control plane to promgate get lost, on the way there or back.", toReach}},
	{"context deadline exceeded", Reason{"timeout", "There was no answer in time: mostly, packets from the control plane to promgate get lost on the way.", toReach}},
	{"Client.Timeout exceeded", Reason{"timeout", "There was no answer in time: mostly, packets from the control plane to promgate get lost on the way.", toReach}},
	{"net/http: request canceled", Reason{"timeout", "There was no answer in time: mostly, packets from the control plane to promgate get lost on the way.", toReach}},
	{"the server could not find the requested resource", Reason{"wrong-path", "What answers does not serve the path that the webhook calls (HTTP 404).", "Set the path of the webhooks to /validate and /mutate; if it is right, something other than promgate answers."}},
	{"the server is currently unable to handle the request", Reason{"not-ready", "promgate, or something in between, answers that it cannot serve now (HTTP 503).", "See /readyz of promgate for what it waits for."}},
	{"asked for the client to provide credentials", Reason{"not-promgate", "Something other than promgate answers, and wants credentials (HTTP 401).", "Correct the address and the port of the webhooks."}},
	{"prevented the request from succeeding", Reason{"server-error", "promgate, or something in between, answers with an error (HTTP 500).", "See the log of promgate."}},
	{"webhook response", Reason{"not-promgate", "What answers does not answer as a webhook does.", "Correct the address, the port and the path of the webhooks."}},
	{"connection reset by peer", Reason{"reset", "The connection was closed before there was an answer.", "Something in between, such as a load balancer, a mesh or a NetworkPolicy, closes connections to promgate; or promgate was just ending."}},
	{": EOF", Reason{"reset", "The connection was closed before there was an answer.", "Something in between, such as a load balancer, a mesh or a NetworkPolicy, closes connections to promgate; or promgate was just ending."}},
}

// ReasonOf says what an error means that the API server, or Go's client, gives for a failed call of a
// webhook. Those that the end-to-end tests provoke were seen from the API server; the others, those of firewalls,
// proxies and meshes among them, are known from its sources and those of Go.
func ReasonOf(message string) (Reason, bool) {
	text := strings.ToLower(message)
	if strings.Contains(text, `: service "`) && strings.Contains(text, `" not found`) {
		return Reason{"no-service", "The Service that the webhook calls does not exist.", "Apply promgate's manifests; or, if promgate was removed, delete its webhook configurations as well."}, true
	}
	for _, r := range reasons {
		if strings.Contains(text, strings.ToLower(r.words)) {
			return r.reason, true
		}
	}
	return Reason{}, false
}

// ReasonRows returns the rows of the table in docs/doctor.md: one for each reason, with the words by which it is known.
func ReasonRows() []string {
	var rows, words []string
	for n, r := range reasons {
		words = append(words, "`"+r.words+"`")
		if n+1 < len(reasons) && reasons[n+1].reason.Text == r.reason.Text {
			continue
		}
		fix := r.reason.Fix
		if fix == toReach {
			fix = "see below"
		}
		rows = append(rows, "| "+strings.Join(words, ", ")+" | "+r.reason.Text+" | "+fix+" |")
		words = nil
	}
	return rows
}
