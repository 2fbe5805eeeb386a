// Package client holds the checks on how Prometheus talks to a target or to a source of
// targets: authentication, TLS, OAuth 2, proxies, and the Secrets, ConfigMaps and files that
// they come from. The packages of the kinds make a [Client] of each of their clients.
//
// Like all of validation it is pure: no client, no file system, no clock.
package client
