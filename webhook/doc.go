// Package webhook is the admission webhook: an AdmissionReview comes in, findings and patches go
// out. The pure packages decide what is right and wrong; this package reads, limits, answers,
// counts and logs.
//
// It serves on controller-runtime's webhook server, with a handler of its own: see
// docs/adr/0004-own-admission-handler.md for the reasons.
package webhook
