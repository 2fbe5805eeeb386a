package relabeling

import "testing"

// TestNoValueTexts checks that a regular expression on the list is refused, and that the list is
// not empty.
func TestNoValueTexts(t *testing.T) {
	limits := defaultCompileLimits
	limits.noValue = NoValueTexts{"remove"}
	if _, err := limits.compile("remove"); err == nil {
		t.Error("compiled, although YAML reads it as no value")
	}
	if _, err := CompileRegex("remove"); err != nil {
		t.Errorf("refused by the default limits as well: the test proves nothing: %v", err)
	}
	if len(DefaultNoValueTexts()) == 0 {
		t.Error("the list is empty")
	}
	for _, text := range DefaultNoValueTexts() {
		if _, err := CompileRegex(text); err == nil {
			t.Error("a text that YAML reads as no value is compiled")
		}
	}
}

// TestCompileLimit checks the limit on compiled expressions with fifteen instructions.
func TestCompileLimit(t *testing.T) {
	limits := compileLimits{size: 15}
	for pattern, want := range map[string]bool{"a{20}": false, "(a{3}){7}": false, "a{3}": true, "a-long-text-without-repetition": true} {
		if _, err := limits.compile(pattern); (err == nil) != want {
			t.Errorf("%s: %v", pattern, err)
		}
		if _, err := CompileRegex(pattern); err != nil {
			t.Errorf("%s is refused by the default limit: %v", pattern, err)
		}
	}
}
