package alertmanagerconfig

import "github.com/promgate/promgate/validation"

// alertmanagerRefuses is the judge's verdict.
var alertmanagerRefuses = validation.Check[*object]{
	ID: "alertmanager-refuses", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "The operator or Alertmanager refuses the object",
		Text: `promgate generates the routes, receivers, inhibit rules and time intervals that the operator (v0.93.0) would
generate for the object, and loads them with Alertmanager's own code (v0.35.0), for the version and the matchers of the
Alertmanager that selects the object. The message is the loader's, unless promgate knows better words.

What the operator checks keeps a mistake from Alertmanager: it leaves out the whole object then, and says so in its log and
in an Event only. It does not check everything. With what it misses, Alertmanager refuses its whole configuration: it
keeps running with the old one, and cannot restart. Some mistakes keep the operator itself from writing any configuration,
for any object: the message says so. An interval of a nested route is one, because the schema of the object does not look
into nested routes.

An older Alertmanager refuses its whole configuration for a key that it does not know (the table is read from the sources of 21
releases, 0.15 to 0.35). The operator leaves such keys out, or the object, but for those of which its own table is wrong:
` + "`message_thread_id`" + ` of Telegram, which it writes from 0.26 on and Alertmanager knows from 0.28 on, and the proxy of OAuth 2.0 (0.25,
and 0.26).

A Secret that is not read counts as if it had a value that is right.`,
		Since: "v0.1.0",
	},
	Run: func(o *object, s validation.Snapshot) []validation.Finding { return o.named(o.judged(s).Refused) },
}
