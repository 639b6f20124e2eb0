package template

import "slices"

// insteadOf finds a price that held till now: instead of €40, was £40 now £25.
func (d *discounts) insteadOf(t *text, lang string, amounts []amount) []hit {
	if len(amounts) == 0 {
		return nil
	}
	all := spans(t, amounts)
	instead := d.instead.find(t, lang)
	out := append(preceded(t, instead, all, insteadWithin), d.lowered(t, lang, all)...)
	out = append(out, followed(t, instead, all)...)
	if len(all) < 2 {
		return out
	}
	now := preceded(t, d.now.find(t, lang), all, insteadWithin)
	for _, w := range preceded(t, d.was.find(t, lang), all, wasWithin) {
		for _, n := range now {
			if w.to <= n.from && n.from-w.to <= nowWithin || n.to <= w.from && w.from-n.to <= nowWithin {
				out = append(out, hit{min(w.from, n.from), max(w.to, n.to)})
			}
		}
	}
	return out
}

// followed finds a price that stands instead of a bare number: 1 euro instead
// of 3.
func followed(t *text, words, amounts []hit) []hit {
	var out []hit
	for _, w := range words {
		for _, a := range amounts {
			near := a.to <= w.from && w.from-a.to <= 1 && w.to < len(t.tokens) && t.tokens[a.from].sentence == t.tokens[w.to].sentence
			if near && isFigure(&t.tokens[w.to]) {
				out = append(out, hit{a.from, w.to + 1})
			}
		}
	}
	return out
}

// lowered finds a price that goes down: from 80 to 55 euros.
func (d *discounts) lowered(t *text, lang string, all []hit) []hit {
	var out []hit
	to := d.to.find(t, lang)
	for _, f := range d.from.find(t, lang) {
		for _, w := range to {
			first := f.to
			if w.from <= first || w.from-first > 2 || w.to >= len(t.tokens) || t.tokens[f.from].sentence != t.tokens[w.to].sentence {
				continue
			}
			priced := slices.ContainsFunc(all, func(a hit) bool { return a.from == w.to })
			if high, low := t.amount(first), t.amount(w.to); priced && low > 0 && high > low {
				out = append(out, hit{f.from, w.to + 1})
			}
		}
	}
	return out
}

// mostDigits of an amount that is compared.
const mostDigits = 9

// amount is the value of the number at token i, without cents, 0 for none.
func (t *text) amount(i int) int {
	tok := &t.tokens[i]
	if tok.kind != number || len(tok.word) > mostDigits {
		return 0
	}
	n := 0
	for _, r := range tok.word {
		n = n*10 + int(r-'0')
	}
	return n
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

// figureEnd is where a number, also in words, or a placeholder at i ends.
func figureEnd(t *text, i int) int {
	if i < len(t.fold) && t.fold[i] == holeRune {
		return i + 1
	}
	if n := digitsEnd(t.fold, i); n > i {
		return n
	}
	for i < len(t.fold) && (isNumeral(t.fold[i]) || slices.Contains([]rune("十百千两兩"), t.fold[i])) {
		i++
	}
	return i
}

func skipRunes(rs []rune, i int, set string) int {
	for i < len(rs) && slices.Contains([]rune(set), rs[i]) {
		i++
	}
	return i
}
