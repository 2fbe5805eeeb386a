package versions

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/promgate/promgate/test/rig"
)

// A section is a part of a configuration whose fields the sources of a release list.
type section struct {
	name string
	// module and file are where its type is: in the release itself, unless a module is named. The first
	// module that a release requires counts.
	modules []string
	file    string
	kind    string
	// text is a configuration with the section, and %s in place of a field and its value.
	text string
}

const (
	configFile     = "config/config.go"
	kubernetesFile = "discovery/kubernetes/kubernetes.go"
	clientFile     = "config/http_config.go"
	commonModule   = "github.com/prometheus/common"
)

// sections are all but those of discoveries.
var sections = []section{
	{name: "top level", file: configFile, kind: "Config", text: "%s"},
	{name: "global", file: configFile, kind: "GlobalConfig", text: "global: {%s}"},
	{name: "runtime", file: configFile, kind: "RuntimeConfig", text: "runtime: {%s}"},
	{name: "scrape_configs", file: configFile, kind: "ScrapeConfig", text: "scrape_configs: [{job_name: a, %s}]"},
	{name: "relabel_configs", file: "model/relabel/relabel.go", kind: "Config", text: "scrape_configs: [{job_name: a, relabel_configs: [{%s}]}]"},
	{name: "storage", file: configFile, kind: "StorageConfig", text: "storage: {%s}"},
	{name: "storage.tsdb", file: configFile, kind: "TSDBConfig", text: "storage: {tsdb: {%s}}"},
	{name: "alerting.alertmanagers", file: configFile, kind: "AlertmanagerConfig", text: "alerting: {alertmanagers: [{%s}]}"},
	{name: "remote_write", file: configFile, kind: "RemoteWriteConfig", text: "remote_write: [{url: a, %s}]"},
	{name: "remote_write.queue_config", file: configFile, kind: "QueueConfig", text: "remote_write: [{url: a, queue_config: {%s}}]"},
	{name: "remote_write.metadata_config", file: configFile, kind: "MetadataConfig", text: "remote_write: [{url: a, metadata_config: {%s}}]"},
	{name: "remote_write.azuread", file: "storage/remote/azuread/azuread.go", kind: "AzureADConfig", text: "remote_write: [{url: a, azuread: {%s}}]"},
	{name: "sigv4", modules: []string{"github.com/prometheus/sigv4", "github.com/prometheus/common/sigv4"}, file: "sigv4_config.go", kind: "SigV4Config", text: "remote_write: [{url: a, sigv4: {%s}}]"},
	{name: "remote_read", file: configFile, kind: "RemoteReadConfig", text: "remote_read: [{url: a, %s}]"},
	{name: "tracing", file: configFile, kind: "TracingConfig", text: "tracing: {endpoint: a, %s}"},
	{name: "otlp", file: configFile, kind: "OTLPConfig", text: "otlp: {%s}"},
	{name: "kubernetes_sd_configs.attach_metadata", file: kubernetesFile, kind: "AttachMetadataConfig", text: "scrape_configs: [{job_name: a, kubernetes_sd_configs: [{attach_metadata: {%s}}]}]"},
	{name: "kubernetes_sd_configs.attach_metadata", file: kubernetesFile, kind: "PodMetadataConfig", text: "scrape_configs: [{job_name: a, kubernetes_sd_configs: [{attach_metadata: {%s}}]}]"},
	{name: "HTTP clients", modules: []string{commonModule}, file: clientFile, kind: "HTTPClientConfig", text: "scrape_configs: [{job_name: a, %s}]"},
	{name: "HTTP clients", modules: []string{commonModule}, file: clientFile, kind: "ProxyConfig", text: "scrape_configs: [{job_name: a, %s}]"},
	{name: "tls_config", modules: []string{commonModule}, file: clientFile, kind: "TLSConfig", text: "scrape_configs: [{job_name: a, tls_config: {%s}}]"},
	{name: "oauth2", modules: []string{commonModule}, file: clientFile, kind: "OAuth2", text: "scrape_configs: [{job_name: a, oauth2: {%s}}]"},
	{name: "basic_auth", modules: []string{commonModule}, file: clientFile, kind: "BasicAuth", text: "scrape_configs: [{job_name: a, basic_auth: {%s}}]"},
	{name: "authorization", modules: []string{commonModule}, file: clientFile, kind: "Authorization", text: "scrape_configs: [{job_name: a, authorization: {%s}}]"},
}

// readFields returns the fields of a section. A release may have no such section.
func (s section) readFields(ctx context.Context, release string) ([]string, error) {
	dir := release
	if len(s.modules) > 0 {
		module, version, err := required(filepath.Join(release, "go.mod"), s.modules)
		if err != nil {
			return nil, err
		}
		if dir, err = rig.DownloadModule(ctx, module, version); err != nil {
			return nil, fmt.Errorf("reading the fields of %s: %w", s.name, err)
		}
	}
	file := filepath.Join(dir, filepath.FromSlash(s.file))
	if _, err := os.Stat(file); err != nil {
		return nil, nil //nolint:nilerr // the package came later
	}
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("reading the fields of %s: %w", s.name, err)
	}
	var fields []string
	ast.Inspect(tree, func(n ast.Node) bool {
		if t, ok := n.(*ast.TypeSpec); ok && t.Name.Name == s.kind {
			fields = yamlFields(t)
			return false
		}
		return true
	})
	return fields, nil
}

// yamlFields returns the fields of a struct by their names in YAML.
func yamlFields(t *ast.TypeSpec) []string {
	structure, ok := t.Type.(*ast.StructType)
	if !ok {
		return nil
	}
	var fields []string
	for _, f := range structure.Fields.List {
		if f.Tag == nil {
			continue
		}
		tag, _ := strconv.Unquote(f.Tag.Value)
		if name, _, _ := strings.Cut(reflect.StructTag(tag).Get("yaml"), ","); name != "" && name != "-" {
			fields = append(fields, name)
		}
	}
	return fields
}

// required returns the first of some modules that a go.mod requires, and its version.
func required(file string, modules []string) (module, version string, err error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", "", fmt.Errorf("reading what a release requires: %w", err)
	}
	for _, m := range modules {
		if found := regexp.MustCompile(`(?m)^\s*(?:require )?` + regexp.QuoteMeta(m) + ` (v\S+)`).FindSubmatch(data); found != nil {
			return m, string(found[1]), nil
		}
	}
	return "", "", fmt.Errorf("reading %s: it requires none of %s", file, strings.Join(modules, ", "))
}

// A discoveryKind is a discovery that a release registers.
type discoveryKind struct {
	Name   string // kubernetes
	Fields []string
	Linked bool // its settings can be had without its client
}

func (d discoveryKind) section() section {
	return section{name: d.Name + "_sd_configs", text: "scrape_configs: [{job_name: a, " + d.Name + "_sd_configs: [{%s}]}]"}
}

// kinds returns the discoveries that the package registers.
func (s *settings) kinds() []discoveryKind {
	var all []discoveryKind
	for _, root := range s.roots {
		t, ok := s.decls[root].node.(*ast.TypeSpec)
		i := slices.IndexFunc(s.methods[root], func(m decl) bool { return m.name == "Name" })
		if !ok || i < 0 {
			continue
		}
		kind := discoveryKind{Fields: yamlFields(t)}
		ast.Inspect(s.methods[root][i].node, func(n ast.Node) bool {
			if text, ok := n.(ast.Expr); ok && kind.Name == "" {
				kind.Name, _ = stringOf(text)
			}
			return true
		})
		if kind.Name != "" {
			all = append(all, kind)
		}
	}
	return all
}
