package versions

import (
	"os"
	"strings"
	"testing"
)

const scrapeAll = `
global: {scrape_interval: 100ms, scrape_timeout: 100ms}
scrape_configs:
- job_name: a
  static_configs: [{targets: ["example.org:80"]}]
`

func TestTryServers(t *testing.T) {
	for _, r := range strings.Split(os.Getenv("TRY"), ",") {
		s, err := StartServer(t.Context(), Release(r))
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Scrape(scrapeAll, Exposition{"text/plain", "# TYPE a histogram\na_bucket{le=\"1\"} 1\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 1\n"})
		t.Logf("%s %+v %v", r, got, err)
	}
}
