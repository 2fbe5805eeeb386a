package render

import (
	"bytes"
	"sort"

	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
)

// Culprit returns an object whose removal lets the loader get further. It finds one only if the
// loader accepts the configuration without any object.
func (c *Configuration) Culprit(load func([]byte) error) (selection.Ref, bool) {
	var all []*entry
	for _, p := range c.pieces {
		all = append(all, p.entries...)
	}
	first := sort.Search(len(all)+1, func(n int) bool { return load(c.withFirst(n)) != nil })
	if first == 0 || first > len(all) {
		return selection.Ref{}, false
	}
	return all[first-1].ref, true
}

// withFirst returns the configuration with only the first n objects.
func (c *Configuration) withFirst(n int) []byte {
	var text []byte
	jobs := len(c.additional) > 0
	for _, p := range c.pieces {
		if p.entries == nil {
			text = append(text, p.text...)
			continue
		}
		for _, e := range p.entries[:min(n, len(p.entries))] {
			text = e.appendTo(text)
			jobs = true
		}
		n -= min(n, len(p.entries))
	}
	if jobs || c.Jobs == 0 {
		return text
	}
	return bytes.Replace(text, []byte("scrape_configs:\n"), []byte("scrape_configs:"+promconfig.NoJobs), 1)
}
