package template

import (
	"fmt"
	"sync"
)

// lazy is a list of phrases that is compiled when a text first asks for it: a
// shop writes in two or three languages. The list was checked before.
type lazy struct {
	once sync.Once
	list func() []string
	ps   *phrases
}

// deferred checks a list now and leaves its compiling for later.
func deferred(list []string) (*lazy, error) {
	for _, s := range list {
		if err := check(s); err != nil {
			return nil, err
		}
	}
	return &lazy{list: func() []string { return list }}, nil
}

// phrases compiles the list, once.
func (l *lazy) phrases() *phrases {
	if l == nil {
		return nil
	}
	l.once.Do(func() {
		l.ps = compiled(l.list())
		l.list = nil
	})
	return l.ps
}

// lists holds phrases by language. A text is compared with those of its own
// language and the English ones.
type lists struct {
	by       map[string]*lazy
	except   *lazy            // of all languages
	exceptBy map[string]*lazy // of one
}

// newLists reads what a file says phrase by phrase.
func newLists(by byLang, except []string) (*lists, error) {
	return wordSets(nil).lists(by, nil, except, nil)
}

// lists joins what a file says phrase by phrase with what its patterns make of
// the sets.
func (ws wordSets) lists(by byLang, patterns, except, exceptPatterns []string) (*lists, error) {
	ls := &lists{}
	var err error
	if ls.by, err = ws.lazies(by, patterns); err != nil {
		return nil, err
	}
	if ls.exceptBy, err = ws.lazies(nil, exceptPatterns); err != nil {
		return nil, fmt.Errorf("except: %w", err)
	}
	if ls.except, err = deferred(except); err != nil {
		return nil, fmt.Errorf("except: %w", err)
	}
	return ls, nil
}

// lazies checks phrases and patterns, by language.
func (ws wordSets) lazies(by byLang, patterns []string) (map[string]*lazy, error) {
	out := map[string]*lazy{}
	for lang, list := range by {
		l, err := deferred(list)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", lang, err)
		}
		out[lang] = l
	}
	concerned, err := ws.concerned(patterns)
	if err != nil {
		return nil, err
	}
	for _, lang := range concerned {
		list := by[lang]
		out[lang] = &lazy{list: func() []string { return append(list[:len(list):len(list)], ws.combine(patterns, lang)...) }}
	}
	return out, nil
}

// english is the language whose lists are read for every text.
const english = "en"

// find gives the places where a phrase matches, in order, none inside an
// exception and none overlapping: the longest of those that start first.
func (ls *lists) find(t *text, lang string) []hit {
	if len(t.tokens) == 0 {
		return nil
	}
	var hits []hit
	collect := func(h hit) { hits = append(hits, h) }
	ls.by[lang].phrases().find(t, collect)
	if lang != english {
		ls.by[english].phrases().find(t, collect)
	}
	if len(hits) == 0 {
		return nil
	}
	var excepted []hit
	ls.excepted(t, lang, func(h hit) { excepted = append(excepted, h) })
	return disjoint(without(hits, excepted))
}

// excepted calls yield with each place where an exception matches.
func (ls *lists) excepted(t *text, lang string, yield func(hit)) {
	ls.except.phrases().find(t, yield)
	ls.exceptBy[lang].phrases().find(t, yield)
	if lang != english {
		ls.exceptBy[english].phrases().find(t, yield)
	}
}
