package parity

import (
	"strings"

	"go.yaml.in/yaml/v2"
)

// These look into the operator's configuration as text, which it writes the same way
// each time: a section begins at the margin, and a job with its name.

// section is the text of one section.
func section(config, name string) string {
	_, rest, found := strings.Cut("\n"+config, "\n"+name+":")
	if !found {
		return ""
	}
	lines := strings.SplitAfter(rest, "\n")
	for i, line := range lines[1:] {
		if line != "" && !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "-") {
			return strings.Join(lines[:i+1], "")
		}
	}
	return rest
}

// job is the text of one job.
func job(config, name string) string {
	_, rest, _ := strings.Cut(config, "\n- job_name: "+name+"\n")
	text, _, _ := strings.Cut(rest, "\n- job_name: ")
	return text
}

// azure is the part of a job with its discovery in Azure.
func azure(job string) string {
	return section(strings.ReplaceAll("\n"+job, "\n  ", "\n"), "azure_sd_configs")
}

// azureEnvironment says that a job discovers in an environment of Azure that it names.
func azureEnvironment(config, name string) bool {
	return strings.Contains(azure(job(config, name)), "- environment:")
}

// azureFile says that a certificate is one for discovery in Azure.
func azureFile(config, file string) bool {
	for _, text := range strings.Split(config, "\n- job_name: ")[1:] {
		if strings.Contains(azure(text), "/"+file+"\n") {
			return true
		}
	}
	return false
}

// jobName is the job that a path in the configuration leads into.
func jobName(path string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(path, "scrape_configs["), "]")
	return name
}

// jobOf is the name of the job that is made of an object that has only one.
func jobOf(object string) string { return strings.ToLower(object[:1]) + object[1:] }

// jobNamespace is that of the object which a job comes from.
func jobNamespace(path string) string {
	parts := strings.Split(jobName(path), "/")
	if len(parts) < 3 {
		return ""
	}
	return parts[1]
}

// ofObject says that a job comes from an object that is Kind/namespace/name.
func ofObject(job, object string) bool {
	return job == jobOf(object) || strings.HasPrefix(job, jobOf(object)+"/")
}

// everyLine says that each line of a refusal but the first has some texts.
func everyLine(refusal string, texts ...string) bool {
	_, lines, found := strings.Cut(refusal, "\n")
	for line := range strings.SplitSeq(lines, "\n") {
		for _, text := range texts {
			found = found && strings.Contains(line, text)
		}
	}
	return found
}

// parsable gives a configuration without the jobs of some objects, if only then it is
// YAML at all: the operator writes a key << like any other.
func parsable(config string, objects map[string]string) string {
	if err := yaml.Unmarshal([]byte(config), &yaml.MapSlice{}); err == nil {
		return config
	}
	for object := range objects {
		jobs := strings.SplitAfter(config, "\n- job_name: ")
		kept := jobs[0]
		for i, text := range jobs[1:] {
			name, _, _ := strings.Cut(text, "\n")
			if !ofObject(name, object) {
				kept += text
				continue
			}
			kept = strings.TrimSuffix(kept, "- job_name: ")
			if i == len(jobs)-2 {
				// What follows the last job is not the job's.
				kept += afterJob(text)
			} else {
				kept += "- job_name: "
			}
		}
		config = kept
	}
	return config
}

// afterJob is the text from the next section on.
func afterJob(text string) string {
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines[1:] {
		if line != "" && !strings.HasPrefix(line, " ") {
			return strings.Join(lines[i+1:], "")
		}
	}
	return ""
}
