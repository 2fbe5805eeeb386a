package validation

import (
	"fmt"
	"regexp"

	"sigs.k8s.io/json"
)

// Decode decodes an object, given as the API server writes it, as its type. Decoding ignores
// deadlines; therefore Decode refuses an object if it cannot tell that decoding takes bounded time.
func Decode(raw []byte, object any) error {
	return decodeWithin(defaultExponent, raw, object)
}

func decodeWithin(limit exponentLimit, raw []byte, object any) error {
	if err := limit.check(raw); err != nil {
		return err
	}
	return json.UnmarshalCaseSensitivePreserveInts(raw, object) //nolint:wrapcheck // object-shape describes the error
}

// maxExponentDigits is how many digits the exponent of a quantity may have. Prometheus converts the
// quantity to a 64-bit float, whose exponents have at most three.
const maxExponentDigits = 3

var defaultExponent = newExponentLimit(maxExponentDigits)

// An exponentLimit finds exponents of quantities that have too many digits.
type exponentLimit struct {
	digits int
	beyond *regexp.Regexp
}

// newExponentLimit returns the limit for the only quantity field of the kinds that have checks.
func newExponentLimit(digits int) exponentLimit {
	return exponentLimit{digits, regexp.MustCompile(fmt.Sprintf(`"nativeHistogramMinBucketFactor"\s*:\s*"?[^",}]*[eE][+-]?[0-9]{%d,}`, digits+1))}
}

func (l exponentLimit) check(raw []byte) error {
	if l.beyond.Match(raw) {
		return fmt.Errorf("the exponent of nativeHistogramMinBucketFactor has more than %d digits; write a number such as 1.1", l.digits)
	}
	return nil
}
