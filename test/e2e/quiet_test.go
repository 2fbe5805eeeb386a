package e2e

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/promgate/promgate/test/rig"
)

// staleAfter is the time after which promgate may call a kind stale.
const staleAfter = 90 * time.Second

// quietPeriod is longer than staleAfter, and than the two minutes after which the first bookmark of
// a watch may come. QUIET sets another duration; `make quiet` sets an hour.
func quietPeriod(t *testing.T) time.Duration {
	t.Helper()
	text := os.Getenv("QUIET")
	if text == "" {
		return 140 * time.Second
	}
	period, err := time.ParseDuration(text)
	if err != nil || period <= staleAfter {
		t.Fatalf("QUIET is %q, but has to be a duration of more than %s", text, staleAfter)
	}
	return period
}

// TestQuiet checks that no kind becomes stale while nothing changes, although the API server sends
// nothing about a kind for longer than staleAfter. The test continues until there was such a
// silence.
func TestQuiet(t *testing.T) {
	t.Parallel() // it waits most of the time, like the tests that cut promgate off
	period := quietPeriod(t)
	dir := t.TempDir()
	replica, err := cluster.StartReplica(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(replica.Stop)
	r := scraped(t, replica, dir)

	longest := time.Duration(0) // the longest silence about one kind
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for began := time.Now(); time.Since(began) < period || longest <= staleAfter; <-second.C {
		index, err := r.index(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for kind, k := range index {
			if k.stale {
				t.Fatalf("%s is stale after %s", kind, time.Since(began).Round(time.Second))
			}
			longest = max(longest, time.Since(k.lastEvent))
		}
	}
	t.Logf("the longest silence about a kind: %s", longest.Round(time.Second))
}

// scrapedReplica is a replica whose metrics a test reads.
type scrapedReplica struct {
	client *http.Client
	url    string
	log    string
}

func scraped(t *testing.T, p *rig.Promgate, dir string) scrapedReplica {
	t.Helper()
	client, err := rig.HTTPClient(p.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	return scrapedReplica{client: client, url: p.URL + "/metrics", log: filepath.Join(dir, "promgate.log")}
}

// indexedKind is what the metrics of a replica say about one kind.
type indexedKind struct {
	stale     bool
	lastEvent time.Time
}

var (
	staleMetric     = regexp.MustCompile(`(?m)^promgate_index_stale\{kind="(\w+)"\} ([01])$`)
	lastEventMetric = regexp.MustCompile(`(?m)^promgate_index_last_event_timestamp_seconds\{kind="(\w+)"\} (\S+)$`)
)

// index reads the metrics of a replica about all kinds.
func (r scrapedReplica) index(ctx context.Context) (map[string]indexedKind, error) {
	text, err := r.metrics(ctx)
	if err != nil {
		return nil, err
	}
	index := map[string]indexedKind{}
	for _, m := range staleMetric.FindAllStringSubmatch(text, -1) {
		index[m[1]] = indexedKind{stale: m[2] == "1"}
	}
	for _, m := range lastEventMetric.FindAllStringSubmatch(text, -1) {
		seconds, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			return nil, err
		}
		k := index[m[1]]
		k.lastEvent = time.UnixMilli(int64(seconds * 1000))
		index[m[1]] = k
	}
	if len(index) == 0 {
		return nil, errors.New("the metrics name no kind")
	}
	return index, nil
}

func (r scrapedReplica) metrics(ctx context.Context) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url, nil)
	if err != nil {
		return "", err
	}
	response, err := r.client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", response.Status, text)
	}
	return string(text), err
}
