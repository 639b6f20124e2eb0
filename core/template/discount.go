package template

import (
	"fmt"
	"slices"
	"unicode"
)

// discounts finds promises of less money.
type discounts struct {
	names   *phrases // "percent" written out
	near    *lists   // words that make a percentage or an amount a discount
	fixed   *lists   // formulas: half price
	words   *lists   // discount, coupon, without a figure
	vague   *lists   // what the seeds recommend instead
	notZhe  []string // 折 before these is no tenth off
	window  int      // tokens between figure and word
	wideHan int      // the same in characters
	first   map[string]string
}

func newDiscounts(f discountFile, lim limitsFile) (*discounts, error) {
	d := &discounts{notZhe: f.ZheNotBefore, window: lim.Window.Value, wideHan: lim.WindowHan.Value, first: map[string]string{}}
	for lang, list := range f.Vague {
		d.first[lang] = list[0]
	}
	var err error
	if d.names, err = newPhrases(f.PercentNames); err != nil {
		return nil, fmt.Errorf("percent_names: %w", err)
	}
	for _, l := range []struct {
		name   string
		into   **lists
		by     byLang
		except []string
	}{
		{"near", &d.near, f.Near, f.NearExcept}, {"fixed", &d.fixed, f.Fixed, f.FixedExcept},
		{"words", &d.words, f.Words, f.WordsExcept}, {"vague", &d.vague, f.Vague, nil},
	} {
		if *l.into, err = newLists(l.by, l.except); err != nil {
			return nil, fmt.Errorf("%s: %w", l.name, err)
		}
	}
	return d, nil
}

// find lists the stretches of fold that promise less money, in order and apart.
func (d *discounts) find(t *text, lang string, amounts []amount) []hit {
	if len(t.tokens) == 0 {
		return nil
	}
	var out []hit
	near := d.near.find(t, lang)
	if len(near) > 0 {
		for _, f := range d.figures(t, amounts) {
			if w, ok := d.beside(t, f, near); ok {
				out = append(out, hit{min(f.from, w.from), max(f.to, w.to)})
			}
		}
	}
	out = append(out, d.fixed.find(t, lang)...)
	for i, h := range out { // from tokens to runes
		out[i] = hit{t.tokens[h.from].start, t.tokens[h.to-1].end}
	}
	out = append(out, d.zhe(t)...)
	out = append(out, minusPercent(t)...)
	out = append(out, manJian(t)...)
	return disjoint(out)
}

// figures are the tokens of percentages and amounts.
func (d *discounts) figures(t *text, amounts []amount) []hit {
	var out []hit
	for i, tok := range t.tokens {
		if (tok.kind == number || tok.kind == hole) && percentBeside(t, tok) {
			out = append(out, hit{i, i + 1})
		}
	}
	d.names.find(t, func(h hit) {
		if h.from > 0 && (t.tokens[h.from-1].kind == number || t.tokens[h.from-1].kind == hole) {
			out = append(out, hit{h.from - 1, h.to})
		}
	})
	at := 0
	for _, a := range amounts {
		for at < len(t.tokens) && t.tokens[at].end <= a.start {
			at++
		}
		end := at
		for end < len(t.tokens) && t.tokens[end].start < a.end {
			end++
		}
		if end > at {
			out = append(out, hit{at, end})
		}
	}
	return out
}

// percentBeside: 20%, 20 %, *20*%, and %20 as Turkish writes it.
func percentBeside(t *text, tok token) bool {
	i := tok.end
	for space := false; i < len(t.fold); i++ {
		if t.fold[i] == ' ' && !space {
			space = true
		} else if !isMarkup(t.fold[i]) {
			break
		}
	}
	if i < len(t.fold) && (t.fold[i] == '%' || t.fold[i] == '٪') {
		return true
	}
	return tok.start > 0 && t.fold[tok.start-1] == '%' && (tok.start == 1 || !isDigit(t.fold[tok.start-2]))
}

