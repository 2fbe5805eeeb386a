package versions

import (
	"context"
	"fmt"
	"go/format"
)

// tables are the generated tables that are read from sources alone, by file.
var tables = map[string]func(context.Context) (string, error){
	"dialect/alertmanager_table.go":     alertmanagerKeyTable,
	"dialect/server_table.go":           flagTable,
	"internal/schema/operator_table.go": operatorTable,
}

// Table returns the text of a generated file of promgate: dialect/server_table.go with the flags of Prometheus' server,
// dialect/alertmanager_table.go with the keys of Alertmanager's configuration, or internal/schema/operator_table.go with the
// fields of the operator's CRDs.
func Table(ctx context.Context, file string) ([]byte, error) {
	table, ok := tables[file]
	if !ok {
		return nil, fmt.Errorf("%s is no generated table", file)
	}
	text, err := table(ctx)
	if err != nil {
		return nil, err
	}
	source, err := format.Source([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", file, err)
	}
	return source, nil
}
