package monitor

import (
	"slices"

	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part"
	"github.com/promgate/promgate/validation/part/client"
	"github.com/promgate/promgate/validation/part/discovery"
	"github.com/promgate/promgate/validation/part/relabel"
)

// Checks lists the checks of all monitor kinds: those that deny, the judge, then
// those that warn.
func Checks() []validation.Check[*Object] {
	deny := []validation.Check[*Object]{
		validation.Each(part.Duration, DurationsOf),
		validation.Each(scrapeTimeout, ScrapesOf),
		endpointRepeated,
		duplicateJob,
		validation.Each(portRegex, PortsOf),
		validation.Each(paramName, ParamsOf),
		validation.Each(part.SelectorCheck, SelectorsOf),
		validation.Each(copiedLabel, CopiedLabelsOf),
		validation.Each(limitNegative, BoundsOf),
		validation.Each(bodySizeLimit, BoundsOf),
		validation.Each(scrapeProtocol, BoundsOf),
		validation.Each(nameEscaping, NameSchemesOf),
		validation.Each(relabel.RelabelRegex, RelabelingsOf),
		validation.Each(relabel.RelabelAction, RelabelingsOf),
		validation.Each(relabel.RelabelFields, RelabelingsOf),
		validation.Each(relabel.RelabelLabel, RelabelingsOf),
		validation.Each(client.AuthConflict, ClientsOf),
		validation.Each(client.AuthorizationType, ClientsOf),
		validation.Each(client.OAuth2, ClientsOf),
		validation.Each(client.TLSPair, ClientsOf),
		validation.Each(client.TLSSource, ClientsOf),
		validation.Each(client.TLSMixedPair, ClientsOf),
		validation.Each(client.TLSVersion, ClientsOf),
		validation.Each(client.Proxy, ClientsOf),
		validation.Each(client.ReferenceName, ClientsOf),
		validation.Each(discovery.DiscoveryInterval, DiscoveriesOf),
		validation.Each(discovery.DiscoveryURL, DiscoveriesOf),
		validation.Each(discovery.DiscoveryRequired, DiscoveriesOf),
		validation.Each(discovery.DiscoveryValue, DiscoveriesOf),
		validation.Each(discovery.DiscoveryVersion, DiscoveriesOf),
		validation.Each(discovery.DiscoverySelector, DiscoveriesOf),
		validation.Each(discovery.DiscoveryConflict, DiscoveriesOf),
		validation.Each(staticLabel, LabelsOf),
		validation.Each(proberURL, ProbesOf),
	}
	warn := []validation.Check[*Object]{
		part.NotSelected[*Object](),
		duplicateJobPasses,
		jobShared,
		noEndpoints,
		endpointSplit,
		validation.Each(portMissing, ScrapesOf),
		validation.Each(portNumber, ScrapesOf),
		portNotOnService,
		serviceTwin,
		validation.Each(pathSlash, ScrapesOf),
		validation.Each(pathQuery, ScrapesOf),
		validation.Each(intervalShort, ScrapesOf),
		validation.Each(part.SelectorIgnored, SelectorsOf),
		validation.Each(relabel.MetricRelabelDropsAll, metricRelabelingLists),
		validation.Each(relabel.RelabelDropsAll, targetRelabelingLists),
		validation.Each(client.FileAccess, ClientsOf),
		noTargets,
		staticTarget,
		validation.Each(targetsIgnored, ProbesOf),
		validation.Each(moduleIgnored, ProbesOf),
		validation.Each(discovery.DiscoveryIgnored, DiscoveriesOf),
	}

	return slices.Concat(deny, []validation.Check[*Object]{configuration()}, warn, []validation.Check[*Object]{leftOut()})
}
