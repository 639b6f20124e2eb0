package template

import (
	"fmt"
	"slices"
	"unicode"
)

// mark is a sign, code or word of a currency.
type mark struct {
	runes     []rune
	folded    bool // compared without case and accents
	before    bool // may stand before a number
	after     bool
	decimals  bool // only with a grouped or decimal number: R250.00
	digits    int  // only after a number of so many digits: 1500 р.
	noHole    bool // too ambiguous beside a placeholder: "real"
	notBefore [][]rune
}

// marks are found by the rune that touches the number.
type marks struct{ before, after map[rune][]*mark }

func newMarks() *marks { return &marks{map[rune][]*mark{}, map[rune][]*mark{}} }

func (ms *marks) add(m *mark) {
	if n := len(m.runes); m.before {
		ms.before[m.runes[n-1]] = append(ms.before[m.runes[n-1]], m)
	}
	if m.after {
		ms.after[m.runes[0]] = append(ms.after[m.runes[0]], m)
	}
}

// sort puts the longest first: US$ before $.
func (ms *marks) sort() {
	for _, by := range []map[rune][]*mark{ms.before, ms.after} {
		for _, list := range by {
			slices.SortStableFunc(list, func(a, b *mark) int { return len(b.runes) - len(a.runes) })
		}
	}
}

// prices finds amounts of money.
type prices struct {
	all         *marks
	by          map[string]*marks // by language
	multipliers [][]rune
	dashCents   map[string]bool
	words       map[string]*numerals
	whole       *lists            // amounts in one word: a fiver
	cued        map[string]*marks // words that mean money only beside a cue
	cuesBefore  *lists
	cuesAfter   *lists
}

// amount is a number or a placeholder with a currency mark that touches it.
type amount struct {
	start, end int // into fold
	hole       bool
}

func newPrices(f priceFile, words map[string]*numerals) (*prices, error) {
	p := &prices{all: newMarks(), by: map[string]*marks{}, dashCents: map[string]bool{}, words: words}
	for _, l := range f.DashCents {
		p.dashCents[l] = true
	}
	for _, s := range f.Multipliers {
		p.multipliers = append(p.multipliers, newText(s).fold)
	}
	any, prefix, suffix := mark{before: true, after: true}, mark{before: true}, mark{after: true}
	p.addAll(p.all, any, f, f.Symbols, f.Codes)
	p.addAll(p.all, prefix, f, f.Prefix)
	p.addAll(p.all, suffix, f, f.Suffix, f.CodesSuffix)
	any.folded = true
	p.addAll(p.all, any, f, f.CodesAnyCase)
	for s, langs := range f.SuffixLangs {
		for _, l := range langs {
			p.addAll(p.of(l), suffix, f, []string{s})
		}
	}
	suffix.folded = true
	for l, words := range f.Words {
		p.addAll(p.of(l+"+"), suffix, f, words)
	}
	for _, ms := range p.by {
		ms.sort()
	}
	p.all.sort()
	if len(p.all.after) == 0 {
		return nil, fmt.Errorf("no currency")
	}
	return p, p.addSpoken(f)
}

// of is the set for a language, made when missing. "de+" are its words, which
// are read for a text in German only, except that "en+" is read for all.
func (p *prices) of(lang string) *marks {
	if p.by[lang] == nil {
		p.by[lang] = newMarks()
	}
	return p.by[lang]
}

func (p *prices) addAll(ms *marks, like mark, f priceFile, lists ...[]string) {
	for _, list := range lists {
		for _, s := range list {
			m, t := like, newText(s)
			m.runes = t.cased
			if m.folded {
				m.runes = t.fold
			}
			m.decimals = slices.Contains(f.PrefixNeedsDecimals, s)
			m.digits = f.SuffixMinDigits[s]
			m.noHole = m.decimals || m.digits > 0 || slices.Contains(f.NotVariableWords, s)
			for _, n := range f.SuffixNotBefore[s] {
				m.notBefore = append(m.notBefore, []rune(n))
			}
			ms.add(&m)
		}
	}
}

// sets are the marks that count in a language.
func (p *prices) sets(lang string) []*marks {
	sets := []*marks{p.all}
	for _, key := range []string{lang, lang + "+"} {
		if ms := p.by[key]; ms != nil {
			sets = append(sets, ms)
		}
	}
	if ms := p.by[english+"+"]; ms != nil && lang != english {
		sets = append(sets, ms)
	}
	return sets
}

// find lists the amounts of a text in order.
func (p *prices) find(t *text, lang string) []amount {
	sets := p.sets(lang)
	return p.spoken(t, lang, sets, p.figures(t, lang, sets))
}

// figures lists the amounts whose number is in digits or a placeholder.
func (p *prices) figures(t *text, lang string, sets []*marks) []amount {
	var out []amount
	l := 0
	for i := 0; i < len(t.fold); i++ {
		for l < len(t.links) && t.links[l].end <= i {
			l++
		}
		if l < len(t.links) && t.links[l].start <= i {
			i = t.links[l].end - 1
			continue
		}
		hole := t.fold[i] == holeRune
		if !hole && !isDigit(t.fold[i]) {
			continue
		}
		end, grouped := i+1, false
		if !hole {
			end, grouped = numberEnd(t.fold, i)
		}
		taken := 0 // a mark belongs to one number
		if len(out) > 0 {
			taken = out[len(out)-1].end
		}
		if a, ok := p.amountAt(t, sets, amount{i, end, hole}, taken, grouped, lang); ok {
			out = append(out, a)
		}
		i = end - 1
	}
	return out
}

