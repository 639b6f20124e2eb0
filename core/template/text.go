package template

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// kind of a token.
type kind uint8

const (
	word   kind = iota
	number      // digits only
	glyph       // one character of a script written without spaces
	hole        // a placeholder
	link        // a web or mail address
)

// token is a piece of a text that phrases are compared with.
type token struct {
	start, end int // into text.fold
	kind       kind
	counts     bool // a number written out
	sentence   int
	clause     int // ends at commas too
	word       string
}

// text is one part of a template, read once for all rules. cased and fold run
// side by side: compatibility forms resolved, digits of every script as ASCII,
// Latin and Greek without accents; fold also without case. Each of their runes
// knows the runes of the original that it stands for.
type text struct {
	src    []rune
	cased  []rune
	fold   []rune
	from   []int32
	to     []int32
	tokens []token
	vars   []Var
	links  []address
}

// holeRune stands for a whole placeholder.
const holeRune = '\uFFFC'

// newText reads s, which must be valid UTF-8 with {{…}} placeholders only.
func newText(s string) *text {
	t := &text{src: []rune(s), vars: Vars(s)}
	t.grow(len(t.src))
	at := 0
	for _, v := range t.vars {
		t.add(at, v.Start)
		t.put(holeRune, holeRune, v.Start, v.End)
		at = v.End
	}
	t.add(at, len(t.src))
	t.links = addresses(t)
	t.tokenize()
	return t
}

func (t *text) grow(n int) {
	t.cased, t.fold = make([]rune, 0, n), make([]rune, 0, n)
	t.from, t.to = make([]int32, 0, n), make([]int32, 0, n)
}

func (t *text) put(cased, fold rune, from, to int) {
	t.cased, t.fold = append(t.cased, cased), append(t.fold, fold)
	t.from, t.to = append(t.from, int32(from)), append(t.to, int32(to))
}

// span maps a stretch of fold back to the original.
func (t *text) span(start, end int) (int, int) {
	if start >= end || end > len(t.to) {
		return 0, 0
	}
	return int(t.from[start]), int(t.to[end-1])
}

// add folds src[start:end]: plain characters at once, the others through
// Unicode's composition, a base with its marks at a time.
func (t *text) add(start, end int) {
	for i := start; i < end; {
		r := t.src[i]
		if next := i + 1; r < 0x80 && !invisible(r) && (next >= end || t.src[next] < 0x300) {
			t.put(r, lower(r), i, next)
			i = next
			continue
		}
		j := i + 1
		for j < end && j < i+32 && norm.NFC.PropertiesString(string(t.src[j])).CCC() != 0 {
			j++
		}
		t.addCluster(i, j)
		i = j
	}
}

func (t *text) addCluster(start, end int) {
	for _, r := range norm.NFKC.String(string(t.src[start:end])) {
		if invisible(r) || r == '\u200C' || r == '\u200D' || r == '\uFE0F' {
			continue
		}
		if r == holeRune {
			r = ' '
		}
		if d := digit(r); d >= 0 {
			t.put('0'+d, '0'+d, start, end)
			continue
		}
		t.addRune(r, start, end)
	}
}

// addRune folds one composed rune.
func (t *text) addRune(r rune, start, end int) {
	switch r {
	case '’', '‘', 'ʼ', '´', '`':
		if r != '`' {
			r = '\''
		}
	case '×':
		r = 'x'
	case 'ё':
		r = 'е'
	case 'Ё':
		r = 'Е'
	case 'ł':
		r = 'l'
	case 'Ł':
		r = 'L'
	case 'ß':
		t.put('s', 's', start, end)
		r = 's'
	}
	if r > 0x7F && (unicode.Is(unicode.Latin, r) || unicode.Is(unicode.Greek, r)) {
		for _, d := range norm.NFD.String(string(r)) {
			if !unicode.Is(unicode.Mn, d) {
				t.put(d, lower(d), start, end)
			}
		}
		return
	}
	if unicode.Is(unicode.Mn, r) && r < 0x370 {
		return // a mark that nothing carries
	}
	t.put(r, lower(r), start, end)
}

func lower(r rune) rune {
	if r < 0x80 {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}
	switch r {
	case 'ı', 'İ':
		return 'i'
	case 'ς':
		return 'σ'
	}
	return unicode.ToLower(r)
}

// digit is the value of a decimal digit of any script, -1 for other runes.
func digit(r rune) rune {
	if r < 0x80 || !unicode.Is(unicode.Nd, r) {
		return -1
	}
	zero := r
	for unicode.Is(unicode.Nd, zero-1) && r-zero < 9 {
		zero--
	}
	return (r - zero) % 10
}

// spaceless are scripts whose every character counts as a word.
var spaceless = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

