package template

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// wordSets are named sets of words by language: "nth" are the words for the
// second and the third one. Patterns combine them: "<nth> ~4 <gift>".
type wordSets map[string]byLang

// combine gives the phrases that the patterns make of each language's sets. A
// pattern does not concern a language that lacks one of its sets.
func (ws wordSets) combine(patterns []string) (byLang, error) {
	out := byLang{}
	for _, p := range patterns {
		used := 0
		for _, lang := range slices.Sorted(maps.Keys(ws)) {
			s, ok, err := ws.fill(p, lang)
			if err != nil {
				return nil, err
			}
			if ok {
				out[lang] = append(out[lang], s)
				used++
			}
		}
		if used == 0 {
			return nil, fmt.Errorf("pattern %q concerns no language", p)
		}
	}
	return out, nil
}

// fill writes the words of a language into a pattern.
func (ws wordSets) fill(pattern, lang string) (string, bool, error) {
	var b strings.Builder
	for rest := pattern; rest != ""; {
		before, after, found := strings.Cut(rest, "<")
		b.WriteString(before)
		if !found {
			break
		}
		name, tail, closed := strings.Cut(after, ">")
		if !closed {
			return "", false, fmt.Errorf("pattern %q: a set's name has no end", pattern)
		}
		words := ws[lang][name]
		if len(words) == 0 {
			return "", false, nil
		}
		for i, w := range words {
			if strings.ContainsAny(w, "|~<>") || w == "" {
				return "", false, fmt.Errorf("%s %s: %q is no word of a set", lang, name, w)
			}
			if i > 0 {
				b.WriteByte('|')
			}
			b.WriteString(strings.ReplaceAll(w, " ", "_"))
		}
		rest = tail
	}
	return b.String(), true, nil
}

// merged are the phrases of both, by language.
func merged(a, b byLang) byLang {
	out := maps.Clone(a)
	if out == nil {
		out = byLang{}
	}
	for lang, list := range b {
		out[lang] = append(slices.Clone(out[lang]), list...)
	}
	return out
}

// listed are the phrases of all languages, in the order of the languages.
func listed(by byLang) []string {
	var out []string
	for _, lang := range slices.Sorted(maps.Keys(by)) {
		out = append(out, by[lang]...)
	}
	return out
}
