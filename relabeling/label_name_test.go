package relabeling_test

import (
	"math/rand/v2"
	"testing"

	"github.com/prometheus/prometheus/util/strutil"

	"github.com/promgate/promgate/relabeling"
)

// TestSanitizeLabelName: it does what Prometheus' own function does, which Kubernetes' discovery uses.
func TestSanitizeLabelName(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	texts := []string{"", "app", "app.kubernetes.io/name", "a-b_c", "größe", "\xff\xfe", "a\xc3", "9", "日本"}
	for range 2000 {
		text := make([]byte, random.IntN(12))
		for i := range text {
			text[i] = byte(random.IntN(256))
		}
		texts = append(texts, string(text))
	}
	for _, text := range texts {
		if got, want := relabeling.SanitizeLabelName(text), strutil.SanitizeLabelName(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