func isGlyph(r rune) bool {
	return r >= 0xE00 && unicode.In(r, spaceless...) && (unicode.IsLetter(r) || r == '々')
}

// inWord reports letters, digits and the marks that belong to a letter.
func inWord(r rune) bool {
	if r < 0x80 {
		return '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// tokenize splits fold into tokens and numbers sentences and clauses.
func (t *text) tokenize() {
	whole := string(t.fold)
	bytes := make([]int32, len(t.fold)+1)
	n := 0
	for i, r := range t.fold {
		bytes[i] = int32(n)
		n += len(string(r))
	}
	bytes[len(t.fold)] = int32(n)
	sentence, clause, l := 0, 0, 0
	t.tokens = make([]token, 0, len(t.fold)/4+1)
	for i := 0; i < len(t.fold); {
		start, k := i, word
		switch r := t.fold[i]; {
		case l < len(t.links) && i == t.links[l].start:
			i, k, l = t.links[l].end, link, l+1
		case r == holeRune:
			i, k = i+1, hole
		case isGlyph(r):
			for i++; i < len(t.fold) && unicode.IsMark(t.fold[i]); i++ {
			}
			k = glyph
		case inWord(r):
			i = t.wordEnd(i)
			if digitsOnly(whole[bytes[start]:bytes[i]]) {
				k = number
			}
		default:
			if t.endsSentence(i) {
				sentence, clause = sentence+1, clause+1
			} else if r == ',' || r == '，' || r == '、' || r == ':' {
				clause++
			}
			i++
			continue
		}
		t.tokens = append(t.tokens, token{start, i, k, false, sentence, clause, whole[bytes[start]:bytes[i]]})
	}
}

// wordEnd is where the word that starts at i ends. A plus between digits
// belongs to it: 1+1 is no row of numbers.
func (t *text) wordEnd(i int) int {
	for ; i < len(t.fold); i++ {
		if r := t.fold[i]; r == '+' && i > 0 && isDigit(t.fold[i-1]) && i+1 < len(t.fold) && isDigit(t.fold[i+1]) {
			continue
		} else if !inWord(r) || isGlyph(r) {
			break
		}
	}
	return i
}

// endsSentence: . ! ? before white space or the end, and in any case ; a new
// line and the full stops of Chinese and Japanese, which fold has made narrow.
func (t *text) endsSentence(i int) bool {
	switch t.fold[i] {
	case ';', '\n', '\r', '。', '।', '؟', '…':
		return true
	case '.', '!', '?':
		if t.dates(i) {
			return false
		}
		wide := t.src[t.from[i]]
		return i+1 == len(t.fold) || unicode.IsSpace(t.fold[i+1]) || wide == '！' || wide == '？' || wide == '．'
	}
	return false
}

// monthsInGerman begin as these do, folded: the full stop of an ordinal, as in
// 3. Mai, ends no sentence.
var monthsInGerman = []string{"jan", "feb", "mar", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "dez"}

// dates reports a full stop between a day and its month.
func (t *text) dates(i int) bool {
	if t.fold[i] != '.' || i == 0 || !isDigit(t.fold[i-1]) || i+4 >= len(t.fold) || t.fold[i+1] != ' ' {
		return false
	}
	return slices.Contains(monthsInGerman, string(t.fold[i+2:i+5]))
}

// words counts the static words of a text: runs of letters and digits, and
// each character of a script without spaces.
func (t *text) words() int {
	n := 0
	for i := 0; i < len(t.src); {
		if v, in := t.varAt(i); in {
			i = v.End
			continue
		}
		r := t.src[i]
		switch {
		case isGlyph(r):
			n++
			i++
		case inWord(r) && !unicode.IsMark(r):
			n++
			for i++; i < len(t.src) && inWord(t.src[i]) && !isGlyph(t.src[i]); i++ {
			}
		default:
			i++
		}
	}
	return n
}

// varAt finds the placeholder that starts at rune i, if one does.
func (t *text) varAt(i int) (Var, bool) {
	if t.src[i] != '{' {
		return Var{}, false
	}
	lo, hi := 0, len(t.vars)
	for lo < hi {
		if m := (lo + hi) / 2; t.vars[m].Start < i {
			lo = m + 1
		} else {
			hi = m
		}
	}
	if lo < len(t.vars) && t.vars[lo].Start == i {
		return t.vars[lo], true
	}
	return Var{}, false
}

// invisible are characters that nobody sees and that break words apart, control
// characters among them.
func invisible(r rune) bool {
	return unicode.IsControl(r) && !unicode.IsSpace(r) || r == 0x200B || r == 0x2060 || r == 0xFEFF || r == 0xAD || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}

func onlySpace(s string) bool { return strings.TrimSpace(s) == "" }
