package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

const cleanRules = "groups: [{name: a, rules: [{record: 'a:b', expr: up}]}]\n"

// promgateProgram builds promgate into a directory, for commands that look it up.
func promgateProgram(t *testing.T) (directory string) {
	t.Helper()
	directory = t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(directory, "promgate"), ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return directory
}

func readYAML(t *testing.T, file string, into any) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalStrict(content, into); err != nil {
		t.Fatal(err)
	}
}

// TestPreCommitHook runs the entry of the hook as pre-commit does: with the names of files behind it.
func TestPreCommitHook(t *testing.T) {
	var hooks []struct {
		ID, Name, Description, Language, Entry string
		Types                                  []string `json:"types_or"`
	}
	readYAML(t, "../../.pre-commit-hooks.yaml", &hooks)
	runIn(t, promgateProgram(t), hooks[0].Entry+" rules.yaml", nil)
}

// TestAction runs the last step of the GitHub Action, and the command that GitLab runs.
func TestAction(t *testing.T) {
	var action struct {
		Runs struct {
			Steps []struct {
				Run string `json:"run"`
			} `json:"steps"`
		} `json:"runs"`
	}
	content, err := os.ReadFile("../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(content, &action); err != nil {
		t.Fatal(err)
	}
	directory := promgateProgram(t)
	steps := action.Runs.Steps
	runIn(t, directory, steps[len(steps)-1].Run, []string{"RUNNER_TEMP=" + directory, "ARGS=--fail-on warn", "PATHS=rules.yaml more.yaml"})
	guide, err := os.ReadFile("../../docs/lint.md")
	if err != nil {
		t.Fatal(err)
	}
	_, script, _ := strings.Cut(string(guide), "  script: ")
	script, _, _ = strings.Cut(script, "\n")
	runIn(t, directory, strings.Replace(script, "manifests/", "rules.yaml", 1), nil)
}

// runIn runs a command of the shell in a directory with two rule files.
func runIn(t *testing.T, path, command string, env []string) {
	t.Helper()
	directory := t.TempDir()
	for _, name := range []string{"rules.yaml", "more.yaml"} {
		if err := os.WriteFile(filepath.Join(directory, name), []byte(cleanRules), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	shell := exec.CommandContext(t.Context(), "bash", "-e", "-c", command)
	shell.Dir = directory
	shell.Env = append(append(os.Environ(), "PATH="+path+":"+os.Getenv("PATH")), env...)
	if out, err := shell.CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", command, err, out)
	}
}
