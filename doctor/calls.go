package doctor

import (
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// examineCalls is about whether the API server can call promgate.
func (e *examiner) examineCalls() {
	if len(e.Ours()) == 0 && !e.hidden() {
		return
	}
	e.examineTrial()
	e.examineDirect()
}

// denialOf is how the API server begins the denial of a webhook.
const denialOf = `admission webhook "`

// examineTrial is about the dry run. Only an answer of promgate itself proves the whole way.
func (e *examiner) examineTrial() {
	t := e.Trial
	switch {
	case t == nil:
		e.unknown("dry-run", "Whether the API server can call promgate was not tried.", "")
	case t.Err != "":
		e.unknown("dry-run", "The dry run got no answer: "+t.Err+".", "")
	case e.answered(t):
		e.ok("dry-run", fmt.Sprintf("A ServiceMonitor with a mistake, created in a dry run in namespace %s, got promgate's answer: the API server calls %s, and trusts its certificate.", t.Namespace, validateHook))
	case t.Refusal == nil:
		e.examineAdmitted(t)
	default:
		e.examineRefusal(t)
	}
}

// answered reports whether the answer is promgate's: its denial, or its warning if the check only warns.
func (e *examiner) answered(t *Trial) bool {
	if t.Refusal != nil {
		return e.deniedBy(t) != "" && strings.Contains(t.Refusal.Message, "["+TrialCheck+"]")
	}
	return slices.ContainsFunc(t.Warnings, func(w string) bool { return strings.Contains(w, "["+TrialCheck+"]") })
}

// deniedBy returns the name of the webhook that denied the dry run.
func (e *examiner) deniedBy(t *Trial) string {
	_, rest, ok := strings.Cut(t.Refusal.Message, denialOf)
	name, text, quoted := strings.Cut(rest, `"`)
	if !ok || !quoted || !strings.HasPrefix(text, " denied the request") {
		return ""
	}
	return name
}

func (e *examiner) examineRefusal(t *Trial) {
	message := t.Refusal.Message
	name, text, failed := calledIn(message)
	other := e.deniedBy(t)
	switch {
	case failed && !e.isNamed(name):
		e.unknown("dry-run", fmt.Sprintf("The dry run failed before promgate was called: another webhook, %s, cannot be called.", name), "See what the other webhook calls.", message)
	case failed:
		reason, known := ReasonOf(text)
		if !known {
			reason = Reason{Text: "See what it says.", Fix: "See also the log of promgate."}
		}
		if e.cause == "" { // what is behind the Service explains more than the error
			e.cause = reason.Fix
		}
		e.problem("dry-run", fmt.Sprintf("The API server cannot call %s: %s", name, lower(reason.Text)), reason.Fix, "it says: "+message)
	case other != "" && !e.isNamed(other):
		e.unknown("dry-run", fmt.Sprintf("Another webhook, %s, refused the dry run before promgate's answer was known.", other), "Try another namespace with --dry-run-namespace.", message)
	case other != "":
		e.ok("dry-run", "The dry run was refused by promgate: the API server calls it, and trusts its certificate.", message)
	case t.Refusal.Reason == metav1.StatusReasonForbidden:
		e.unknown("dry-run", fmt.Sprintf("Whether the API server can call promgate was not tried: you may not create servicemonitors in namespace %s.", t.Namespace), "Run promgate doctor as somebody who may, or name a namespace with --dry-run-namespace.", message)
	case t.Refusal.Reason == metav1.StatusReasonNotFound:
		e.unknown("dry-run", fmt.Sprintf("Whether the API server can call promgate was not tried: there is no kind ServiceMonitor, or no namespace %s.", t.Namespace), "", message)
	default:
		e.unknown("dry-run", "The API server refused the dry run before promgate was called.", "", message)
	}
}

// calledIn reads the error of a failed call: failed calling webhook "NAME": failed to call webhook: ...
func calledIn(message string) (name, text string, ok bool) {
	_, rest, ok := strings.Cut(message, `failed calling webhook "`)
	if !ok {
		return "", "", false
	}
	name, text, ok = strings.Cut(rest, `"`)
	return name, text, ok
}

// hidden reports that the webhook configurations could not be read: their names are then taken to be as installed.
func (e *examiner) hidden() bool { return e.Unread["webhook configurations"] != "" }

// isNamed reports whether one of promgate's webhooks has a name.
func (e *examiner) isNamed(name string) bool {
	if e.hidden() && (name == validateHook || name == mutateHook) {
		return true
	}
	return slices.ContainsFunc(e.Ours(), func(h Hook) bool { return h.Name == name })
}

// examineAdmitted is about an object that was admitted although promgate refuses it.
func (e *examiner) examineAdmitted(t *Trial) {
	hooks := slices.DeleteFunc(e.Reviewing(), func(h Hook) bool { return h.Sort != Validating })
	text := fmt.Sprintf("A ServiceMonitor with a mistake was admitted in a dry run in namespace %s, without a word of promgate", t.Namespace)
	if e.hidden() {
		e.problem("dry-run", text+": the API server does not call promgate, or cannot.", "Let somebody run promgate doctor who may read webhook configurations.")
		return
	}
	if len(hooks) == 0 {
		e.problem("dry-run", text+": no webhook is registered that checks it.", "Apply promgate's manifests.")
		return
	}
	for _, n := range e.Namespaces {
		if n.Name == t.Namespace && !slices.ContainsFunc(hooks, func(h Hook) bool { return h.Reaches(n) }) {
			e.unknown("dry-run", text+": the namespaceSelector keeps this namespace out.", "Name another namespace with --dry-run-namespace.")
			return
		}
	}
	if slices.ContainsFunc(hooks, Hook.fails) {
		e.problem("dry-run", text+": promgate was not called. The rules, selectors or matchConditions of the webhook leave the object out, or the check "+TrialCheck+" is off.", "Compare the webhook configuration with promgate's manifests.")
		return
	}
	why, fix := e.guess()
	e.problem("dry-run", text+": the API server could not call promgate, and let the object pass, since failurePolicy is Ignore. "+why, fix,
		"the log of the API server says more: failed calling webhook, failing open "+hooks[0].Name)
}

// guess is why an API server cannot call promgate that does not say it, and what to do.
func (e *examiner) guess() (why, fix string) {
	if e.cause != "" {
		return "The reason is said above.", e.cause
	}
	for _, c := range e.Calls {
		if r, failed := e.failureOf(c); failed && (r.ID != "timeout" && r.ID != "unreachable" || len(c.Certificates) > 0) {
			e.cause = r.Fix
			return "From here, a review fails as well: " + lower(r.Text), r.Fix
		}
	}
	e.cause = "If all else is well, the control plane cannot reach the pods. " + toReach
	return "It does not say why.", e.cause
}

// examineDirect is about the reviews that were sent from here, past the API server.
func (e *examiner) examineDirect() {
	for _, c := range e.Calls {
		where := fmt.Sprintf("A review of %s that was sent from here to %s", c.Hook, c.Address)
		reason, failed := e.failureOf(c)
		switch {
		case !failed:
			e.ok("direct", where+" was answered.")
		case e.unreachableFromHere(c, reason):
			e.unknown("direct", where+" got no answer: the address may not be reachable from here.", "", c.Err)
		case c.Answered:
			e.ok("direct", where+" was answered. The certificate is another matter, said below.")
		case c.Err == "":
			e.problem("direct", where+": "+lower(reason.Text), reason.Fix, fmt.Sprintf("the answer is HTTP %d", c.Status))
		default:
			e.problem("direct", where+": "+lower(reason.Text), reason.Fix, c.Err)
		}
	}
}

// unreachableFromHere reports whether a failure says nothing of the API server: the dry run proves that it
// gets through, or the network of the pods does not reach here.
func (e *examiner) unreachableFromHere(c Call, r Reason) bool {
	if len(c.Certificates) > 0 || c.Err == "" {
		return false
	}
	proven := e.Trial != nil && e.answered(e.Trial)
	return proven || r.ID == "timeout" || r.ID == "unreachable" || r.ID == ""
}

// failureOf returns why a call failed, if it did. A certificate that the API server would not accept is a failure, too.
func (e *examiner) failureOf(c Call) (Reason, bool) {
	if h, known := e.hookOf(c); known && len(c.Certificates) > 0 {
		if err := e.verify(h, c.Host, c.Certificates); err != nil {
			r, _ := ReasonOf(err.Error())
			r.Fix = e.mend(h, r)
			return r, true
		}
	}
	switch {
	case c.Answered:
		return Reason{}, false
	case c.Err != "":
		r, known := ReasonOf(c.Err)
		if !known {
			r.Text = "There was no answer."
		}
		return r, true
	}
	// The API server words the status of an answer as for its own resources.
	words := map[int]string{401: "asked for the client to provide credentials", 404: "the server could not find the requested resource", 500: "prevented the request from succeeding", 503: "the server is currently unable to handle the request"}
	text, known := words[c.Status]
	if !known {
		text = "webhook response"
	}
	r, _ := ReasonOf(text)
	return r, true
}

func lower(text string) string {
	if text == "" || strings.HasPrefix(text, "TLS") {
		return text
	}
	return strings.ToLower(text[:1]) + text[1:]
}
