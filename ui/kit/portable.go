package kit

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Portable rewrites a line for terminals that count cells by character and
// not by grapheme cluster (no mode 2027). Of an emoji on whose width the two
// ways disagree only the first character is shown, since such terminals differ
// among themselves on joined and coloured ones. A cluster of letters that is
// wider there takes its extra cells from the padding behind it; one without
// padding before the next border is cut down to what fits. So the line has by
// character the width it had by cluster, and borders stay where they are. x is
// a column by cluster, of the cursor; its place in the new line comes back.
func Portable(s string, x int) (line string, at int) {
	if simple(s) {
		return s, x
	}
	ts := tokens(s)
	for i := range ts {
		switch d := ts[i].wc - ts[i].g; {
		case d != 0 && ts[i].emoji():
			ts[i].first()
		case d > 0 && !takePadding(ts[i+1:], d):
			ts[i].shrink()
		}
	}
	var b strings.Builder
	b.Grow(len(s))
	g, wc := 0, 0
	at = x
	for _, t := range ts {
		if t.g > 0 && g == x {
			at = wc
		}
		g += t.g
		if t.gone {
			continue
		}
		b.WriteString(t.s)
		b.WriteString(Spaces(t.g - t.wc))
		wc += max(t.g, t.wc)
	}
	if g == x {
		at = wc
	}
	return b.String(), at
}

// token is a cluster or an escape sequence with its two widths.
type token struct {
	s     string
	g, wc int // cells by cluster and by character
	gone  bool
}

// emoji reports clusters with a joiner, an emoji selector, a skin tone or a pictograph.
func (t *token) emoji() bool {
	for _, r := range t.s {
		if r == zwj || r == 0xfe0f || r == 0x20e3 || r >= 0x1f000 && r < 0x20000 {
			return true
		}
	}
	return false
}

// first keeps the first character of an emoji when its width is beyond doubt.
func (t *token) first() {
	r, _ := utf8.DecodeRuneInString(t.s)
	t.s, t.wc = string(r), ansi.WcWidth.StringWidth(string(r))
	if t.wc == 0 || t.wc > t.g || ansi.StringWidth(t.s) != t.wc {
		t.s, t.wc = "", 0
	}
}

// shrink keeps of a cluster as many characters as its width by cluster holds.
func (t *token) shrink() {
	kept, wc := "", 0
	for _, r := range t.s {
		w := ansi.WcWidth.StringWidth(string(r))
		if wc+w > t.g {
			break
		}
		kept, wc = kept+string(r), wc+w
	}
	t.s, t.wc = strings.TrimRight(kept, "\u200d"), wc
}

func (t *token) border() bool {
	r, _ := utf8.DecodeRuneInString(t.s)
	return r >= 0x2500 && r < 0x25a0
}

// takePadding removes d spaces from runs of at least two, before the next
// border; it changes nothing when there are not enough.
func takePadding(ts []token, d int) bool {
	var take []int
	run := 0 // spaces of this run so far
	for i := range ts {
		t := &ts[i]
		switch {
		case t.g == 0 && t.wc == 0, t.gone:
		case t.s == " ":
			if run++; run > 1 && len(take) < d {
				take = append(take, i)
			}
		case t.border():
			return false
		default:
			run = 0
		}
		if len(take) == d {
			for _, j := range take {
				ts[j].gone = true
			}
			return true
		}
	}
	return false
}

func tokens(s string) []token {
	var out []token
	var state byte
	for len(s) > 0 {
		seq, w, n, next := ansi.GraphemeWidth.DecodeSequenceInString(s, state, nil)
		if n == 0 {
			return append(out, token{s: s})
		}
		state = next
		if n == 1 && seq[0] >= 0x20 && len(s) > 1 && s[1] >= 0xc0 { // the decoder does not look behind ASCII
			seq, w = cluster(s)
			n = len(seq)
		}
		t := token{s: s[:n], g: w}
		if w > 0 || s[0] >= 0x80 {
			t.wc = ansi.WcWidth.StringWidth(t.s)
		}
		out = append(out, t)
		s = s[n:]
	}
	return out
}

// simple reports lines on whose width all terminals agree: letters of scripts
// without clusters, punctuation, box drawing, plain ideographs.
func simple(s string) bool {
	for _, r := range s {
		switch {
		case r < 0x300, r >= 0x370 && r < 0x483, r >= 0x48a && r < 0x590,
			r >= 0x2010 && r < 0x2028, r >= 0x2190 && r < 0x21ff && r != 0x21a9 && r != 0x21aa && r != 0x2194,
			r >= 0x2500 && r < 0x25aa, r >= 0x25c0 && r < 0x25f0,
			r >= 0x4e00 && r < 0xa000, r >= 0xac00 && r < 0xd7a4, r == '✓', r == '›':
		default:
			return false
		}
	}
	return true
}
