package since

import (
	"testing"

	"github.com/blang/semver/v4"
)

func TestIn(t *testing.T) {
	for _, test := range []struct {
		feature *Feature
		version string
		want    bool
	}{
		{FollowRedirects, "2.25.9", false},
		{FollowRedirects, "2.26.0", true},
		{FallbackScrapeProtocol, "3.0.0-rc.1", false},
		{UTF8Names, "3.0.0-rc.1", true},
		{UTF8Names, "2.55.1", false},
		{nil, "2.0.0", true},
	} {
		if got := test.feature.In(semver.MustParse(test.version)); got != test.want {
			t.Errorf("%v in %s = %t, want %t", test.feature, test.version, got, test.want)
		}
	}
}

func TestString(t *testing.T) {
	for feature, want := range map[*Feature]string{FollowRedirects: "2.26.0", UTF8Names: "3.0.0", PrometheusText1: "3.0.0-rc.0"} {
		if got := feature.String(); got != want {
			t.Errorf("%s came with %s, want %s", feature.Name(), got, want)
		}
	}
}
