package format

import (
	"cmp"
	"path"
	"path/filepath"
	"strings"
)

// repositoryPath returns the path of the finding's file as a repository names it: with slashes,
// without a leading "./", and relative to root if it is below root. A live object has no file, and
// gets the path KIND/NAMESPACE/NAME: GitHub refuses a whole SARIF file for one result without a
// path, and GitLab drops an entry without one.
func (l Located) repositoryPath(root string) string {
	if l.File == "" {
		return cmp.Or(path.Join(l.Kind, l.Namespace, l.Name), "unknown")
	}
	file := path.Clean(slashed(l.File))
	if root == "" {
		return file
	}
	if relative, ok := strings.CutPrefix(file, strings.TrimSuffix(path.Clean(slashed(root)), "/")+"/"); ok {
		return relative
	}
	return file
}

// slashed returns a path with slashes. Outside Windows a backslash is part of a file's name, unless
// the path starts with a drive letter.
func slashed(file string) string {
	if hasDrive(file) {
		return strings.ReplaceAll(file, `\`, "/")
	}
	return filepath.ToSlash(file)
}

// hasDrive reports whether a path starts with a drive letter, such as C:\ or C:/.
func hasDrive(file string) bool {
	if len(file) < 3 || file[1] != ':' || file[2] != '\\' && file[2] != '/' {
		return false
	}
	letter := file[0] | 0x20
	return letter >= 'a' && letter <= 'z'
}

// uri returns the URI of a path with slashes: relative for a relative path.
func uri(file string) string {
	switch {
	case hasDrive(file):
		return "file:///" + file[:2] + escapePath(file[2:])
	case strings.HasPrefix(file, "/"):
		return "file://" + escapePath(file)
	}
	return escapePath(file)
}

// escapePath escapes every byte that has a meaning in some part of a URI, so that a colon in the
// first segment does not start a scheme. net/url keeps such characters.
func escapePath(file string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(file) {
		c := file[i]
		if c == '/' || isUnreserved(c) {
			b.WriteByte(c)
			continue
		}
		b.WriteString("%" + string(hex[c>>4]) + string(hex[c&15]))
	}
	return b.String()
}

func isUnreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0
}
