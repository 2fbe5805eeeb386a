// Package readers tests promgate's answers with the tools that act on the words of an error: Flux,
// Argo Workflows, Helm and kubectl. promgate denies a rule whose names and expressions are full of
// such words. The tools' own functions apply that rule to a small API server. None of them may
// delete anything.
//
// Argo CD applies with the apply command of kubectl that is tested here. Its own engine is not
// linked, because it needs an older kubectl than the other tools. webhook/phrases.go describes what
// it cuts out of an error, and lists the tools whose modules are not published.
//
// It is a module of its own, because it links all of these tools.
//
//	go -C test/readers test ./...
package readers
