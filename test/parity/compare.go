package parity

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v2"
)

// Difference is one difference between the output of promgate and of the operator.
type Difference struct {
	// Section is the part that differs: config, error, rejected, rules or tls.
	Section string
	// Path is the place in the configuration, with list indexes, and jobs by name.
	Path string
	// Operator and Promgate are the values. A missing value is absent.
	Operator, Promgate any
}

// absent is the value of a side that has none.
const absent = missing("absent")

type missing string

func (m missing) String() string { return "(" + string(m) + ")" }

func (d Difference) String() string {
	return fmt.Sprintf("%s %s\n  operator: %s\n  promgate: %s", d.Section, d.Path, show(d.Operator), show(d.Promgate))
}

// show formats a value with its type, shortened to a readable length.
func show(value any) string {
	var text string
	switch value := value.(type) {
	case missing:
		return value.String()
	case string:
		text = fmt.Sprintf("%q", value)
	case yaml.MapSlice, []any:
		data, err := yaml.Marshal(value)
		if err != nil {
			return err.Error()
		}
		text = strings.ReplaceAll(strings.TrimSpace(string(data)), "\n", "\n            ")
	default:
		text = fmt.Sprintf("%v (%T)", value, value)
	}
	if len(text) > 800 {
		text = text[:800] + " ..."
	}
	return text
}

// Compare returns all differences between two answers to one request.
func Compare(operator, promgate *Answer) []Difference {
	var found []Difference
	if (operator.Error == "") != (promgate.Error == "") {
		// Nothing else can be equal.
		return []Difference{{Section: "error", Operator: operator.Error, Promgate: promgate.Error}}
	}
	if operator.Error != "" || operator.Unmanaged && promgate.Unmanaged {
		// Both fail, or both leave the configuration to the user.
		return nil
	}
	found = append(found, compareConfig(operator.Config, promgate.Config, promgate.Rejected)...)
	found = append(found, compareKeys("rejected", operator.Rejected, promgate.Rejected)...)
	found = append(found, compareTexts("rules", operator.RuleFiles, promgate.RuleFiles)...)
	found = append(found, compareTexts("rules ConfigMap of", operator.RuleFileConfigMaps, promgate.RuleFileConfigMaps)...)
	return append(found, compareTexts("tls", operator.TLSAssets, promgate.TLSAssets)...)
}

// compareKeys compares which objects are rejected; each side has its own reasons.
func compareKeys(section string, operator, promgate map[string]string) []Difference {
	var found []Difference
	for _, key := range keys(operator, promgate) {
		o, p := lookup(operator, key), lookup(promgate, key)
		if (o == absent) != (p == absent) {
			found = append(found, Difference{Section: section, Path: key, Operator: o, Promgate: p})
		}
	}
	return found
}

func compareTexts(section string, operator, promgate map[string]string) []Difference {
	var found []Difference
	for _, key := range keys(operator, promgate) {
		o, p := lookup(operator, key), lookup(promgate, key)
		if o != p {
			found = append(found, Difference{Section: section, Path: key, Operator: o, Promgate: p})
		}
	}
	return found
}

func lookup(m map[string]string, key string) any {
	if value, ok := m[key]; ok {
		return value
	}
	return absent
}

func keys(a, b map[string]string) []string {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, b)
	return slices.Sorted(maps.Keys(all))
}

// compareConfig compares bytes first, and reads the YAML only if they differ.
func compareConfig(operator, promgate string, rejected map[string]string) []Difference {
	if operator == promgate {
		return nil
	}
	operator = parsable(operator, rejected)
	if operator == promgate {
		return nil
	}
	var o, p yaml.MapSlice
	if err := yaml.Unmarshal([]byte(operator), &o); err != nil {
		return []Difference{{Section: "config", Path: "operator's YAML: " + err.Error(), Operator: operator}}
	}
	if err := yaml.Unmarshal([]byte(promgate), &p); err != nil {
		return []Difference{{Section: "config", Path: "promgate's YAML: " + err.Error(), Promgate: promgate}}
	}
	if found := append(compareValues("", o, p), compareOrder("", o, p)...); len(found) > 0 {
		return found
	}
	before, after := firstDifferent(operator, promgate)
	return []Difference{{Section: "bytes", Operator: before, Promgate: after}}
}

