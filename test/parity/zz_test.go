package parity

import "testing"

func TestZZ(t *testing.T) {
	g := NewGenerator(1, rig.schemas, NewCoverage(), rig.fixtures)
	for range 12 {
		r := g.Request()
		a, p, _, err := ask(NewLedger(), r)
		if err != nil {
			t.Fatal(err)
		}
		for k, v := range p.Rejected {
			if a.Rejected[k] == "" && k[0] == 'S' && k[1] == 'c' {
				t.Logf("XX %.230s", v)
			}
		}
	}
}
