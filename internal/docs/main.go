// Command docs writes the pages of the checks, docs/checks, from the checks and their cases. Every
// example on a page is a case that has been run.
package main

import (
	"fmt"
	"go/format"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/promgate/promgate/internal/checktest"
	"github.com/promgate/promgate/upgrade"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
)

const (
	directory = "docs/checks"
	generated = "<!-- Written by make docs from the check and its cases. Do not edit. -->\n\n"
)

func main() {
	log.SetFlags(0)
	if err := writeDocs(); err != nil {
		log.Fatal(err)
	}
}

// writeDocs runs in the root of the repository.
func writeDocs() error {
	archives, err := checktest.Load("validation")
	if err != nil {
		return err
	}
	changes, err := checktest.Load("upgrade")
	if err != nil {
		return err
	}
	if err := os.RemoveAll(directory); err != nil {
		return fmt.Errorf("emptying %s: %w", directory, err)
	}
	var index strings.Builder
	index.WriteString(generated + "# Checks\n\n`promgate checks` prints this list, `promgate checks ID` explains one of them.\n\n" + tableHead)
	pages := map[string]string{}
	for _, c := range builtin.Checks() {
		if err := writePage(c, archives[c.ID], pages, &index); err != nil {
			return err
		}
	}
	index.WriteString("\n[`promgate upgrade-check`](../upgrade-check.md) alone runs these, for an upgrade that leads over the release that they name. Their severity cannot be changed.\n\n" + tableHead)
	for _, c := range upgrade.Checks() {
		if err := writePage(c, changes[c.ID], pages, &index); err != nil {
			return err
		}
	}
	if err := writePages(pages); err != nil {
		return err
	}
	return writeFile(filepath.Join(directory, "README.md"), index.String())
}

// upgradeArea is the area of the checks of package upgrade.
const upgradeArea = "upgrade"

const tableHead = "| check | as installed | what is wrong |\n|---|---|---|\n"

// writePage writes the page of a check, and its row in the index.
func writePage(c validation.Info, a *checktest.Archive, pages map[string]string, index *strings.Builder) error {
	if a == nil {
		return fmt.Errorf("check %s has no cases", c.ID)
	}
	text, err := checkPage(c, a)
	if err != nil {
		return fmt.Errorf("writing the page of %s: %w", c.ID, err)
	}
	name := filepath.Join(a.Area, c.ID+".md")
	pages[c.ID] = filepath.ToSlash(name)
	if err := writeFile(filepath.Join(directory, name), text); err != nil {
		return err
	}
	fmt.Fprintf(index, "| [%s](%s) | %s | %s |\n", c.ID, name, c.Severity, c.Doc.Title)
	return nil
}

// pagesFile has the pages of the checks for the program, whose reports link to them.
const pagesFile = "cmd/promgate/check_pages.go"

func writePages(pages map[string]string) error {
	var b strings.Builder
	b.WriteString("package main\n\n// checkPages are the pages of the checks in docs/checks. make docs writes them.\nvar checkPages = map[string]string{\n")
	for _, id := range slices.Sorted(maps.Keys(pages)) {
		fmt.Fprintf(&b, "\t%q: %q,\n", id, pages[id])
	}
	b.WriteString("}\n")
	text, err := format.Source([]byte(b.String()))
	if err != nil {
		return fmt.Errorf("writing %s: %w", pagesFile, err)
	}
	return writeFile(pagesFile, string(text))
}

// checkPage writes the page of a check, with its first case that has a finding and its first case
// without one.
func checkPage(c validation.Info, a *checktest.Archive) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s# %s\n\n%s.\n\nAs installed: `%s`. Since %s.\n\n%s\n", generated, c.ID, c.Doc.Title, c.Severity, c.Doc.Since, c.Doc.Text)
	finding, clean := firstCase(a, true), firstCase(a, false)
	if finding == nil || clean == nil {
		return "", fmt.Errorf("%s needs a case with a finding and a case without", a.File)
	}
	said, err := findingsOf(c.ID, a, *finding)
	if err != nil {
		return "", err
	}
	b.WriteString("\n## Example\n")
	if finding.Prometheus+finding.Config+finding.Stored != "" {
		if finding.Config != "" {
			fmt.Fprintf(&b, "\nThe configuration:\n\n```yaml\n%s```\n", finding.Config)
		}
		if finding.Prometheus != "" {
			fmt.Fprintf(&b, "\nThe Prometheus:\n\n```yaml\n%s```\n", finding.Prometheus)
		}
		there := slices.DeleteFunc([]string{finding.Services, finding.Rival}, func(s string) bool { return s == "" })
		if len(there) > 0 {
			fmt.Fprintf(&b, "\nWhat is there already:\n\n```yaml\n%s```\n", strings.Join(there, "---\n"))
		}
		if finding.Stored != "" {
			fmt.Fprintf(&b, "\nThe object before the update:\n\n```yaml\n%s```\n", finding.Stored)
		}
		b.WriteString("\nThe object:\n")
	}
	fmt.Fprintf(&b, "\n```yaml\n%s```\n\npromgate says:\n\n```text\n%s```\n\nNothing is wrong here:\n\n```yaml\n%s```\n", finding.In, said, clean.In)
	if a.Area == upgradeArea {
		return b.String(), nil
	}
	fmt.Fprintf(&b, "\n## Change its severity\n\nIn [promgate.yaml](../../promgate.yaml):\n\n```yaml\nchecks:\n  %s: warn # or deny, or off\n```\n", c.ID)
	return b.String(), nil
}

// findingsOf runs the check. A check that needs a file is run by the tests of promgate lint, which
// hold the wanted findings against its report.
func findingsOf(id string, a *checktest.Archive, c checktest.Case) (string, error) {
	if a.NeedsFile() {
		return c.Want, nil
	}
	if a.Area == upgradeArea {
		return checktest.Findings(upgrade.Kinds(upgrade.Example()), checktest.Only(id), c)
	}
	return checktest.Findings(builtin.AtAdmission(), checktest.Only(id), c)
}

func firstCase(a *checktest.Archive, finding bool) *checktest.Case {
	for i, c := range a.Cases {
		if (c.Want != "") == finding {
			return &a.Cases[i]
		}
	}
	return nil
}

func writeFile(file, text string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("making the directory of %s: %w", file, err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		return fmt.Errorf("writing a page: %w", err)
	}
	return nil
}
