package monitor

import (
	"slices"

	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part"
	"github.com/promgate/promgate/validation/part/client"
	"github.com/promgate/promgate/validation/part/discovery"
	"github.com/promgate/promgate/validation/part/relabel"
)

// Checks lists the checks of all monitor kinds: the checks that deny, the judge's verdict,
// then the checks that warn.
func Checks() []validation.Check[*Object] {
	deny := []validation.Check[*Object]{
		validation.Each(part.Duration, durationsOf),
		validation.Each(scrapeTimeout, scrapesOf),
		endpointRepeated,
		duplicateJob,
		validation.Each(portRegex, portsOf),
		validation.Each(paramName, paramsOf),
		validation.Each(part.SelectorCheck, selectorsOf),
		validation.Each(copiedLabel, copiedLabelsOf),
		validation.Each(limitNegative, boundsOf),
		validation.Each(bodySizeLimit, boundsOf),
		validation.Each(scrapeProtocol, boundsOf),
		validation.Each(nameEscaping, nameSchemesOf),
		validation.Each(relabel.RelabelRegex, relabelingsOf),
		validation.Each(relabel.RelabelAction, relabelingsOf),
		validation.Each(relabel.RelabelFields, relabelingsOf),
		validation.Each(relabel.RelabelLabel, relabelingsOf),
		validation.Each(client.AuthConflict, clientsOf),
		validation.Each(client.AuthorizationType, clientsOf),
		validation.Each(client.OAuth2, clientsOf),
		validation.Each(client.TLSPair, clientsOf),
		validation.Each(client.TLSSource, clientsOf),
		validation.Each(client.TLSMixedPair, clientsOf),
		validation.Each(client.TLSVersion, clientsOf),
		validation.Each(client.Proxy, clientsOf),
		validation.Each(client.ReferenceName, clientsOf),
		validation.Each(discovery.DiscoveryInterval, discoveriesOf),
		validation.Each(discovery.DiscoveryURL, discoveriesOf),
		validation.Each(discovery.DiscoveryRequired, discoveriesOf),
		validation.Each(discovery.DiscoveryValue, discoveriesOf),
		validation.Each(discovery.DiscoveryVersion, discoveriesOf),
		validation.Each(discovery.DiscoverySelector, discoveriesOf),
		validation.Each(discovery.DiscoveryConflict, discoveriesOf),
		validation.Each(staticLabel, labelsOf),
		validation.Each(proberURL, probesOf),
	}
	warn := []validation.Check[*Object]{
		part.NotSelected[*Object](),
		duplicateJobPasses,
		jobShared,
		noEndpoints,
		endpointSplit,
		validation.Each(portMissing, scrapesOf),
		validation.Each(portNumber, scrapesOf),
		portNotOnService,
		serviceTwin,
		serviceElsewhere,
		jobLabelMissing,
		validation.Each(pathSlash, scrapesOf),
		validation.Each(pathQuery, scrapesOf),
		validation.Each(intervalShort, scrapesOf),
		portIgnored,
		validation.Each(intervalLookback, scrapesOf),
		validation.Each(honorOverridden, scrapesOf),
		validation.Each(part.SelectorConflict, selectorsOf),
		validation.Each(part.SelectorIgnored, selectorsOf),
		validation.Each(relabel.MetricRelabelDropsAll, metricRelabelingsOf),
		validation.Each(relabel.RelabelDropsAll, targetRelabelingsOf),
		validation.Each(relabel.RelabelLabelAbsent, relabelingListsOf),
		validation.Each(relabel.JobInstanceEmptied, targetRelabelingsOf),
		validation.Each(relabel.RelabelGroup, relabelingsOf),
		targetsEqual,
		shardedTwice,
		part.NamespaceEnforced(namespaceEnforced),
		part.Placeholder(placeholdersLeft),
		validation.Each(client.FileAccess, clientsOf),
		noTargets,
		staticTarget,
		validation.Each(targetsIgnored, probesOf),
		validation.Each(moduleIgnored, probesOf),
		validation.Each(discovery.DiscoveryIgnored, discoveriesOf),
		part.FieldTooNew(fieldsTooNew),
	}

	return slices.Concat(deny, []validation.Check[*Object]{part.Configuration(refused)}, warn, []validation.Check[*Object]{leftOutCheck()})
}
