package parity

import (
	"strings"

	"go.yaml.in/yaml/v2"
)

// These functions parse the operator's configuration as text, which always has the same form: a
// section begins at the margin, and a job with its name.

// section returns the text of one section.
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

// job returns the text of one job.
func job(config, name string) string {
	_, rest, _ := strings.Cut(config, "\n- job_name: "+name+"\n")
	text, _, _ := strings.Cut(rest, "\n- job_name: ")
	return text
}

// azure returns the part of a job that contains its Azure discovery.
func azure(job string) string {
	return section(strings.ReplaceAll("\n"+job, "\n  ", "\n"), "azure_sd_configs")
}

// azureEnvironment reports whether a job has an Azure discovery that names an environment.
func azureEnvironment(config, name string) bool {
	return strings.Contains(azure(job(config, name)), "- environment:")
}

// azureFile reports whether a certificate is one of an Azure discovery.
func azureFile(config, file string) bool {
	for _, text := range strings.Split(config, "\n- job_name: ")[1:] {
		if strings.Contains(azure(text), "/"+file+"\n") {
			return true
		}
	}
	return false
}

// jobName returns the job that a path in the configuration is in.
func jobName(path string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(path, "scrape_configs["), "]")
	return name
}

// jobOf returns the name of the job of an object that has only one.
func jobOf(object string) string { return strings.ToLower(object[:1]) + object[1:] }

// jobNamespace returns the namespace of the object that a job comes from.
func jobNamespace(path string) string {
	parts := strings.Split(jobName(path), "/")
	if len(parts) < 3 {
		return ""
	}
	return parts[1]
}

// ofObject reports whether a job comes from an object, which is given as Kind/namespace/name.
func ofObject(job, object string) bool {
	return job == jobOf(object) || strings.HasPrefix(job, jobOf(object)+"/")
}

// everyLine reports whether each line of a refusal except the first contains some texts.
func everyLine(refusal string, texts ...string) bool {
	_, lines, found := strings.Cut(refusal, "\n")
	for line := range strings.SplitSeq(lines, "\n") {
		for _, text := range texts {
			found = found && strings.Contains(line, text)
		}
	}
	return found
}

// parsable returns a configuration without the jobs of some objects, if it is valid YAML only
// without them: the operator writes a key << like any other.
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
				// The text after the last job does not belong to the job.
				kept += afterJob(text)
			} else {
				kept += "- job_name: "
			}
		}
		config = kept
	}
	return config
}

// afterJob returns the text from the next section on.
func afterJob(text string) string {
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines[1:] {
		if line != "" && !strings.HasPrefix(line, " ") {
			return strings.Join(lines[i+1:], "")
		}
	}
	return ""
}
