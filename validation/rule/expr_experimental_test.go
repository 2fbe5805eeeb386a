package rule

import "testing"

func TestMayHaveUTF8Name(t *testing.T) {
	for expr, want := range map[string]bool{
		"up": false, "0.5": false, `x{a="b.c"}`: false, `x{a=~"5.."} > 1.5`: false, "x{a='it\\'s a.b'} > .5": false, "x{a=`a\\` } > 1.5": false,
		"a.b": true, "a5.5": true, "http.requests > 1": true, "größe": true, `x{a="ä"}`: false, `sum by (a.b) (up{a="b"})`: true, "up # don't\n + a.b": true,
		"1.5e3": true, "x[5m] > 0.5": false, "rate(x[5m]) > 0.5 and y.z": true,
	} {
		if got := mayHaveUTF8Name(expr); got != want {
			t.Errorf("%s: %v, want %v", expr, got, want)
		}
	}
}
