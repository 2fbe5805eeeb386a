// Package webhook is the door that kubectl apply knocks at: an AdmissionReview
// comes in, findings and patches go out. What is right and wrong is decided by the
// pure packages; here it is read, limited, answered, counted and logged.
//
// It serves on controller-runtime's webhook server, with a handler of its own: see
// docs/adr/0004-own-admission-handler.md for why.
package webhook
