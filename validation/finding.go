package validation

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/jobs"
)

// A Finding is a user's mistake, described so that the user can act on it. Its texts hold names and
// values as the user wrote them, of any length: the code that shows a finding bounds them.
type Finding struct {
	// Check and Severity are set by the runner.
	Check    string
	Severity Severity

	// Path is the path of the field.
	Path fieldpath.Path

	// IsKey means that the finding is about the key that Path ends in, such as the name of a label, and not about
	// its value.
	IsKey bool

	// Subject is the user's name for the place. It may be empty.
	Subject Subject

	// Problem says what is wrong, and Fix how to fix it. Both are a clause without a full stop, and
	// contain no position, and no time but the one at which a certificate begins or ceases to be valid. Fix may
	// be empty.
	Problem string
	Fix     string

	// Excerpt is the place within a text. It may be nil.
	Excerpt *Excerpt

	// Key identifies the finding by its content: names and the offending value, never a position.
	// Two findings of one check with the same key are the same mistake. [Key] makes it.
	Key string

	// Covered is the path of the part that the finding is about, if other checks may name the
	// mistake in that part more exactly: [Settled] omits the finding while a finding of those
	// checks denies. It is the zero Path for most findings.
	Covered fieldpath.Path

	// LeavesOut is copied from the check by the runner.
	LeavesOut bool

	// Clash is the clash that the finding is about, which is confirmed before it denies. It is nil
	// for other findings.
	Clash *jobs.Clash

	// Known reports that the stored object has the same mistake, which is the only reason why the
	// finding is a warning.
	Known bool
}

// A Subject is the user's name for a place, from the outside in: group "node", alert "NodeDown".
type Subject []string

func (s Subject) String() string { return strings.Join(s, ", ") }

// Innermost returns the subject without its surroundings.
func (s Subject) Innermost() Subject { return s[max(len(s)-1, 0):] }

// An Excerpt is a place within a text: the bytes from Start up to End, both offsets into Text. If
// End is not greater than Start, the place is a point.
type Excerpt struct {
	Text       string
	Start, End int

	// Field is the path of the field whose value is Text. It is the zero Path if no field has that
	// value, for example for a query within a template.
	Field fieldpath.Path

	// IsKey reports that Text is a key in a map at Field, not the value.
	IsKey bool
}

// maxKeyLength is the length of the longest key that is kept unchanged, in bytes: names and a short
// value.
const maxKeyLength = 256

// Key joins the parts of a content key. A longer key is replaced by its SHA-256 sum: it stays
// exact, and does not keep the user's text in memory.
func Key(parts ...string) string {
	key := strings.Join(parts, "\x00")
	if len(key) <= maxKeyLength {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}
