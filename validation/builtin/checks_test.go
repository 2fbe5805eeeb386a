package builtin

import (
	"testing"

	"github.com/promgate/promgate/validation/checktest"
)

func TestChecks(t *testing.T) {
	checktest.Run(t, Kinds(), "..")
}
