package webhook

import (
	"bytes"
	"net/http"
	"strings"
	"unicode"

	admissionv1 "k8s.io/api/admission/v1"
)

// errorPhrase is a phrase that another tool searches for in the text of an API error, in order to
// do more than show the text.
type errorPhrase struct {
	// text is the phrase in lower-case ASCII, with single spaces, and with at least one vowel.
	text string

	// readers lists the tools, their versions, and what they do when they find the phrase.
	readers string
}

// errorPhrases are the phrases that no answer may contain. A denial quotes names, expressions and
// values, so that without a mask the author of a rule decides what these tools do, whatever the
// reason and the code of the denial are. Many tools look at the reason as well; the phrase is in
// the table all the same, because a wrapped error often has no reason.
var errorPhrases = []errorPhrase{
	// The tool deletes the live object and creates it again.
	{"immutable", `Flux force (github.com/fluxcd/pkg/ssa v0.70.0 to v0.78.0, errors.IsImmutableError: "is immutable", "immutable field");
		Tilt v0.37.6 (maybeImmutableFieldStderr); cisco-open/operator-tools c07faa6 (MatchImmutableErrorMessages); qontract-reconcile (oc.py);
		nelm v1.30.0 (kube.IsImmutableErr); Fleet v0.16.0 (deployErrPattern)`},
	{"forbidden:", "Tilt v0.37.6 (maybeImmutableFieldStderr); Fleet v0.16.0 (deployErrPattern)"},
	{"may not change once set", "operator-tools c07faa6; nelm v1.30.0; qontract-reconcile"},
	{"may not change fields other than", "nelm v1.30.0"},
	{"spec for fields other than", "operator-tools c07faa6; nelm v1.30.0; qontract-reconcile; Fleet v0.16.0"},
	{"are forbidden", "nelm v1.30.0 (updates to ... are forbidden)"},

	// The tool uninstalls the release, or assumes that it is not installed.
	{"has no deployed releases", "Sveltos addon-controller v1.14.0 (handleUpgradeError) uninstalls; terraform-provider-helm v3.1.2 plans a new release"},
	{"cannot reuse a name that is still in use", "Sveltos addon-controller v1.14.0 upgrades after a failed installation"},
	{"release: not found", "terraform-provider-helm v3.1.2; Sveltos addon-controller v1.14.0; pulumi-kubernetes"},
	{"is already deleted", "Flux helm-controller v1.6.0 takes the release for uninstalled"},
	{"cluster unreachable", "terraform-provider-helm v3.1.2 plans without the cluster"},

	// The tool replaces the object.
	{"annotations: too long", "Tilt v0.37.6 (maybeTooLargeError) and qontract-reconcile replace; Argo CD 37ee009 (AugmentSyncMsg) advises to"},
	{"already exist", "Tilt v0.37.6 (CreateOrReplace) replaces"},
	{"unsupportedmediatype", "qontract-reconcile replaces"},

	// The tool shows another text instead of the denial, or only a part of it.
	{"the requested resource", "Argo CD 37ee009 (AugmentSyncMsg) says that the CRD is missing; kapp v0.60.0 (applyErr) gives a wrong hint"},
	{"map[", "Argo CD gitops-engine c9c369e (cleanKubectlOutput) cuts up to the last ] of the line"},
	{"strict decoding error", "config-policy-controller f6292ee says that the policy's own template is wrong"},

	// The tool mistakes a denial for a failure of the network, of etcd or of a webhook, and retries
	// again and again.
	{"failed calling", "kapp v0.60.0 (IsResourceChangeBlockedErr); nelm v1.30.0 (IsWebhookErr)"},
	{"conversion webhook for", "kapp v0.60.0; nelm v1.30.0"},
	{"etcdserver:", "kapp v0.60.0 (isEtcdRetryableError); Helm v4.3.2 (RetryingRoundTripper); Argo Workflows v4.1.0-rc2 (isTransientEtcdErr); kpt-config-sync bd5fadf (IsRequestTooLargeError)"},
	{"raft proposal dropped", "Helm v4.3.2 (RetryingRoundTripper)"},
	{"the object has been modified", "qontract-reconcile"},
	{"unable to connect to the server", "qontract-reconcile"},
	{"exceeded quota", "Argo Workflows v4.1.0-rc2 (isExceededQuotaErr, with the reason Forbidden)"},
	{"connection closed by foreign host", "Argo Workflows v4.1.0-rc2 (isTransientNetworkErr), as are the following"},
	{"tls handshake timeout", "Argo Workflows v4.1.0-rc2"},
	{"i/o timeout", "Argo Workflows v4.1.0-rc2"},
	{"connection timed out", "Argo Workflows v4.1.0-rc2"},
	{"connection reset by peer", "Argo Workflows v4.1.0-rc2"},
	{"connection refused", "Argo Workflows v4.1.0-rc2"},
	{"invalid connection", "Argo Workflows v4.1.0-rc2"},
	{"client connection lost", "Argo Workflows v4.1.0-rc2"},
	{"server sent goaway", "Argo Workflows v4.1.0-rc2"},
	{"did not complete within requested timeout", "Argo Workflows v4.1.0-rc2"},
	{"error when reading response body", "Argo Workflows v4.1.0-rc2"},
	{"client rate limiter", "Argo Workflows v4.1.0-rc2 (isClientGoRateLimiterWaitErr)"},

	// The tool mistakes a denial for a mistake in the manifests, and does not retry, or skips a
	// step.
	{"timed out waiting for the condition", "Fleet v0.16.0 (deployErrPattern), as are the following"},
	{"error validating data", "Fleet v0.16.0"},
	{"requires kubeversion", "Fleet v0.16.0"},
	{"annotation validation error", "Fleet v0.16.0"},
	{"rolled back due to atomic", "Fleet v0.16.0"},
	{"yaml parse error", "Fleet v0.16.0"},
	{"malformedyamlerror", "Fleet v0.16.0"},
	{"unknown field", "Fleet v0.16.0"},
	{"failed to create typed patch object", "nelm v1.30.0 (IsTypedObjectErr)"},
}

