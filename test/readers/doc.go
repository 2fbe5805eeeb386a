// Package readers holds promgate's answers against the tools that read the words of an error and
// act on them: Flux, Argo Workflows, Helm and kubectl. The tools' own functions apply a
// rule that promgate denies, and whose names and expressions are full of such words, to an API
// server of a few lines. None of them may delete anything.
//
// Argo CD applies with the apply command of kubectl that is tested here. Its own engine is not
// linked: it needs an older kubectl than the others. What it cuts out of an error is in
// webhook/phrases.go, and so are the tools whose modules are not published.
//
// It is a module of its own, because it links all of them.
//
//	go -C test/readers test ./...
package readers
