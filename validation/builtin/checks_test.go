package builtin

import (
	"testing"

	"github.com/promgate/promgate/internal/checktest"
)

func TestChecks(t *testing.T) {
	checktest.Run(t, AtAdmission(), "..")
}
