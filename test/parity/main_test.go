package parity

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"
)

// rig is shared by all tests: the operator, its schemas and the counts.
var rig struct {
	reference *Reference
	schemas   map[string]*Schema
	fixtures  []json.RawMessage
}

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "promgate-parity-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(dir)
	operatorDir, err := OperatorDir(ctx)
	if err != nil {
		return 1, err
	}
	if rig.schemas, err = LoadSchemas(operatorDir); err != nil {
		return 1, err
	}
	if rig.fixtures, err = Fixtures(); err != nil {
		return 1, err
	}
	if rig.reference, err = StartReference(ctx, dir); err != nil {
		return 1, err
	}
	code = m.Run()
	return code, rig.reference.Close()
}
