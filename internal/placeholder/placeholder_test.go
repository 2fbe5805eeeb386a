package placeholder

import "testing"

func TestFind(t *testing.T) {
	for value, want := range map[string]string{
		"${cluster}":                "${cluster}",
		"a-${CLUSTER_NAME}-b":       "${CLUSTER_NAME}",
		"$job":                      "$job",
		"[[job]]":                   "[[job]]",
		"{{ .Release.Namespace }}":  "{{ .Release.Namespace }}",
		"x-{{ $labels.job }}":       "{{ $labels.job }}",
		"<your-namespace>":          "<your-namespace>",
		"CHANGEME":                  "CHANGEME",
		"change-me":                 "change-me",
		"%(jobs)s":                  "%(jobs)s",
		"":                          "",
		"api":                       "",
		"5..":                       "",
		"^api$":                     "",
		"api-.*$":                   "",
		"$":                         "",
		"a$b":                       "",
		"/users/{{id}}":             "",
		"{{.Values.job}}":           "{{.Values.job}}",
		"<insert name>":             "<insert name>",
		"<yours>":                   "",
		"<unknown>":                 "",
		"/api/{id}":                 "",
		"/api/{{":                   "",
		"exchangemember":            "",
		"100%":                      "",
		"[[:alpha:]]+":              "",
		"i-(?:a|b)":                 "",
		"<nil> and more":            "",
		"cost$5":                    "",
		"/items/${}":                "",
		"system:serviceaccount:a:b": "",
	} {
		got, ok := Find(value)
		if ok != (want != "") || ok && got != want {
			t.Errorf("Find(%q) = %q, %t, not %q", value, got, ok, want)
		}
	}
}

func TestFindInPattern(t *testing.T) {
	for pattern, want := range map[string]bool{
		"(${A}|b)":        true,
		"$job":            true,
		"{{ .Values.x }}": true,
		"%(a|b)s":         false,
		"[[abc]]":         false,
		"(.+)$":           false,
		"a{2}$":           false,
		"CHANGEME":        false,
	} {
		if got, ok := FindInPattern(pattern); ok != want {
			t.Errorf("FindInPattern(%q) = %q, %t", pattern, got, ok)
		}
	}
}
