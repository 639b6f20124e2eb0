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

// check wants words from each set, and no mark of a pattern in them.
func (ws wordSets) check() error {
	for lang, sets := range ws {
		for name, words := range sets {
			for _, w := range words {
				if strings.ContainsAny(w, "|~<>_") || check(w) != nil {
					return fmt.Errorf("%s %s: %q is no word of a set", lang, name, w)
				}
			}
		}
	}
	return nil
}

// concerned checks patterns and lists the languages that one of them concerns,
// sorted. A pattern concerns those that know all of its sets.
func (ws wordSets) concerned(patterns []string) ([]string, error) {
	out := map[string]bool{}
	for _, p := range patterns {
		names, err := setsOf(p)
		if err != nil {
			return nil, err
		}
		used := false
		for lang := range ws {
			if ws.has(lang, names) {
				out[lang], used = true, true
			}
		}
		if !used {
			return nil, fmt.Errorf("pattern %q concerns no language", p)
		}
		if err := check(strings.NewReplacer("<", "a", ">", "a").Replace(p)); err != nil {
			return nil, err
		}
	}
	return slices.Sorted(maps.Keys(out)), nil
}

// setsOf lists the sets that a pattern names.
func setsOf(pattern string) ([]string, error) {
	var names []string
	for rest := pattern; ; {
		_, after, found := strings.Cut(rest, "<")
		if !found {
			return names, nil
		}
		name, tail, closed := strings.Cut(after, ">")
		if !closed {
			return nil, fmt.Errorf("pattern %q: a set's name has no end", pattern)
		}
		names, rest = append(names, name), tail
	}
}

// has reports that a language knows all of these sets.
func (ws wordSets) has(lang string, names []string) bool {
	return !slices.ContainsFunc(names, func(n string) bool { return len(ws[lang][n]) == 0 })
}

// combine gives the phrases that those patterns make of a language's sets which
// concern it.
func (ws wordSets) combine(patterns []string, lang string) []string {
	var fill []string
	for name, words := range ws[lang] {
		fill = append(fill, "<"+name+">", strings.ReplaceAll(strings.Join(words, "|"), " ", "_"))
	}
	r := strings.NewReplacer(fill...)
	var out []string
	for _, p := range patterns {
		if names, err := setsOf(p); err == nil && ws.has(lang, names) {
			out = append(out, r.Replace(p))
		}
	}
	return out
}
