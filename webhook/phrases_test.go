package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	admissionv1 "k8s.io/api/admission/v1"

	"github.com/promgate/promgate/validation"
)

// phraseReader reads a text as loosely as any tool could: without regard to case, and with any
// white space for a space.
var phraseReader = func() *regexp.Regexp {
	var all []string
	for _, p := range errorPhrases {
		all = append(all, strings.ReplaceAll(regexp.QuoteMeta(p.text), " ", `[\s\v\x85\p{Z}]+`))
	}
	return regexp.MustCompile(`(?i)` + strings.Join(all, "|"))
}()

// wantNoPhrase fails the test if a text holds a phrase.
func wantNoPhrase(t *testing.T, where, text string) {
	t.Helper()
	for _, reading := range []string{text, strings.ToLower(text)} {
		if found := phraseReader.FindString(reading); found != "" {
			t.Errorf("%s holds %q: %q", where, found, text)
		}
	}
}

// TestPhraseTable checks the form of the table that mask relies on.
func TestPhraseTable(t *testing.T) {
	for i, p := range errorPhrases {
		if p.text != strings.ToLower(p.text) || p.text != strings.TrimSpace(p.text) || strings.Contains(p.text, "  ") {
			t.Errorf("%q: not in lower case with single spaces", p.text)
		}
		if !strings.ContainsAny(p.text, "aeiou") {
			t.Errorf("%q: no vowel to mask", p.text)
		}
		if p.readers == "" {
			t.Errorf("%q: no tool acts on it", p.text)
		}
		for _, q := range errorPhrases[i+1:] {
			if strings.Contains(p.text, q.text) || strings.Contains(q.text, p.text) {
				t.Errorf("%q and %q: one is enough", p.text, q.text)
			}
		}
	}
}

