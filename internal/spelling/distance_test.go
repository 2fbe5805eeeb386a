package spelling

import "testing"

func TestDistance(t *testing.T) {
	for names, want := range map[[2]string]int{
		{"", ""}:                            0,
		{"", "abc"}:                         3,
		{"port", "Port"}:                    0,
		{"endpoint", "endpoints"}:           1,
		{"scrapeTimout", "scrapeTimeout"}:   1,
		{"metricRelabeling", "relabelings"}: 7,
		{"interval", "intervla"}:            2,
	} {
		if got := Distance(names[0], names[1]); got != want {
			t.Errorf("%q: %d, want %d", names, got, want)
		}
		if got := Distance(names[1], names[0]); got != want {
			t.Errorf("%q, the other way round: %d, want %d", names, got, want)
		}
	}
}
