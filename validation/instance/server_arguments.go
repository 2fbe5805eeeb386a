package instance

import (
	"slices"

	"github.com/promgate/promgate/validation"
)

// serverArguments is about the command line of Prometheus.
var serverArguments = validation.Check[*Object]{
	ID: "server-arguments", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "Prometheus or Thanos does not start with its arguments",
		Text: `The operator (v0.93.0) turns fields of the object into arguments of the command line, and appends
` + "`additionalArgs`" + `. promgate reads that command line with the parser that Prometheus reads it with, for the
flags that this version has. The container would end at once, again and again:

- a flag that the version does not have, or that goes with the other mode, server or agent;
- a value where the flag takes none, such as ` + "`--web.enable-admin-api=true`" + `: to turn such a flag off, write its
  name with ` + "`no-`" + ` before it;
- a value that the flag cannot read, or none where it needs one;
- a flag that is given twice;
- a value with which Prometheus cannot open its storage or its port: a segment of the write-ahead log below 10MB or above
  256MB, a negative limit, a ` + "`routePrefix`" + ` with a space, ` + "`*`" + ` or half a ` + "`{name}`" + `;
- feature flags that exclude each other: ` + "`otlp-deltatocumulative`" + ` and ` + "`otlp-native-delta-ingestion`" + `, or
  ` + "`st-storage`" + ` and ` + "`tsdb.chunkEncoding.floats: Xor`" + `;
- ` + "`remoteWriteReceiverMessageVersions`" + ` with two versions: the operator writes them as one value with a comma, and
  Prometheus (2.54 to 3.16) does not split it;
- ` + "`web.maxConnections`" + ` below 1.

The configuration of the web server is judged as well: certificates that do not go together, TLS versions, cipher suites
and curves that do not exist, a CA for clients that are not asked for certificates.

Of the Thanos sidecar (Thanos 0.42) the version, the durations, ` + "`minTime`" + `, the TLS settings and the arguments are judged.
Thanos reads ` + "`readyTimeout`, `getConfigInterval` and `getConfigTimeout`" + ` as Go reads durations, which has no days. Of several
cipher suites or curves the operator makes one value with a comma, and Thanos does not split it.

Of a ThanosRuler (Thanos 0.42) the query endpoints, the URLs of Alertmanagers, the labels and the URL of its alerts are read as
Thanos reads them. It reads most durations as Go does, too, and asks queriers by HTTP.
The operator puts the value of a label in quotes as it is, and Thanos reads a string of Go: a quote or a backslash in
the value needs a backslash before it.

An argument that the operator sets itself makes the operator stop: it updates nothing of the object any more. Set
the field of the object instead.`,
		Since: "v0.1.0",
	},
	Run: func(o *Object, s validation.Snapshot) []validation.Finding {
		return slices.Clone(o.judged(s).Arguments)
	},
}
