package validation

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/jobs"
)

// A Finding is one mistake of the user's, in words that can be acted on. Its texts hold
// names and values as the user wrote them, of any length: who shows a finding bounds
// them.
type Finding struct {
	// Check and Severity are set by the runner.
	Check    string
	Severity Severity

	// Path leads to the field.
	Path fieldpath.Path

	// Subject is what the user calls the place. It may be empty.
	Subject Subject

	// Problem says what is wrong, Fix how to mend it. Both are a clause without a full
	// stop, and hold neither a position nor a time. Fix may be empty.
	Problem string
	Fix     string

	// Excerpt is the place within a text. It may be nil.
	Excerpt *Excerpt

	// Key is the finding's content: names and the offending value, never a position.
	// Two findings of one check with the same key are the same mistake. [Key] makes it.
	Key string

	// Covered is the path of the part that the finding is about, if other checks may name
	// the mistake in that part more exactly: [Settled] omits the finding while one of
	// theirs denies. It is the zero Path for most findings.
	Covered fieldpath.Path

	// LeavesOut is that of the check. The runner sets it.
	LeavesOut bool

	// Clash is what a finding over another monitor is about, which is confirmed before it
	// denies; nil for others.
	Clash *jobs.Clash

	// Known reports that the stored object has the same mistake, and that the finding is
	// a warning for that reason alone.
	Known bool
}

// A Subject is what the user calls a place, from the outside in: group "node", alert
// "NodeDown".
type Subject []string

func (s Subject) String() string { return strings.Join(s, ", ") }

// Innermost returns the subject without what the place is in.
func (s Subject) Innermost() Subject { return s[max(len(s)-1, 0):] }

// An Excerpt is a place within a text: the bytes from Start up to End, both offsets into
// Text. If End is not greater than Start, the place is a point.
type Excerpt struct {
	Text       string
	Start, End int

	// Field leads to the field whose value is Text. It is the zero Path if no field has
	// that value: a query within a template.
	Field fieldpath.Path

	// IsKey reports that Text is not the value at Field, but its key in a map.
	IsKey bool
}

// maxKeyLength is the longest key that is kept as it is, in bytes: names and a short
// value.
const maxKeyLength = 256

// Key joins the parts of a content key. What is longer than names and a short value
// becomes its SHA-256 sum: the key stays exact, and does not keep the user's text in memory.
func Key(parts ...string) string {
	key := strings.Join(parts, "\x00")
	if len(key) <= maxKeyLength {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}