// phraseMask replaces a letter. It is one byte and one column wide, so that limits of size still
// hold and a caret stays under its place.
const phraseMask = '*'

// maskPhrases breaks each phrase of errorPhrases in a text: a vowel in its middle becomes an
// asterisk, as in "imm*table". It ignores case, and treats all white space and line breaks alike,
// since a tool may normalize them before it searches. The rest of the text stays unchanged.
func maskPhrases(text string) string {
	folded := foldText(text)
	found := false
	for _, p := range errorPhrases {
		found = folded.mask([]byte(p.text)) || found
	}
	if !found {
		return text
	}
	return string(folded.runes)
}

// maskAnswer masks the texts of a response. Details.Name is not masked: it identifies the object,
// and is no part of any message.
func maskAnswer(r *admissionv1.AdmissionResponse) {
	for i := range r.Warnings {
		r.Warnings[i] = maskPhrases(r.Warnings[i])
	}
	for key, value := range r.AuditAnnotations {
		r.AuditAnnotations[key] = maskPhrases(value)
	}
	if r.Result == nil {
		return
	}
	r.Result.Message = maskPhrases(r.Result.Message)
	if r.Result.Details == nil {
		return
	}
	for i, cause := range r.Result.Details.Causes {
		cause.Message, cause.Field = maskPhrases(cause.Message), maskPhrases(cause.Field)
		r.Result.Details.Causes[i] = cause
	}
}

// writeError answers with an HTTP error. The API server quotes the text in an error of its own.
func writeError(w http.ResponseWriter, text string, code int) {
	http.Error(w, maskPhrases(text), code)
}

// foldedText is a text, and the form that a tool may normalize it to before it searches for a
// phrase.
type foldedText struct {
	runes []rune // the original text

	// folded is the text in lower case, with a space for each run of white space, and a zero byte
	// for each character that occurs in no phrase. at[i] is the index in runes of folded[i].
	folded []byte
	at     []int
}

func foldText(text string) *foldedText {
	runes := []rune(text)
	f := &foldedText{runes: runes, folded: make([]byte, 0, len(runes)), at: make([]int, 0, len(runes))}
	for i, r := range runes {
		b := foldRune(r)
		if last := len(f.folded) - 1; b == ' ' && last >= 0 && f.folded[last] == ' ' {
			continue
		}
		f.folded, f.at = append(f.folded, b), append(f.at, i)
	}
	return f
}

// foldRune goes through upper case for runes beyond ASCII, because some letters, such as the long
// s, have an ASCII letter only as their upper case.
func foldRune(r rune) byte {
	switch {
	case 'A' <= r && r <= 'Z':
		return byte(r) + 'a' - 'A'
	case r > ' ' && r < unicode.MaxASCII:
		return byte(r)
	case unicode.IsSpace(r):
		return ' '
	}
	if r = unicode.ToLower(unicode.ToUpper(r)); r >= 0 && r < unicode.MaxASCII {
		return byte(r)
	}
	return 0
}

// mask breaks every occurrence of a phrase, and reports whether there was one.
func (f *foldedText) mask(phrase []byte) bool {
	from := 0
	for {
		i := bytes.Index(f.folded[from:], phrase)
		if i < 0 {
			return from > 0
		}
		from += i + middleVowel(phrase)
		f.folded[from], f.runes[f.at[from]] = phraseMask, phraseMask
	}
}

// middleVowel returns the index of the vowel next to the middle of a phrase: the phrase stays
// readable without it.
func middleVowel(phrase []byte) int {
	middle := len(phrase) / 2
	for i := range phrase {
		for _, place := range []int{middle - i, middle + i} {
			if place >= 0 && place < len(phrase) && strings.IndexByte("aeiou", phrase[place]) >= 0 {
				return place
			}
		}
	}
	return middle
}
