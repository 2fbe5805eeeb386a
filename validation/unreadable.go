package validation

import (
	"errors"
	"regexp"
)

// Unreadable returns a finding for a value that cannot be decoded in bounded time. It has to be
// called before an object, given as the API server writes it, is decoded as its type.
func Unreadable(raw []byte) error {
	if hugeExponent.Match(raw) {
		return errExponent
	}
	return nil
}

var (
	hugeExponent = regexp.MustCompile(`"nativeHistogramMinBucketFactor"\s*:\s*"?[^",}]*[eE][+-]?[0-9]{4,}`)
	errExponent  = errors.New("nativeHistogramMinBucketFactor has an exponent of more than three digits")
)
