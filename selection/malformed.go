package selection

import "k8s.io/apimachinery/pkg/types"

// A Malformed object is stored, and does not decode as its kind: the schema of its CRD is older or
// looser than the Go type. The operator lists all objects of a kind at once, so that one such object keeps
// it from listing any.
type Malformed struct {
	Ref    Ref
	UID    types.UID
	Object []byte // JSON
	Err    error  // the decoder's
}
