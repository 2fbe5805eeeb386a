package format

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
)

// fingerprints returns a text for each finding of a sorted report that identifies it in this report
// and in the next ones: by file, object, check and content, never by a position. If an object has
// the same mistake several times, they are counted: a reader such as GitLab keeps only one finding
// for each fingerprint.
func fingerprints(findings []Located, root string) []string {
	seen := map[string]int{}
	prints := make([]string, len(findings))
	for i, l := range findings {
		identity := strings.Join([]string{
			l.repositoryPath(root), l.Kind, l.Namespace, l.Name,
			l.Finding.Check, cmp.Or(l.Finding.Key, l.Finding.Path.String()),
		}, "\x00")
		seen[identity]++
		sum := sha256.Sum256([]byte(identity + "\x00" + strconv.Itoa(seen[identity])))
		prints[i] = hex.EncodeToString(sum[:16])
	}
	return prints
}
