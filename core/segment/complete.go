package segment

import (
	"slices"
	"strings"

	"bottega/core/fold"
)

// Completion is one way to go on at the cursor: Text replaces the runes from
// Start to the cursor.
type Completion struct {
	Start int
	Text  string
	Field string // set when Text is a value of that field
}

// Complete proposes how the word that ends at the cursor (a rune offset) may
// go on: field names at the start of a term, values behind an operator. members
// gives the known members of a Set field (tags, languages); it may be nil.
func Complete(src string, cursor int, s Schema, members func(field string) []string) []Completion {
	rs := []rune(src)
	cursor = max(0, min(cursor, len(rs)))
	start := cursor
	for start > 0 && wordRune(rs[start-1]) {
		start--
	}
	word := string(rs[start:cursor])
	if f, from, ok := fieldBefore(rs, start, s); ok {
		return valueCompletions(f, from, word, members)
	}
	var out []Completion
	for _, f := range s.Fields() {
		if word == "" || !strings.HasPrefix(f.Name, strings.ToLower(word)) {
			continue
		}
		text := f.Name
		switch f.Type {
		case Text, Set, Choice:
			text += ":"
		}
		out = append(out, Completion{Start: start, Text: text})
	}
	return out
}

// fieldBefore finds the field whose operator ends right before the word.
func fieldBefore(rs []rune, end int, s Schema) (Field, int, bool) {
	i := end
	for i > 0 && strings.ContainsRune(":=<>!~", rs[i-1]) {
		i--
	}
	if i == end {
		return Field{}, 0, false
	}
	j := i
	for j > 0 && wordRune(rs[j-1]) {
		j--
	}
	f, ok := s.Field(strings.ToLower(string(rs[j:i])))
	return f, end, ok
}

func valueCompletions(f Field, start int, word string, members func(string) []string) []Completion {
	values := f.Values
	switch f.Type {
	case Set:
		if members != nil {
			values = members(f.Name)
		}
	case Date:
		values = []string{"7d", "30d", "90d", "1y", "never"}
	case Flag:
		return nil
	}
	var out []Completion
	for _, v := range values {
		if strings.HasPrefix(fold.String(v), fold.String(word)) {
			out = append(out, Completion{Start: start, Text: quote(v), Field: f.Name})
		}
	}
	return slices.Clip(out)
}