func (p *prices) amountAt(t *text, sets []*marks, a amount, taken int, grouped bool, lang string) (amount, bool) {
	if a.end < len(t.fold) && t.fold[a.end] == '%' {
		return a, false
	}
	for _, ms := range sets { // -1 without a mark, which is below taken
		if start := ms.startBefore(t, a, grouped); start >= taken {
			a.start = start
			return a, true
		}
	}
	if a.start > 0 && inWord(t.fold[a.start-1]) && !isGlyph(t.fold[a.start-1]) {
		return a, false // the number belongs to a word: SO2026
	}
	if p.dashCents[lang] && !a.hole && dashed(t.fold, a.end) {
		a.end += 2
		return a, true
	}
	for _, from := range []int{a.end, p.multiplied(t, a.end)} {
		for _, ms := range sets {
			if end := ms.endAfter(t, from, from-a.start, a.hole); end > 0 {
				a.end = end
				return a, true
			}
		}
	}
	return a, false
}

// dashed reads the cents of "19,-".
func dashed(rs []rune, i int) bool {
	if i+1 >= len(rs) || rs[i] != ',' || rs[i+1] != '-' && rs[i+1] != '–' && rs[i+1] != '—' {
		return false
	}
	return i+2 == len(rs) || !inWord(rs[i+2])
}

// multiplied skips "тыс." or 万 after a number.
func (p *prices) multiplied(t *text, i int) int {
	from := i
	if from < len(t.fold) && t.fold[from] == ' ' {
		from++
	}
	for _, m := range p.multipliers {
		if end := from + len(m); hasRunes(t.fold, from, m) && (isGlyph(m[0]) || end == len(t.fold) || !inWord(t.fold[end])) {
			if end < len(t.fold) && t.fold[end] == '.' {
				end++
			}
			return end
		}
	}
	return i
}

// startBefore is where a mark before the amount starts, -1 without one.
func (ms *marks) startBefore(t *text, a amount, grouped bool) int {
	i := a.start
	for space := false; i > 0; i-- {
		if t.fold[i-1] == ' ' && !space {
			space = true
		} else if !isMarkup(t.fold[i-1]) {
			break
		}
	}
	if i == 0 {
		return -1
	}
	last := t.cased[i-1]
	for _, key := range [2]rune{last, t.fold[i-1]} {
		for _, m := range ms.before[key] {
			start := i - len(m.runes)
			if start < 0 || a.hole && m.noHole || m.decimals && !grouped || !hasRunes(m.in(t), start, m.runes) {
				continue
			}
			if unicode.IsLetter(m.runes[0]) && start > 0 && inWord(t.fold[start-1]) && !isGlyph(t.fold[start-1]) {
				continue
			}
			return start
		}
		if key == t.fold[i-1] {
			break
		}
	}
	return -1
}

func (m *mark) in(t *text) []rune {
	if m.folded {
		return t.fold
	}
	return t.cased
}

// compound reports a word that a hyphen joins to the next: zwei Euro-Paletten.
func compound(fold []rune, i, end int) bool {
	return end+1 < len(fold) && fold[end] == '-' && inWord(fold[i]) && inWord(fold[end+1]) && !isDigit(fold[end+1])
}

// endAfter is where a mark after position i ends, 0 without one.
// The number has so many characters.
func (ms *marks) endAfter(t *text, i, digits int, hole bool) int {
	for space := false; i < len(t.fold); i++ {
		if t.fold[i] == ' ' && !space {
			space = true
		} else if !isMarkup(t.fold[i]) {
			break
		}
	}
	if i >= len(t.fold) {
		return 0
	}
	for _, key := range [2]rune{t.cased[i], t.fold[i]} {
		for _, m := range ms.after[key] {
			end := i + len(m.runes)
			if hole && m.noHole || digits < m.digits || !hasRunes(m.in(t), i, m.runes) || !m.endsAt(t.fold, end) || compound(t.fold, i, end) {
				continue
			}
			return end
		}
		if key == t.fold[i] {
			break
		}
	}
	return 0
}

// endsAt reports that a mark may end there: a word at its end, a sign always
// unless one of the characters follows that make it another word (元旦).
func (m *mark) endsAt(rs []rune, end int) bool {
	if end >= len(rs) {
		return true
	}
	for _, n := range m.notBefore {
		if hasRunes(rs, end, n) {
			return false
		}
	}
	last := m.runes[len(m.runes)-1]
	if !unicode.IsLetter(last) && !unicode.IsMark(last) || isGlyph(last) || unicode.Is(unicode.Hangul, last) {
		return true
	}
	return !inWord(rs[end]) || isGlyph(rs[end])
}

func hasRunes(rs []rune, i int, want []rune) bool {
	return i >= 0 && i+len(want) <= len(rs) && slices.Equal(rs[i:i+len(want)], want)
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

func isMarkup(r rune) bool { return r == '*' || r == '_' || r == '~' || r == '`' }

// numberEnd reads a number with groups and decimals from i: 1.299,00 1 299
// 1'299.50 1,00,000. grouped tells that it had any.
func numberEnd(rs []rune, i int) (end int, grouped bool) {
	end = digitsEnd(rs, i)
	for first := end - i; first <= 3 && end < len(rs); grouped = true {
		sep := rs[end]
		n := digitsEnd(rs, end+1) - end - 1
		if sep != '.' && sep != ',' && sep != '\'' && sep != ' ' || n != 3 && !(n == 2 && sep == ',' && hasRunes(rs, end+3, []rune{','})) {
			break
		}
		end += n + 1
	}
	if end+1 < len(rs) && (rs[end] == '.' || rs[end] == ',') {
		if n := digitsEnd(rs, end+1) - end - 1; n == 1 || n == 2 {
			return end + n + 1, true
		}
	}
	return end, grouped
}

func digitsEnd(rs []rune, i int) int {
	for i < len(rs) && isDigit(rs[i]) {
		i++
	}
	return i
}
