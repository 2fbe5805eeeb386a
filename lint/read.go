package lint

import (
	"context"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/load"
	"github.com/promgate/promgate/internal/source"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/file"
)

// A fileContent is what a file contains, and what is wrong with the file itself.
type fileContent struct {
	load.File

	source   *source.File
	objects  []*object
	findings []located

	// readers are those that objects of other operators stand for.
	readers []*selection.Reader
}

// An object is an object of a file that promgate checks, or that decides about one.
type object struct {
	file     *fileContent
	document *document
	root     fieldpath.Path // of the object in its document: the item of a List

	kind            schema.GroupVersionKind
	namespace, name string
	hasNamespace    bool             // the namespace is in the file
	fields          map[string]any   // with the defaults of the schema; nil once they are decoded
	typed           selection.Object // nil if the object cannot be decoded
	embedded        *embedded        // nil if the document is that of the file
	rules           bool             // a plain rule file, as a PrometheusRule

	// refused reports that the API server would refuse the object before a webhook sees it.
	refused  bool
	findings []located

	// suppressed are the findings that the object's annotation suppresses.
	suppressed []validation.Finding

	annotate *source.Edit // adds the annotation that says the same as the comments, or is nil
}

// read reads the documents of a file.
func (l *linter) read(ctx context.Context, from load.File) (*fileContent, error) {
	f := &fileContent{File: from, source: source.Parse(from.Text)}
	if l.isHelmTemplate(f) {
		return f, nil
	}
	l.reportSyntax(f)
	for _, document := range f.source.Documents {
		fields, err := mapIn(document)
		if err != nil {
			return nil, fmt.Errorf("linting %s: %w", from.Name, err)
		}
		if err := l.readValue(ctx, &object{file: f, document: l.newDocument(document, from.Text), fields: fields}); err != nil {
			return nil, fmt.Errorf("linting %s: %w", from.Name, err)
		}
	}
	l.reportRepeated(f)
	return f, nil
}

// reportSyntax adds the documents that kubectl cannot read. Prometheus reads some rule files all the same, such
// as one with a label of .inf, which JSON does not have: those get a warning, since nothing else checks them.
func (l *linter) reportSyntax(f *fileContent) {
	if len(f.source.Errors) == 0 || !f.Named && !mayBeOurs(f.Text) {
		return
	}
	isFine := isLoaded(f.Text)
	for _, err := range f.source.Errors {
		at := source.Span{Start: err.Position, End: err.Position}
		found := l.addToFile(f, file.Syntax, at, "not valid YAML: "+err.Message, "")
		if isFine && found != nil {
			found.finding.Problem = "promgate cannot check the document, which Prometheus loads: " + err.Message
			found.finding.Severity = validation.Warn
		}
	}
}

// mapIn returns the map in a document, as kubectl reads it, or nil if the document is something else.
func mapIn(document *source.Document) (map[string]any, error) {
	value, err := document.Content()
	fields, _ := value.(map[string]any)
	return fields, err //nolint:wrapcheck // the caller names the file
}

// readValue reads an object, each item of a List, or a rule file.
func (l *linter) readValue(ctx context.Context, o *object) error {
	apiVersion, _ := o.fields["apiVersion"].(string)
	kind, _ := o.fields["kind"].(string)
	if items, ok := o.fields["items"].([]any); ok && (kind == "" || strings.HasSuffix(kind, "List")) {
		for i, item := range items {
			fields, ok := item.(map[string]any)
			if !ok {
				continue
			}
			load.NameItem(o.fields, fields)
			below := *o
			below.fields, below.root = fields, o.root.Field("items").Index(i)
			if err := l.readValue(ctx, &below); err != nil {
				return err
			}
		}
		return nil
	}
	if apiVersion == "" && kind == "" && hasRules(o.fields) {
		return l.readRuleFile(o)
	}
	o.kind = schema.FromAPIVersionAndKind(apiVersion, kind)
	known, ok := selection.KindFor(o.kind)
	if !ok {
		if reader := selection.ReaderIn(o.fields, l.Namespace); reader != nil {
			o.file.readers = append(o.file.readers, reader)
		}
		l.checkKind(o, apiVersion, kind)
		return nil
	}
	if err := l.readObject(ctx, o, known); err != nil || known.Kind != selection.ConfigMapKind || !l.ConfigMaps {
		return err
	}
	return l.readConfigMap(o)
}

// readObject reads an object of a known kind, and compares it with its schema.
func (l *linter) readObject(ctx context.Context, o *object, known selection.Kind) error {
	metadata, _ := o.fields["metadata"].(map[string]any)
	o.name, _ = metadata["name"].(string)
	o.namespace, o.hasNamespace = metadata["namespace"].(string)
	if _, set := metadata["namespace"]; metadata != nil && !set && known.Kind != selection.NamespaceKind {
		o.namespace = l.Namespace
		metadata["namespace"] = l.Namespace
	}
	o.enlist()
	if err := l.checkShape(ctx, o); err != nil {
		return err
	}
	return l.decode(o, known)
}

// enlist adds the object to those of its file.
func (o *object) enlist() {
	o.file.objects = append(o.file.objects, o)
	o.document.last = o
}

// String returns the object's kind, namespace and name.
func (o *object) String() string { return fmt.Sprintf("%s %s/%s", o.kind.Kind, o.namespace, o.name) }

// isOurs reports whether the object is of the operator's kinds, as opposed to objects that only decide
// about others.
func (o *object) isOurs() bool {
	known, ok := selection.KindFor(o.kind)
	return ok && known.IsOperators()
}