func TestMaskPhrases(t *testing.T) {
	cases := map[string]struct{ text, want string }{
		"Untouched":   {"unclosed left parenthesis in up{job=\"ä\"}\n    ^", "unclosed left parenthesis in up{job=\"ä\"}\n    ^"},
		"Empty":       {"", ""},
		"Word":        {"field is immutable", "field is imm*table"},
		"Prefix":      {"immutably", "immutably"},
		"Twice":       {"immutableimmutable", "imm*tableimm*table"},
		"UpperCase":   {"IS IMMUTABLE", "IS IMM*TABLE"},
		"InAName":     {"ConfigImmutableField", "ConfigImm*tableField"},
		"LineBreak":   {"may not change\n      once set", "may not ch*nge\n      once set"},
		"OtherSpaces": {"exceeded\u00a0\tquota", "exceed*d\u00a0\tquota"},
		"Path":        {"spec.groups[0].rules[0].labels.Forbidden: no", "spec.groups[0].rules[0].labels.Forb*dden: no"},
		"NoColon":     {"403 Forbidden", "403 Forbidden"},
		"Map":         {"map[a:b]", "m*p[a:b]"},
		"LongS":       {"ha\u017f no deployed relea\u017fe\u017f", "ha\u017f no depl*yed relea\u017fe\u017f"},
		"DottedI":     {"\u0130mmutable", "\u0130mm*table"},
		"NoUTF8":      {"\xff immutable \xfe", "\ufffd imm*table \ufffd"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, maskPhrases(tc.text)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestMaskRandomTexts puts phrases, and parts of them, into odd places of texts. No phrase is left,
// and each text keeps its characters except for the masked ones.
func TestMaskRandomTexts(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 5_000 {
		text := randomText(random)
		masked := maskPhrases(text)
		wantNoPhrase(t, "the masked text", masked)
		wantNoPhrase(t, "a wrapped text", fmt.Sprintf("admission webhook %q denied the request: %s", "validate.promgate.dev", masked))
		if again := maskPhrases(masked); again != masked {
			t.Errorf("masked twice, %q becomes %q", masked, again)
		}
		before, after := []rune(text), []rune(masked)
		if len(before) != len(after) || len(masked) > len(text) {
			t.Fatalf("%q has another size than %q", masked, text)
		}
		for i := range before {
			if before[i] != after[i] && after[i] != phraseMask {
				t.Fatalf("%q becomes %q", text, masked)
			}
		}
		if t.Failed() {
			return
		}
	}
}

func randomText(random *rand.Rand) string {
	pick := func(from []string) string { return from[random.IntN(len(from))] }
	noise := []string{"", "", " ", "\n", "\t", "sum(up", "ä", "*", "map", "[", "is ", ":", "field", "immu", "table", "e", "forbidden", "\u2028"}
	spaces := []string{" ", " ", "\n", "\r\n", "\t", "  ", "\u00a0", "\u2028", "\v", "\u0085", "\u3000"}
	var b strings.Builder
	for range 1 + random.IntN(5) {
		phrase := errorPhrases[random.IntN(len(errorPhrases))].text
		if random.IntN(4) == 0 {
			phrase = phrase[:random.IntN(len(phrase))]
		}
		b.WriteString(pick(noise))
		for _, r := range phrase {
			switch {
			case r == ' ':
				b.WriteString(pick(spaces))
			case random.IntN(3) == 0:
				b.WriteString(strings.ToUpper(string(r)))
			case r == 's' && random.IntN(3) == 0:
				b.WriteRune('\u017f')
			case r == 'k' && random.IntN(3) == 0:
				b.WriteRune('\u212a')
			default:
				b.WriteRune(r)
			}
		}
		b.WriteString(pick(noise))
	}
	return b.String()
}

// TestAnswersHoldNoPhrase writes each phrase wherever a user may write, and examines the whole
// answer of each path.
func TestAnswersHoldNoPhrase(t *testing.T) {
	r := serve(t, nil)
	for _, p := range errorPhrases {
		t.Run(p.text, func(t *testing.T) {
			for _, phrase := range []string{p.text, strings.ToUpper(p.text), "Field is " + p.text + " field"} {
				groups, err := json.Marshal([]any{map[string]any{"name": phrase, "rules": []any{
					map[string]any{"alert": phrase, "expr": fmt.Sprintf("sum(up{config=%q}", phrase), "for": phrase,
						"labels": map[string]string{phrase: "{{", "severity": "{{ " + phrase}, "annotations": map[string]string{"summary": "{{ " + phrase + " }}", phrase: "{{"}},
					map[string]any{"record": phrase, "expr": "up{\n  a=\"" + phrase + "\n\"}"},
				}}})
				if err != nil {
					t.Fatal(err)
				}
				response := r.review(t, "/validate", ruleRequest(string(groups)))
				if response.Allowed {
					t.Fatal("allowed")
				}
				wantNoPhrase(t, "the message", response.Result.Message)
				for _, cause := range response.Result.Details.Causes {
					wantNoPhrase(t, "a cause", cause.Message)
					wantNoPhrase(t, "the field of a cause", cause.Field)
				}

				r.Use(Settings{Policy: validation.Policy{WarnOnly: true}})
				response = r.review(t, "/validate", ruleRequest(string(groups)))
				r.Use(Settings{})
				if len(response.Warnings) == 0 {
					t.Fatal("no warnings")
				}
				wantNoPhrase(t, "the warnings", strings.Join(response.Warnings, "\n"))

				_, body := r.post(t, "/validate", phrase, nil)
				wantNoPhrase(t, "an error of HTTP", body)
			}
		})
	}
}

// TestMaskKeepsTheCaret: the caret stays under the mistake in an expression that contains a phrase.
func TestMaskKeepsTheCaret(t *testing.T) {
	r := serve(t, nil)
	message := r.review(t, "/validate", ruleRequest(`[{"name":"g","rules":[{"alert":"A","expr":"up{a=\"is immutable\"} +) 1"}]}]`)).Result.Message
	lines := strings.Split(message, "\n")
	if len(lines) != 4 || lines[2] != `    up{a="is imm*table"} +) 1` || strings.Index(lines[2], ")") != strings.Index(lines[3], "^") {
		t.Errorf("the message is\n%s", message)
	}
	if utf8.RuneCountInString(lines[3]) > utf8.RuneCountInString(lines[2]) {
		t.Errorf("the caret is beyond the expression:\n%s", message)
	}
}

// TestHandlerMasks: text that does not come from a check is masked as well.
func TestHandlerMasks(t *testing.T) {
	const phrase = "the field is immutable"
	cases := map[string]struct {
		code   int
		answer func(context.Context, *admissionv1.AdmissionRequest) (answer, error)
	}{
		"TryAgain": {http.StatusOK, func(_ context.Context, request *admissionv1.AdmissionRequest) (answer, error) {
			request.Name = phrase
			a := tryAgain(request)
			a.response.Result.Details.Name = ""
			return a, nil
		}},
		"AuditAnnotation": {http.StatusOK, func(context.Context, *admissionv1.AdmissionRequest) (answer, error) {
			a := allowedAnswer(resultDefaulted)
			a.response.AuditAnnotations = map[string]string{"added-labels": phrase}
			return a, nil
		}},
		"Error": {http.StatusInternalServerError, func(context.Context, *admissionv1.AdmissionRequest) (answer, error) {
			return answer{}, errors.New(phrase)
		}},
		"Panic": {http.StatusInternalServerError, func(context.Context, *admissionv1.AdmissionRequest) (answer, error) {
			panic(phrase)
		}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			h := &handler{name: "validate", metrics: NewMetrics(prometheus.NewRegistry()), logger: slog.New(slog.DiscardHandler), most: maxBodySize, memory: newMemory(unlimited), queue: newQueue(1), cost: validateMemory, answer: tc.answer}
			request := httptest.NewRequest(http.MethodPost, "/validate", reviewBody(t, ruleRequest(`[]`)))
			request.Header.Set("Content-Type", "application/json")
			recorder := httptest.NewRecorder()
			h.ServeHTTP(recorder, request)
			if recorder.Code != tc.code || !strings.Contains(recorder.Body.String(), "is imm*table") {
				t.Errorf("HTTP %d: %s", recorder.Code, recorder.Body)
			}
			wantNoPhrase(t, "the answer", recorder.Body.String())
		})
	}
}

// TestNotReadyMasks: the errors of a server that is not ready are masked too.
func TestNotReadyMasks(t *testing.T) {
	r := serve(t, func(o *Options) { o.Ready = func() error { return errors.New("the field is immutable") } })
	for _, path := range []string{"/validate", "/readyz"} {
		code, body := r.get(t, path)
		if code != http.StatusServiceUnavailable || !strings.Contains(body, "is imm*table") {
			t.Errorf("%s: HTTP %d: %s", path, code, body)
		}
	}
}

// TestErrorsLeaveInOnePlace: only writeError calls http.Error.
func TestErrorsLeaveInOnePlace(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(source), "http.Error("); n > 0 && !strings.HasSuffix(file, "_test.go") {
			calls += n
			if file != "phrases.go" {
				t.Errorf("%s calls http.Error: call writeError", file)
			}
		}
	}
	if calls != 1 {
		t.Errorf("http.Error is called %d times", calls)
	}
}

func BenchmarkMaskPhrases(b *testing.B) {
	text := strings.Repeat(`spec.groups[0].rules[0].expr (group "g", alert "Down"): unclosed left parenthesis; add the missing ) [expr-syntax]`+"\n", 70)
	for b.Loop() {
		maskPhrases(text)
	}
}
