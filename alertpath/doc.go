// Package alertpath follows an alert from its rule to the receivers that are told: which labels the alert has
// ([OfRule]), what a Prometheus adds to them and takes from them before it sends the alert ([Labels.Sent]), which
// Alertmanagers it sends the alert to ([Endpoints]), and which routes and inhibit rules of an Alertmanager apply ([Follow]).
//
// Not all labels of an alert are known before it fires: those of the series, and those of a template, are not. What is
// certain is what holds whatever their values are; all else that may happen is possible. The verdict on a set of labels is that of the
// code of Prometheus (relabeling, v0.316.0) and of Alertmanager (dispatch.Route.Match and its matchers, v0.35.0), which run
// once for each case that they tell apart.
//
// The package is pure.
package alertpath
