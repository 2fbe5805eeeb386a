package parity

import (
	"encoding/json"
	"maps"
	"slices"
)

// minimal removes from a request every object, and then every part of an object, without which a
// difference of the same cause still exists.
func minimal(r *Request, cause string) *Request {
	differs := func(smaller *Request) bool {
		_, _, found, err := ask(NewLedger(), smaller)
		return err == nil && slices.ContainsFunc(found, func(d Difference) bool { return d.Cause() == cause })
	}
	small := *r
	for i := len(small.Objects) - 1; i >= 0; i-- {
		try := small
		try.Objects = slices.Delete(slices.Clone(small.Objects), i, i+1)
		if differs(&try) {
			small = try
		}
	}
	for i := range small.Objects {
		var object map[string]any
		if err := json.Unmarshal(small.Objects[i], &object); err != nil {
			continue
		}
		still := func() bool {
			data, err := json.Marshal(object)
			if err != nil {
				return false
			}
			try := small
			try.Objects = slices.Clone(small.Objects)
			try.Objects[i] = data
			if !differs(&try) {
				return false
			}
			small = try
			return true
		}
		// Secrets and ConfigMaps stay whole, because dump recognizes them by that.
		prune(object["spec"], still)
	}
	return &small
}

// prune deletes as much as it can while a condition still holds.
func prune(value any, still func() bool) {
	switch value := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			was := value[key]
			delete(value, key)
			if still() {
				continue
			}
			value[key] = was
			if list, ok := was.([]any); ok {
				value[key] = shorten(list, func(shorter []any) bool {
					value[key] = shorter
					return still()
				})
			}
			prune(value[key], still)
		}
	case []any:
		for _, item := range value {
			prune(item, still)
		}
	}
}

// shorten returns a list without the items that are not needed.
func shorten(list []any, still func([]any) bool) []any {
	for i := len(list) - 1; i >= 0; i-- {
		if shorter := slices.Delete(slices.Clone(list), i, i+1); still(shorter) {
			list = shorter
		}
	}
	return list
}
