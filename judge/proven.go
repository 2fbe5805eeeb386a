package judge

import (
	"crypto/sha256"
	"maps"
	"slices"
	"sync"

	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/promconfig"
)

// mostProven is how many pieces are remembered for one Prometheus, of 32 bytes each.
const mostProven = 8 << 10

// proven remembers pieces of jobs that the loader has accepted, so that it need not be shown equal ones again: relabelings, most of which are the
// operator's own and the same in every job, and the rest of a job without its name. The loader judges each relabeling by itself, under the scheme of names that
// the job has, and each job under the global section (Prometheus v0.316, config.ScrapeConfig.Validate); of a name it asks only that there
// is one, and no two that are equal. It may be used by several goroutines.
type proven struct {
	mu    sync.RWMutex
	known map[pieceSum]struct{}
}

// A pieceSum is a sum of a piece, and of all that its verdict depends on.
type pieceSum [sha256.Size]byte

// An unprovenJob is a job without the relabelings that are proven.
type unprovenJob struct {
	job    promconfig.Job // with the name and the places of the original one
	pieces []pieceSum     // what is proven once it is loaded
}

// unproven returns what is left to be loaded of jobs under a header of sections. The jobs are not changed.
func (p *proven) unproven(header yaml.MapSlice, jobs []promconfig.Job, files map[string][]byte) []unprovenJob {
	p.mu.RLock()
	defer p.mu.RUnlock()
	context, certain := appendPiece(nil, header)
	ofJobs := append(slices.Clip(context), "job"...)
	for _, name := range slices.Sorted(maps.Keys(files)) { // the clients of a job read them
		ofJobs = appendText(appendText(ofJobs, name), string(files[name]))
	}
	all := make([]unprovenJob, 0, len(jobs))
	for _, job := range jobs {
		if !certain {
			all = append(all, unprovenJob{job: job})
			continue
		}
		left := p.withoutProven(context, job)
		rest, isPiece := appendPiece(slices.Clip(ofJobs), withoutName(left.job.Fields))
		if isPiece {
			sum := pieceSum(sha256.Sum256(rest))
			if _, known := p.known[sum]; known && len(left.pieces) == 0 {
				continue
			}
			left.pieces = append(left.pieces, sum)
		}
		all = append(all, left)
	}
	return all
}

// withoutProven takes the relabelings that are proven out of a job.
func (p *proven) withoutProven(context []byte, job promconfig.Job) unprovenJob {
	left := unprovenJob{job: job}
	left.job.Fields = slices.Clone(job.Fields)
	names, _ := textOf(job.Fields, validationKey)
	for n, item := range job.Fields {
		entries, ok := item.Value.([]yaml.MapSlice)
		if !ok || !isRelabelings(item.Key) {
			continue
		}
		others := make([]yaml.MapSlice, 0, len(entries))
		before, _ := appendPiece(appendText(slices.Clip(context), names), item.Key)
		for _, entry := range entries {
			text, isPiece := appendPiece(slices.Clip(before), entry)
			sum := pieceSum(sha256.Sum256(text))
			if _, known := p.known[sum]; known && isPiece {
				continue
			}
			others = append(others, entry)
			if isPiece {
				left.pieces = append(left.pieces, sum)
			}
		}
		left.job.Fields[n].Value = others
	}
	return left
}

func withoutName(fields yaml.MapSlice) yaml.MapSlice {
	return slices.DeleteFunc(slices.Clone(fields), func(item yaml.MapItem) bool { return item.Key == "job_name" })
}

// add remembers pieces that the loader has accepted.
func (p *proven) add(pieces []pieceSum) {
	if len(pieces) == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.known)+len(pieces) > mostProven {
		p.known = map[pieceSum]struct{}{}
	}
	for _, sum := range pieces {
		p.known[sum] = struct{}{}
	}
}

// provable loads the jobs without what is proven of them, and remembers what that proves. It reports false if they are to be loaded
// as they are: for the words of the loader.
func (j *Judge) provable(header yaml.MapSlice, jobs []promconfig.Job, files map[string][]byte) (mistakes []mistake, ok bool) {
	if !haveNames(jobs) {
		return nil, false
	}
	left := j.proven.unproven(header, jobs, files)
	if len(left) == 0 {
		return nil, true
	}
	rest := make([]promconfig.Job, len(left))
	for i, u := range left {
		rest[i] = u.job
	}
	c, err := j.loadChecked(header, scrape(rest...))
	if err != nil || len(c.ScrapeConfigs) != len(rest) {
		return nil, false
	}
	for i, u := range left {
		found := j.limits.clients(c.ScrapeConfigs[i], u.job, files)
		if len(found) == 0 {
			j.proven.add(u.pieces)
		}
		mistakes = append(mistakes, found...)
	}
	return mistakes, true
}

// haveNames reports whether each job has a name that no other one has.
func haveNames(jobs []promconfig.Job) bool {
	seen := map[string]bool{}
	for _, job := range jobs {
		name, ok := textOf(job.Fields, "job_name")
		if !ok || name == "" || seen[name] {
			return false
		}
		seen[name] = true
	}
	return true
}