// beside finds the nearest word that stands within the window of a figure, in
// the same sentence.
func (d *discounts) beside(t *text, f hit, words []hit) (hit, bool) {
	i, _ := slices.BinarySearchFunc(words, f.from, func(w hit, at int) int { return w.from - at })
	for j := max(0, i-4); j < len(words) && j < i+4; j++ {
		w := words[j]
		if t.tokens[w.from].sentence != t.tokens[f.from].sentence {
			continue
		}
		away := w.from - f.to + 1
		if w.from < f.from {
			away = f.from - w.to + 1
		}
		wide := d.window
		if t.tokens[w.from].kind == glyph {
			wide = d.wideHan
		}
		if away <= wide {
			return w, true
		}
	}
	return hit{}, false
}

// zhe finds 8折, 打八五折, {{2}}折: so many tenths of the price.
func (d *discounts) zhe(t *text) []hit {
	var out []hit
	for i, r := range t.fold {
		if r != '折' || i == 0 || d.otherZhe(t, i+1) {
			continue
		}
		start := i
		if t.fold[start-1] == ' ' && start > 1 {
			start--
		}
		from := start
		for from > 0 && (isDigit(t.fold[from-1]) || t.fold[from-1] == '.' && from < start || isNumeral(t.fold[from-1])) {
			from--
		}
		if from == start && t.fold[from-1] == holeRune {
			from--
		}
		if from < start && start-from <= 4 {
			out = append(out, hit{from, i + 1})
		}
	}
	return out
}

func (d *discounts) otherZhe(t *text, i int) bool {
	return slices.ContainsFunc(d.notZhe, func(s string) bool { return t.has(i, s) })
}

func isNumeral(r rune) bool {
	switch r {
	case '一', '二', '三', '四', '五', '六', '七', '八', '九':
		return true
	}
	return false
}

// minusPercent finds a bare -20 % that is no range.
func minusPercent(t *text) []hit {
	var out []hit
	for i, r := range t.fold {
		if r != '-' && r != '–' && r != '−' || i > 0 && !unicode.IsSpace(t.fold[i-1]) && t.fold[i-1] != '(' && !isMarkup(t.fold[i-1]) {
			continue
		}
		if before := lastSolid(t.fold, i); before >= 0 && (isDigit(t.fold[before]) || t.fold[before] == '%') {
			continue
		}
		j := skipSpace(t.fold, i+1)
		n := digitsEnd(t.fold, j)
		if k := skipSpace(t.fold, n); n > j && n-j <= 2 && k < len(t.fold) && t.fold[k] == '%' {
			out = append(out, hit{i, k + 1})
		}
	}
	return out
}

// lastSolid is the last rune before i that is no space, -1 without one.
func lastSolid(rs []rune, i int) int {
	for i--; i >= 0 && rs[i] == ' '; i-- {
	}
	return i
}

func skipSpace(rs []rune, i int) int {
	if i < len(rs) && rs[i] == ' ' {
		i++
	}
	return i
}

// manJian finds 满200减30: so much less from so much on.
func manJian(t *text) []hit {
	var out []hit
	for i, r := range t.fold {
		if r != '满' && r != '滿' {
			continue
		}
		j := skipSpace(t.fold, i+1)
		n := figureEnd(t, j)
		if n == j {
			continue
		}
		n = skipRunes(t.fold, skipSpace(t.fold, n), "元块塊圆圓")
		n = skipRunes(t.fold, skipRunes(t.fold, n, "，,即可"), "立直")
		if n >= len(t.fold) || t.fold[n] != '减' && t.fold[n] != '減' {
			continue
		}
		k := skipSpace(t.fold, n+1)
		if end := figureEnd(t, k); end > k {
			out = append(out, hit{i, end})
		}
	}
	return out
}

// figureEnd is where a number or placeholder at i ends.
func figureEnd(t *text, i int) int {
	if i < len(t.fold) && t.fold[i] == holeRune {
		return i + 1
	}
	return digitsEnd(t.fold, i)
}

func skipRunes(rs []rune, i int, set string) int {
	for i < len(rs) && slices.Contains([]rune(set), rs[i]) {
		i++
	}
	return i
}
