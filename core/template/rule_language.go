package template

import (
	"slices"
	"strings"
	"unicode"
)

// languages knows the platform's codes and tells languages apart.
type languages struct {
	file    languagesFile
	codes   map[string]bool
	bases   map[string]bool // of the codes
	scripts map[string][]*unicode.RangeTable
	words   map[string]map[string]bool // function words by language, folded
}

// tables of the scripts that languages.json names by their four letters.
var tables = map[string]*unicode.RangeTable{
	"Cyrl": unicode.Cyrillic, "Latn": unicode.Latin, "Hani": unicode.Han, "Hira": unicode.Hiragana, "Kana": unicode.Katakana,
	"Hang": unicode.Hangul, "Arab": unicode.Arabic, "Hebr": unicode.Hebrew, "Grek": unicode.Greek, "Thai": unicode.Thai,
	"Deva": unicode.Devanagari, "Beng": unicode.Bengali, "Taml": unicode.Tamil, "Telu": unicode.Telugu, "Knda": unicode.Kannada,
	"Mlym": unicode.Malayalam, "Gujr": unicode.Gujarati, "Guru": unicode.Gurmukhi, "Geor": unicode.Georgian, "Laoo": unicode.Lao,
	"Sinh": unicode.Sinhala, "Ethi": unicode.Ethiopic, "Armn": unicode.Armenian, "Khmr": unicode.Khmer, "Mymr": unicode.Myanmar,
}

func newLanguages(f languagesFile) (*languages, error) {
	l := &languages{file: f, codes: set(f.Codes), bases: map[string]bool{}, scripts: map[string][]*unicode.RangeTable{}, words: map[string]map[string]bool{}}
	for _, code := range f.Codes {
		l.bases[base(code)] = true
	}
	for lang, names := range f.Scripts {
		for name := range strings.SplitSeq(names, "|") {
			if tables[name] != nil {
				l.scripts[lang] = append(l.scripts[lang], tables[name])
			}
		}
	}
	for lang, words := range f.FunctionWords {
		l.words[lang] = map[string]bool{}
		for _, w := range words {
			l.words[lang][foldAll(w)] = true
		}
	}
	return l, nil
}

// Languages are the codes that the platform takes, sorted.
func (l *Linter) Languages() []string { return slices.Sorted(slices.Values(l.languages.file.Codes)) }

func (p *pass) language() {
	code := p.t.Language
	if code == "" && !p.t.Typed.Language {
		return
	}
	if !p.languages.codes[code] {
		at := Place{Part: PartLanguage}
		f := p.add(langCode, at, 0, len([]rune(code)))
		if good := p.languages.spelled(code); good != "" {
			f.Fix = &Fix{Edits: []Edit{{at, 0, len([]rune(code)), good}}}
		}
	}
	if !p.languages.bases[p.lang] {
		return
	}
	if is, ok := p.languages.differs(p.body, p.lang); ok {
		p.add(langMismatch, Place{Part: PartBody}, 0, 0, "language", code, "is", is)
	}
}

// spelled is the code that was meant: en-us is en_US, pt is pt_BR when only
// regions are known; "" when none fits.
func (l *languages) spelled(code string) string {
	plain := strings.ReplaceAll(strings.TrimSpace(code), "-", "_")
	for _, c := range l.file.Codes {
		if strings.EqualFold(c, plain) {
			return c
		}
	}
	for _, c := range l.file.Codes {
		if strings.EqualFold(c, base(plain)) || strings.HasPrefix(c, base(plain)+"_") && base(plain) != "" {
			return c
		}
	}
	return ""
}

// differs reports that a text is not in the language it is declared in, and
// which one it looks like ("" when only the script is wrong).
func (l *languages) differs(t *text, lang string) (is string, differs bool) {
	letters, own, kana := 0, 0, 0
	tables, scripted := l.scripts[lang]
	if !scripted {
		tables = []*unicode.RangeTable{unicode.Latin}
	}
	at := 0
	for i, r := range t.fold {
		for at < len(t.links) && t.links[at].end <= i {
			at++
		}
		if !unicode.IsLetter(r) || at < len(t.links) && t.links[at].start <= i {
			continue
		}
		letters++
		if unicode.In(r, tables...) {
			own++
		}
		if unicode.In(r, unicode.Hiragana, unicode.Katakana) {
			kana++
		}
	}
	least := l.file.LatinPercent
	if scripted {
		least = l.file.ScriptPercent
	}
	if letters >= l.file.ScriptLetters && (own*100 < least*letters || lang == "zh" && kana*100 >= least*letters) {
		return "", true
	}
	if scripted {
		return "", false
	}
	return l.reads(t, lang)
}

// reads counts function words: another language must have several, and several
// times those of the declared one.
func (l *languages) reads(t *text, lang string) (string, bool) {
	hits, kinds := map[string]int{}, map[string]map[string]bool{}
	words := 0
	for _, tok := range t.tokens {
		if tok.kind != word {
			continue
		}
		words++
		for other, set := range l.words {
			if set[tok.word] {
				hits[other]++
				if kinds[other] == nil {
					kinds[other] = map[string]bool{}
				}
				kinds[other][tok.word] = true
			}
		}
	}
	if words < l.file.MinWords {
		return "", false
	}
	best, need := "", l.file.MinHits
	if l.words[lang] == nil {
		need = max(2*need, words/4) // nothing to compare with: be very sure
	}
	for other := range l.words {
		if other == lang || len(kinds[other]) < 2 || hits[other] < need || hits[other] < l.file.Times*hits[lang] || related(other, lang) {
			continue
		}
		if best == "" || hits[other] > hits[best] || hits[other] == hits[best] && other < best {
			best = other
		}
	}
	return best, best != ""
}

// related languages share their function words too far to be told apart.
func related(a, b string) bool {
	for _, group := range []string{"id ms", "da nb sv", "hr sr sl", "cs sk", "es ca gl", "nl af", "de lb"} {
		if fs := strings.Fields(group); slices.Contains(fs, a) && slices.Contains(fs, b) {
			return true
		}
	}
	return false
}
