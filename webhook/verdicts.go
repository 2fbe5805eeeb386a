package webhook

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"sync"

	admissionv1 "k8s.io/api/admission/v1"
	"k8s.io/utils/lru"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/validation"
)

const (
	// mostVerdicts is how many verdicts are remembered at most.
	mostVerdicts = 16 << 10

	// rememberedShare is the part of the memory of the process that they may take, and remembered expressions as well, and
	// rememberedBytes the most that each of the two ever takes, in bytes.
	rememberedShare = 32
	rememberedBytes = 32 << 20

	// verdictOverhead is what a verdict takes without its texts, in bytes.
	verdictOverhead = 1 << 10
)

// verdicts remember the answers to reviews, because GitOps controllers send the same objects again every few minutes. An answer
// counts as long as nothing has changed that it depends on: the settings, and the model of the cluster, by its revision. What
// depends on more is not remembered: see [review.Result.Lasting].
//
// They may be used by several goroutines. A nil *verdicts remembers nothing.
type verdicts struct {
	model *cluster.Model // nil if there is no model of the cluster
	most  int64          // bytes
	holds func(bytes int64)

	mu    sync.Mutex
	known *lru.Cache // of *verdict, by request
	bytes int64
}

// request is a sum of all of a review that the answer depends on.
type request [sha256.Size]byte

// moment says which settings and which model an answer was made with.
type moment struct {
	settings *Settings
	revision uint64
}

// verdict is an answer that is remembered.
type verdict struct {
	moment

	answer   answer
	findings []validation.Finding // with what the metrics count, and nothing else
	bytes    int64
}

func newVerdicts(model *cluster.Model, memory int64, holds func(bytes int64)) *verdicts {
	v := &verdicts{model: model, most: memoryOfRemembered(memory), holds: holds}
	v.known = lru.NewWithEvictionFunc(mostVerdicts, func(_ lru.Key, value any) {
		v.bytes -= value.(*verdict).bytes //nolint:forcetypeassert // the cache contains nothing else
	})
	return v
}

// memoryOfRemembered returns what verdicts may take, or expressions, of the memory of the process.
func memoryOfRemembered(memory int64) int64 { return min(memory/rememberedShare, rememberedBytes) }

// newMemo remembers expressions and templates, because an object that changes does so in a few of its rules.
func newMemo(memory int64, holds func(bytes int64)) *validation.Memo {
	return validation.NewMemo(memoryOfRemembered(memory), holds)
}

// now returns the moment, and whether it is certain: it is not while the model changes.
func (v *verdicts) now(settings *Settings) (moment, bool) {
	if v == nil {
		return moment{}, false
	}
	if v.model == nil {
		return moment{settings: settings}, true
	}
	number, settled := v.model.Revision()
	return moment{settings: settings, revision: number}, settled
}

// sumOf returns the sum of a review. Every part is preceded by its length, so that no two reviews have the same parts.
func sumOf(r *admissionv1.AdmissionRequest) request {
	h := sha256.New()
	for _, part := range []string{r.Kind.Group, r.Kind.Version, r.Kind.Kind, r.Namespace, r.Name, string(r.Operation)} {
		writePart(h, []byte(part))
	}
	dryRun := byte(0)
	if r.DryRun != nil && *r.DryRun {
		dryRun = 1
	}
	writePart(h, []byte{dryRun})
	writePart(h, r.Object.Raw)
	writePart(h, r.OldObject.Raw)
	return request(h.Sum(nil))
}

func writePart(h hash.Hash, part []byte) {
	var length [8]byte
	binary.LittleEndian.PutUint64(length[:], uint64(len(part)))
	h.Write(length[:])
	h.Write(part)
}

// find returns the answer to the same review at the same moment, or nil.
func (v *verdicts) find(r request, at moment) *verdict {
	v.mu.Lock()
	defer v.mu.Unlock()
	value, ok := v.known.Get(r)
	if !ok {
		return nil
	}
	known := value.(*verdict) //nolint:forcetypeassert // the cache contains nothing else
	if known.moment != at {
		v.known.Remove(r)
		v.holds(v.bytes)
		return nil
	}
	return known
}

// remember stores the answer to a review that began at a moment.
func (v *verdicts) remember(r request, at moment, result *review.Result, a answer) {
	if !result.Lasting {
		return
	}
	remembered := &verdict{moment: at, answer: a.clone(), bytes: verdictOverhead + int64(a.response.Size())}
	for _, f := range result.Findings {
		remembered.findings = append(remembered.findings, validation.Finding{Check: f.Check, Severity: f.Severity})
		remembered.bytes += int64(len(f.Check)) + verdictOverhead/4
	}
	if remembered.bytes > v.most {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.known.Remove(r) // one that another review has made meanwhile
	v.known.Add(r, remembered)
	v.bytes += remembered.bytes
	for v.bytes > v.most {
		v.known.RemoveOldest()
	}
	v.holds(v.bytes)
}

// clone returns a copy that can be changed: what writes an answer changes it.
func (a answer) clone() answer {
	a.response = a.response.DeepCopy()
	return a
}
