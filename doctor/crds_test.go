package doctor_test

import (
	"os"
	"strings"
	"testing"

	"github.com/promgate/promgate/doctor"
)

// TestOperatorVersion: the version that the doctor names is the one that promgate is built with.
func TestOperatorVersion(t *testing.T) {
	mod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	want := "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring v" + doctor.OperatorVersion + "\n"
	if !strings.Contains(string(mod), want) {
		t.Errorf("go.mod does not contain %q", want)
	}
}
