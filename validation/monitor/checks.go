package monitor

import (
	"slices"

	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part"
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
		validation.Each(selector, SelectorsOf),
		validation.Each(copiedLabel, CopiedLabelsOf),
		validation.Each(limitNegative, BoundsOf),
		validation.Each(bodySizeLimit, BoundsOf),
		validation.Each(scrapeProtocol, BoundsOf),
		validation.Each(nameEscaping, NameSchemesOf),
		validation.Each(relabelRegex, RelabelingsOf),
		validation.Each(relabelAction, RelabelingsOf),
		validation.Each(relabelFields, RelabelingsOf),
		validation.Each(relabelLabel, RelabelingsOf),
		validation.Each(authConflict, ClientsOf),
		validation.Each(authorizationType, ClientsOf),
		validation.Each(oauth2, ClientsOf),
		validation.Each(tlsPair, ClientsOf),
		validation.Each(tlsSource, ClientsOf),
		validation.Each(tlsMixedPair, ClientsOf),
		validation.Each(tlsVersion, ClientsOf),
		validation.Each(proxy, ClientsOf),
		validation.Each(referenceName, ClientsOf),
		validation.Each(discoveryInterval, DiscoveriesOf),
		validation.Each(discoveryURL, DiscoveriesOf),
		validation.Each(discoveryRequired, DiscoveriesOf),
		validation.Each(discoveryValue, DiscoveriesOf),
		validation.Each(discoveryVersion, DiscoveriesOf),
		validation.Each(discoverySelector, DiscoveriesOf),
		validation.Each(discoveryConflict, DiscoveriesOf),
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
		validation.Each(selectorIgnored, SelectorsOf),
		validation.Each(metricRelabelDropsAll, metricRelabelingLists),
		validation.Each(relabelDropsAll, targetRelabelingLists),
		validation.Each(fileAccess, ClientsOf),
		noTargets,
		staticTarget,
		validation.Each(targetsIgnored, ProbesOf),
		validation.Each(moduleIgnored, ProbesOf),
		validation.Each(discoveryIgnored, DiscoveriesOf),
	}

	return slices.Concat(deny, []validation.Check[*Object]{configuration()}, warn, []validation.Check[*Object]{leftOut()})
}
