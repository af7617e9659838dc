package core

import "strings"

// Words splits what a person searches for: each word must be found, whatever
// its letters' case.
func Words(query string) []string { return strings.Fields(strings.ToLower(query)) }

// HoldsWords reports whether each of the words, which must be in small letters,
// stands in one of the texts.
func HoldsWords(words []string, texts ...string) bool {
	for _, word := range words {
		found := false
		for _, text := range texts {
			if found = strings.Contains(strings.ToLower(text), word); found {
				break
			}
		}
		if !found {
			return false
		}
	}
	return true
}

// searched are the texts of a record in which a query is looked for: the models
// and everything that went wrong.
func (r *Record) searched() []string {
	texts := []string{r.RequestedModel, r.UpstreamModel, r.Error}
	for i := range r.Attempts {
		texts = append(texts, r.Attempts[i].Reason)
	}
	return texts
}
