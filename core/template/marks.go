package template

import (
	"slices"
	"unicode"
)

// Style of a stretch of text as WhatsApp shows it.
type Style struct{ Bold, Italic, Strike, Mono bool }

// Run is a stretch of text in one style. Filled tells that a sample stands
// there in place of a variable.
type Run struct {
	Text string
	Style
	Filled bool
}

// pair is a pair of marks and what it encloses, marks included, in runes.
type pair struct{ from, to int }

// markPairs finds the pairs of marks that WhatsApp would act on, outer ones
// before those inside: a mark opens after a space, sign or the line's start
// and before something visible, and closes the other way round, in one line.
func markPairs(rs []rune) []pair {
	var out []pair
	for start := 0; start < len(rs); {
		end := start
		for end < len(rs) && rs[end] != '\n' {
			end++
		}
		out = append(out, linePairs(rs, start, end)...)
		start = end + 1
	}
	slices.SortFunc(out, func(a, b pair) int {
		if a.from != b.from {
			return a.from - b.from
		}
		return b.to - a.to
	})
	return out
}

// linePairs matches marks with a stack of open ones, so that pairs nest and
// never cross.
func linePairs(rs []rune, start, end int) []pair {
	var out []pair
	var open []int
	at := map[rune]int{} // how many of each mark are open
	for i := start; i < end; i++ {
		c := rs[i]
		if c != '*' && c != '_' && c != '~' && c != '`' {
			continue
		}
		if at[c] > 0 && closes(rs, i, end) {
			for len(open) > 0 {
				o := open[len(open)-1]
				open = open[:len(open)-1]
				at[rs[o]]--
				if rs[o] == c {
					if i > o+1 {
						out = append(out, pair{o, i + 1})
					}
					break
				}
			}
		} else if at[c] == 0 && opens(rs, i, start, end) {
			open = append(open, i)
			at[c]++
		}
	}
	return dropInsideMono(rs, out)
}

func opens(rs []rune, i, start, end int) bool {
	return i+1 < end && !unicode.IsSpace(rs[i+1]) && rs[i+1] != rs[i] && (i == start || !inWord(rs[i-1]) || isGlyph(rs[i-1]))
}

func closes(rs []rune, i, end int) bool {
	return !unicode.IsSpace(rs[i-1]) && (i+1 == end || !inWord(rs[i+1]) || isGlyph(rs[i+1]))
}

// dropInsideMono drops pairs within `…`, where marks are plain characters.
func dropInsideMono(rs []rune, ps []pair) []pair {
	var mono []cluster
	for _, p := range ps {
		if rs[p.from] == '`' {
			mono = append(mono, cluster(p))
		}
	}
	if len(mono) == 0 {
		return ps
	}
	slices.SortFunc(mono, func(a, b cluster) int { return a.from - b.from })
	return slices.DeleteFunc(ps, func(p pair) bool { return rs[p.from] != '`' && inCluster(mono, p.from) })
}

// Runs splits a text into runs as the customer's phone shows it: *bold*,
// _italic_, ~strike~, `mono` and ```mono over lines```. The marks that work
// are taken away.
func Runs(s string) []Run { return runs([]rune(valid(s)), nil) }

// runs is Runs with the stretches that samples fill.
func runs(rs []rune, filled []cluster) []Run {
	styles, hidden := make([]Style, len(rs)), make([]bool, len(rs))
	for _, b := range fences(rs) {
		for i := b.from; i < b.to; i++ {
			styles[i].Mono = true
			hidden[i] = i < b.from+3 || i >= b.to-3
		}
	}
	for _, p := range markPairs(rs) {
		if hidden[p.from] || styles[p.from].Mono && rs[p.from] != '`' || inCluster(filled, p.from) {
			continue
		}
		hidden[p.from], hidden[p.to-1] = true, true
		for i := p.from; i < p.to; i++ {
			styles[i].set(rs[p.from])
		}
	}
	return gather(rs, styles, hidden, filled)
}

// gather joins neighbouring runes of one style.
func gather(rs []rune, styles []Style, hidden []bool, filled []cluster) []Run {
	var out []Run
	var text []rune
	var now Run
	flush := func() {
		if len(text) > 0 {
			now.Text = string(text)
			out = append(out, now)
			text = text[:0]
		}
	}
	for i, r := range rs {
		if hidden[i] {
			continue
		}
		if in := inCluster(filled, i); styles[i] != now.Style || in != now.Filled {
			flush()
			now = Run{Style: styles[i], Filled: in}
		}
		text = append(text, r)
	}
	flush()
	return out
}

func (s *Style) set(mark rune) {
	switch mark {
	case '*':
		s.Bold = true
	case '_':
		s.Italic = true
	case '~':
		s.Strike = true
	case '`':
		s.Mono = true
	}
}

// fences are the blocks between ```, fences included.
func fences(rs []rune) []cluster {
	var out []cluster
	open := -1
	for i := 0; i+2 < len(rs); i++ {
		if rs[i] != '`' || rs[i+1] != '`' || rs[i+2] != '`' {
			continue
		}
		if open < 0 {
			open = i
		} else if i > open+3 {
			out = append(out, cluster{open, i + 3})
			open = -1
		}
		i += 2
	}
	return out
}
