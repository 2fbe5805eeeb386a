package upgrade

import (
	"regexp/syntax"
)

// maxSamples bounds the texts that are made of a regular expression.
const maxSamples = 256

// samplesOf returns texts that a regular expression matches: one for each of its alternatives, up to a bound. A dot is
// a dot in them, and what may be missing is there and is missing.
func samplesOf(regex string) []string {
	re, err := syntax.Parse(regex, syntax.Perl)
	if err != nil {
		return nil
	}
	return samples(re)
}

func samples(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		return []string{string(re.Rune)}
	case syntax.OpCharClass:
		return ofClass(re.Rune)
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return []string{"."}
	case syntax.OpCapture, syntax.OpPlus:
		return samples(re.Sub[0])
	case syntax.OpStar, syntax.OpQuest:
		return append(samples(re.Sub[0]), "")
	case syntax.OpRepeat:
		all := []string{""}
		for range min(re.Min, 3) {
			all = products(all, samples(re.Sub[0]))
		}
		return all
	case syntax.OpConcat:
		all := []string{""}
		for _, sub := range re.Sub {
			all = products(all, samples(sub))
		}
		return all
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			all = append(all, samples(sub)...)
		}
		return all[:min(len(all), maxSamples)]
	default:
		return []string{""}
	}
}

// ofClass returns the first characters of each range of a class.
func ofClass(ranges []rune) []string {
	var all []string
	for i := 0; i+1 < len(ranges); i += 2 {
		for c := ranges[i]; c <= ranges[i+1] && c < ranges[i]+10; c++ {
			all = append(all, string(c))
		}
	}
	return all[:min(len(all), maxSamples)]
}

func products(heads, tails []string) []string {
	var all []string
	for _, head := range heads {
		for _, tail := range tails {
			if len(all) < maxSamples {
				all = append(all, head+tail)
			}
		}
	}
	return all
}