// compareValues compares decoded YAML: the order of mappings does not matter, that of lists does.
func compareValues(path string, operator, promgate any) []Difference {
	if o, p, ok := bothMaps(operator, promgate); ok {
		return compareMaps(path, o, p)
	}
	o, isList := operator.([]any)
	p, isListToo := promgate.([]any)
	if isList && isListToo {
		if path == ".scrape_configs" {
			return compareJobs(path, o, p)
		}
		return compareLists(path, o, p)
	}
	if reflect.DeepEqual(operator, promgate) {
		return nil
	}
	return []Difference{{Section: "config", Path: strings.TrimPrefix(path, "."), Operator: operator, Promgate: promgate}}
}

func bothMaps(operator, promgate any) (yaml.MapSlice, yaml.MapSlice, bool) {
	o, isMap := operator.(yaml.MapSlice)
	p, isMapToo := promgate.(yaml.MapSlice)
	return o, p, isMap && isMapToo
}

func compareMaps(path string, operator, promgate yaml.MapSlice) []Difference {
	var found []Difference
	for _, item := range operator {
		found = append(found, compareValues(fmt.Sprintf("%s.%v", path, item.Key), item.Value, field(promgate, item.Key))...)
	}
	for _, item := range promgate {
		if field(operator, item.Key) == any(absent) {
			found = append(found, compareValues(fmt.Sprintf("%s.%v", path, item.Key), absent, item.Value)...)
		}
	}
	return found
}

// field returns the value of a key, or absent.
func field(m yaml.MapSlice, key any) any {
	for _, item := range m {
		if item.Key == key {
			return item.Value
		}
	}
	return absent
}

func compareLists(path string, operator, promgate []any) []Difference {
	if len(operator) != len(promgate) {
		// A common beginning or end is no difference.
		from := 0
		for from < min(len(operator), len(promgate)) && len(compareValues("", operator[from], promgate[from])) == 0 {
			from++
		}
		o, p := operator[from:], promgate[from:]
		for len(o) > 0 && len(p) > 0 && len(compareValues("", o[len(o)-1], p[len(p)-1])) == 0 {
			o, p = o[:len(o)-1], p[:len(p)-1]
		}
		return []Difference{{Section: "config", Path: strings.TrimPrefix(fmt.Sprintf("%s[%d:]", path, from), "."), Operator: o, Promgate: p}}
	}
	var found []Difference
	for i := range operator {
		found = append(found, compareValues(fmt.Sprintf("%s[%d]", path, i), operator[i], promgate[i])...)
	}
	return found
}

// compareJobs pairs the jobs by name, so that a job that only one side has is one difference. The
// jobs that both sides have must be in the same order.
func compareJobs(path string, operator, promgate []any) []Difference {
	var found []Difference
	o, p := jobs(operator), jobs(promgate)
	var common, theirs []string
	for _, name := range o.names {
		their, ok := p.byName[name]
		if !ok {
			their = absent
		} else {
			common = append(common, name)
		}
		found = append(found, compareValues(path+"["+name+"]", o.byName[name], their)...)
	}
	for _, name := range p.names {
		if _, ok := o.byName[name]; ok {
			theirs = append(theirs, name)
		} else {
			found = append(found, compareValues(path+"["+name+"]", absent, p.byName[name])...)
		}
	}
	if !slices.Equal(common, theirs) {
		found = append(found, Difference{Section: "config", Path: "order of the jobs", Operator: strings.Join(common, "\n"), Promgate: strings.Join(theirs, "\n")})
	}
	return found
}

type jobList struct {
	names  []string
	byName map[string]any
}

func jobs(list []any) jobList {
	j := jobList{byName: map[string]any{}}
	for i, item := range list {
		job, _ := item.(yaml.MapSlice)
		name := fmt.Sprint(field(job, "job_name"))
		for _, taken := j.byName[name]; taken; _, taken = j.byName[name] {
			name += fmt.Sprintf("#%d", i)
		}
		j.names = append(j.names, name)
		j.byName[name] = item
	}
	return j
}
