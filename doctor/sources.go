package doctor

import (
	"fmt"
	"strings"
	"time"
)

// Source says where a certificate comes from, as the flags of promgate serve say.
type Source struct {
	// Secret, NAMESPACE/NAME, has promgate's own CA.
	Secret string

	// Certificate, NAMESPACE/NAME, is cert-manager's.
	Certificate string
}

// Source returns where promgate's certificate comes from, as far as that can be known.
func (f *Facts) Source() Source {
	for _, d := range f.Deployments {
		if commandOf(d) != "serve" {
			continue
		}
		args := argsOf(d)
		switch certsOf(args) {
		case "self-signed":
			return Source{Secret: qualified(args["ca-secret"], d.Namespace, "promgate-ca")}
		case "cert-manager":
			for _, h := range f.Ours() {
				if from := h.annotations["cert-manager.io/inject-ca-from"]; from != "" {
					return Source{Certificate: from}
				}
			}
			return Source{Certificate: qualified(args["cert-manager-certificate"], d.Namespace, "promgate")}
		}
	}
	return Source{}
}

func qualified(given, namespace, name string) string {
	if given != "" {
		return given
	}
	return namespace + "/" + name
}

// The marks that package certs sets on the Secret of the CA.
const (
	caLabel        = "promgate.dev/ca"
	nextAnnotation = "promgate.dev/next-trusted-since"
	lastAnnotation = "promgate.dev/previous-until"
)

// examineSource is about the Secret or the Certificate that the serving certificate comes from.
func (e *examiner) examineSource() {
	if why := e.Unread["secrets"]; why != "" {
		e.unknown("source", "Whether promgate has a CA is not known: "+why+".", "")
	}
	if why := e.Unread["certificates"]; why != "" {
		e.unknown("source", "Whether cert-manager has issued the certificate is not known: "+why+".", "")
	}
	if s := e.Authority; s != nil {
		e.examineAuthority(s)
	}
	if s := e.Certificate; s != nil {
		e.examineIssued(s)
	}
}

func (e *examiner) examineAuthority(s *Stored) {
	name := fmt.Sprintf("Secret %s/%s", s.Namespace, s.Name)
	var details []string
	if since := s.Annotations[nextAnnotation]; since != "" {
		details = append(details, "a rotation is going on: the next CA has been trusted since "+since)
	}
	if until := s.Annotations[lastAnnotation]; until != "" {
		details = append(details, "a rotation is going on: the previous CA stays trusted until "+until)
	}
	switch {
	case !s.Exists:
		e.problem("source", "There is no "+name+", in which promgate keeps its CA.", "See the log of promgate: it makes one when it starts, if it may create Secrets in its namespace.")
	case s.Labels[caLabel] != "true":
		e.problem("source", fmt.Sprintf("%s lacks the label %s=true: it is not promgate's, and promgate does not use it.", name, caLabel), "Delete it, or name another one with --ca-secret.")
	default:
		e.ok("source", name+" has promgate's CA.", details...)
	}
}

func (e *examiner) examineIssued(s *Stored) {
	name := fmt.Sprintf("Certificate %s/%s", s.Namespace, s.Name)
	switch {
	case !s.Exists:
		e.problem("source", "There is no "+name+" of cert-manager.", "Apply the overlay for cert-manager, or set --cert-manager-issuer, and see the log of promgate.")
	case !s.Ready:
		e.problem("source", name+" is not ready: "+strings.Trim(s.Reason+": "+s.Message, ": ")+".", "See kubectl describe certificate, and the issuer.")
	default:
		e.ok("source", name+" of cert-manager is ready.")
	}
}

// examineReplicas is about what the pods say of their certificates, where none could be connected to from here.
func (e *examiner) examineReplicas() (said bool) {
	for _, r := range e.Replicas {
		if r.Err != "" || r.Expiry.IsZero() {
			continue
		}
		said = true
		text := fmt.Sprintf("Pod %s says that its certificate is valid until %s", r.Pod, r.Expiry.UTC().Format("2006-01-02 15:04 MST"))
		var not []string
		for _, sort := range []string{"mutating", "validating"} {
			if matches, known := r.Matches[sort]; known && !matches {
				not = append(not, sort)
			}
		}
		switch {
		case len(not) > 0:
			e.problem("served", fmt.Sprintf("%s, and that the caBundle of the %s configuration does not verify it.", text, list(not, 2)), "See the log of that pod.")
		case r.Expiry.Sub(e.Now) < soon:
			e.problem("served", text+": it expires within a day.", "See the log of that pod for why it is not renewed.")
		default:
			e.ok("served", text+", and that caBundle verifies it.")
		}
	}
	return said
}

// ReplicaIn reads the metrics of a pod of promgate.
func ReplicaIn(pod, metrics string) Replica {
	r := Replica{Pod: pod, Matches: map[string]bool{}}
	for line := range strings.Lines(metrics) {
		m := sampleLine.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			continue
		}
		value := number(m[3])
		switch {
		case m[1] == "promgate_certificate_expiry_timestamp_seconds" && m[2] == `certificate="serving"`:
			r.Expiry = time.Unix(int64(value), 0)
		case m[1] == "promgate_certificate_ca_bundle_matches":
			if pair := labelPair.FindStringSubmatch(m[2]); pair != nil {
				r.Matches[pair[2]] = value == 1
			}
		}
	}
	return r
}
