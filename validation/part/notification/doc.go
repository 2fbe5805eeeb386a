// Package notification holds the checks on what an Alertmanager does with alerts: routes, receivers and their
// templates, inhibit rules and time intervals. The kinds walk to them: an AlertmanagerConfig has some, the Secret of an
// Alertmanager the others.
package notification
