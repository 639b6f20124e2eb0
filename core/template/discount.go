package template

import (
	"fmt"
	"slices"
	"unicode"
)

// discounts finds promises of less money.
type discounts struct {
	names   *phrases // "percent" written out
	before  *phrases // the same where it stands before its number
	after   *lists   // words for less right behind a percentage
	onAll   *lists   // what a percentage is given on, in marketing
	percent *lists   // words that make a percentage a discount
	next    *lists   // words that make a figure a discount in marketing
	instead *lists   // words before the price that held till now
	was     *lists   // the same, where another price follows
	now     *lists   // words before that one
	from    *lists   // words before the higher price of two
	to      *lists   // and before the lower one
	near    *lists   // words that make a percentage or an amount a discount
	fixed   *lists   // formulas: half price
	words   *lists   // discount, coupon, without a figure
	sales   *lists   // words for a sale
	vague   *lists   // what the seeds recommend instead
	notZhe  []string // 折 before these is no tenth off
	window  int      // tokens between figure and word
	wideHan int      // the same in characters
	first   map[string]string
}

func newDiscounts(f discountFile, deals dealsFile, lim limitsFile) (*discounts, error) {
	d := &discounts{notZhe: f.ZheNotBefore, window: lim.Window.Value, wideHan: lim.WindowHan.Value, first: map[string]string{}}
	for lang, list := range f.Vague {
		d.first[lang] = list[0]
	}
	err := deals.Sets.check()
	if err != nil {
		return nil, err
	}
	if d.names, err = newPhrases(f.PercentNames); err != nil {
		return nil, fmt.Errorf("percent_names: %w", err)
	}
	if d.before, err = newPhrases(deals.PercentBefore); err != nil {
		return nil, fmt.Errorf("percent_before: %w", err)
	}
	for _, l := range []struct {
		name             string
		into             **lists
		by               byLang
		patterns         []string
		except, exceptBy []string
	}{
		{"near", &d.near, f.Near, nil, f.NearExcept, deals.NearExceptPatterns},
		{"fixed", &d.fixed, f.Fixed, deals.Patterns, f.FixedExcept, deals.ExceptPatterns},
		{"after_percent", &d.after, nil, deals.AfterPercent, nil, deals.AfterPercentExcept},
		{"after_percent_marketing", &d.onAll, nil, deals.AfterPercentMarketing, nil, nil},
		{"near_marketing", &d.next, deals.NearMarketing, nil, nil, nil},
		{"percent_near", &d.percent, deals.PercentNear, nil, nil, nil},
		{"instead", &d.instead, deals.Instead, nil, nil, nil}, {"was", &d.was, deals.Was, nil, nil, nil}, {"now", &d.now, deals.Now, nil, nil, nil},
		{"from", &d.from, deals.From, nil, nil, nil}, {"to", &d.to, deals.To, nil, nil, nil},
		{"words", &d.words, f.Words, deals.WordPatterns, f.WordsExcept, nil}, {"sales", &d.sales, f.Sales, nil, f.WordsExcept, nil}, {"vague", &d.vague, f.Vague, nil, nil, nil},
	} {
		if *l.into, err = deals.Sets.lists(l.by, l.patterns, l.except, l.exceptBy); err != nil {
			return nil, fmt.Errorf("%s: %w", l.name, err)
		}
	}
	return d, nil
}

// find lists the stretches of fold that promise less money, in order and apart.
func (d *discounts) find(t *text, lang, category string, amounts []amount) []hit {
	if len(t.tokens) == 0 {
		return nil
	}
	var out []hit
	percentages := d.percentages(t)
	figures := append(percentages[:len(percentages):len(percentages)], spans(t, amounts)...)
	out = append(out, d.besides(t, figures, d.near.find(t, lang))...)
	out = append(out, d.besides(t, percentages, d.percent.find(t, lang))...)
	out = append(out, d.fixed.find(t, lang)...)
	out = append(out, d.insteadOf(t, lang, amounts)...)
	out = append(out, follows(percentages, d.after.find(t, lang))...)
	if category == Marketing {
		out = append(out, follows(percentages, d.onAll.find(t, lang))...)
		out = append(out, d.besides(t, figures, d.next.find(t, lang))...)
	}
	for i, h := range out { // from tokens to runes
		out[i] = hit{t.tokens[h.from].start, t.tokens[h.to-1].end}
	}
	out = append(out, d.zhe(t)...)
	out = append(out, minusPercent(t)...)
	out = append(out, manJian(t)...)
	return disjoint(out)
}

// besides gives the figures that a word stands near, with it.
func (d *discounts) besides(t *text, figures, words []hit) []hit {
	var out []hit
	if len(words) > 0 {
		for _, f := range figures {
			if w, ok := d.beside(t, f, words); ok {
				out = append(out, hit{min(f.from, w.from), max(f.to, w.to)})
			}
		}
	}
	return out
}

// percentages are the tokens of a share in hundred.
func (d *discounts) percentages(t *text) []hit {
	var out []hit
	for i, tok := range t.tokens {
		if (tok.kind == number || tok.kind == hole) && percentBeside(t, tok) {
			out = append(out, hit{i, i + 1})
		}
	}
	d.names.find(t, func(h hit) {
		if h.from > 0 && isFigure(&t.tokens[h.from-1]) {
			out = append(out, hit{h.from - 1, h.to})
		}
	})
	d.before.find(t, func(h hit) {
		if h.to < len(t.tokens) && isFigure(&t.tokens[h.to]) {
			out = append(out, hit{h.from, h.to + 1})
		}
	})
	return out
}

// isFigure: digits, a placeholder, or a number in words.
func isFigure(tok *token) bool { return tok.kind == number || tok.kind == hole || tok.counts }

// spans are the tokens that each amount covers.
func spans(t *text, amounts []amount) []hit {
	var out []hit
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

// follows gives the figures that a word stands right behind, with it.
func follows(figures, words []hit) []hit {
	var out []hit
	for _, f := range figures {
		for _, w := range words {
			if f.to == w.from {
				out = append(out, hit{f.from, w.to})
			}
		}
	}
	return out
}

// Within how many tokens of its price "instead of" and "now" stand, and within
// how many of each other the price till now and the one from now on.
const (
	insteadWithin = 3
	wasWithin     = 1
	nowWithin     = 12
)

// named finds the words for a discount that come without a figure.
func (d *discounts) named(t *text, lang, category string) []hit {
	out := d.words.find(t, lang)
	if category != Utility {
		out = append(out, d.sales.find(t, lang)...)
	}
	if len(out) == 0 {
		return nil
	}
	return without(disjoint(out), d.vague.find(t, lang))
}

// preceded gives the amounts that one of the words stands before, with it.
func preceded(t *text, words, amounts []hit, within int) []hit {
	var out []hit
	for _, a := range amounts {
		for _, w := range words {
			if w.to <= a.from && a.from-w.to <= within && t.tokens[w.from].sentence == t.tokens[a.from].sentence {
				out = append(out, hit{w.from, a.to})
			}
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
