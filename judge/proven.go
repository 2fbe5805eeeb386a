package judge

import (
	"crypto/sha256"
	"slices"
	"strconv"
	"sync"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/config"
	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/promconfig"
)

// mostProven is how many relabelings are remembered for one Prometheus, of 32 bytes each.
const mostProven = 8 << 10

// proven remembers relabelings that the loader has accepted. Most of those of a job are the operator's own and the same in every job, and
// the loader judges each by itself, under the scheme of names that the job has (Prometheus v0.316, config.ScrapeConfig.Validate): it need not be shown an
// equal one again. It may be used by several goroutines.
type proven struct {
	mu    sync.RWMutex
	known map[relabelingSum]struct{}
}

// A relabelingSum is a sum of a relabeling, of the list that it is in, and of the scheme of names.
type relabelingSum [sha256.Size]byte

// without returns the jobs without the relabelings that are proven, and the sums of the others. The jobs are not changed.
func (p *proven) without(header yaml.MapSlice, jobs []promconfig.Job) (rest []promconfig.Job, unproven []relabelingSum) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	scheme := configuredNames(header).String()
	rest = slices.Clone(jobs)
	var text []byte
	for i, job := range jobs {
		names := scheme
		if own, ok := textOf(job.Fields, validationKey); ok {
			names = own
		}
		rest[i].Fields = slices.Clone(job.Fields)
		for n, item := range job.Fields {
			entries, ok := item.Value.([]yaml.MapSlice)
			if !ok || !isRelabelings(item.Key) {
				continue
			}
			left := make([]yaml.MapSlice, 0, len(entries))
			for _, entry := range entries {
				text = strconv.AppendQuote(append(append(text[:0], names...), ' '), item.Key.(string)) //nolint:forcetypeassert // isRelabelings
				known := false
				if text, ok = appendRelabeling(text, entry); ok {
					sum := relabelingSum(sha256.Sum256(text))
					if _, known = p.known[sum]; !known {
						unproven = append(unproven, sum)
					}
				}
				if !known {
					left = append(left, entry)
				}
			}
			rest[i].Fields[n].Value = left
		}
	}
	return rest, unproven
}

// appendRelabeling appends all of a relabeling to a text. It reports false for one with a value of another type than
// those that relabelings are rendered with.
func appendRelabeling(text []byte, entry yaml.MapSlice) ([]byte, bool) {
	if entry == nil {
		return text, false // the loader refuses it
	}
	for _, item := range entry {
		key, ok := item.Key.(string)
		if !ok {
			return text, false
		}
		text = strconv.AppendQuote(append(text, '\n'), key)
		switch v := item.Value.(type) {
		case string:
			text = strconv.AppendQuote(append(text, '='), v)
		case []string:
			text = appendTexts(text, v)
		case []monitoringv1.LabelName:
			text = appendTexts(text, v)
		case int32:
			text = strconv.AppendInt(append(text, ':'), int64(v), 10)
		case uint64:
			text = strconv.AppendUint(append(text, ':'), v, 10)
		default:
			return text, false
		}
	}
	return text, true
}

func appendTexts[T ~string](text []byte, list []T) []byte {
	text = append(text, '[')
	for _, v := range list {
		text = strconv.AppendQuote(text, string(v))
	}
	return append(text, ']')
}

// add remembers relabelings that the loader has accepted.
func (p *proven) add(sums []relabelingSum) {
	if len(sums) == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.known)+len(sums) > mostProven {
		p.known = map[relabelingSum]struct{}{}
	}
	for _, sum := range sums {
		p.known[sum] = struct{}{}
	}
}

// loadJobs runs the loader over jobs under a header of sections. What it returns has not all of their relabelings.
func (j *Judge) loadJobs(header yaml.MapSlice, jobs []promconfig.Job) (*config.Config, error) {
	whole := scrape(jobs...)
	if err := j.beforeLoading(header, whole); err != nil {
		return nil, err
	}
	rest, unproven := j.proven.without(header, jobs)
	if c, err := j.loadChecked(header, scrape(rest...)); err == nil {
		j.proven.add(unproven)
		return c, nil
	}
	return j.loadChecked(header, whole) // for the words of the loader
}
