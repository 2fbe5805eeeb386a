// Package spelling compares names, to say which one was probably meant. It is a leaf: it imports nothing
// of promgate, and no client, network, file system or clock.
package spelling

import "strings"

// Distance returns the Levenshtein distance of two names in bytes: how many bytes have to be inserted,
// deleted or replaced. Upper and lower case are the same.
func Distance(a, b string) int {
	a, b = strings.ToLower(a), strings.ToLower(b)
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
