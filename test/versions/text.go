package versions

import (
	"bytes"
	"go/format"
	"go/token"
)

// textOf returns the source text of a node.
func textOf(node any) string {
	var b bytes.Buffer
	if err := format.Node(&b, token.NewFileSet(), node); err != nil {
		return ""
	}
	return b.String()
}
