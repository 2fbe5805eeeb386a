package validation

import (
	"errors"
	"regexp"
)

// Unreadable says what in an object, given as the API server writes it, cannot be decoded
// in bounded time: it has to be asked before an object is decoded as its type.
//
// A quantity such as 1e-100000000 keeps k8s.io/apimachinery v0.37.2 busy for minutes, and
// no deadline ends that.
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
