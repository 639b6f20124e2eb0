package kit

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Portable rewrites a line for terminals that count cells by character and
// not by grapheme cluster (no mode 2027): a cluster on whose width the two
// ways disagree is shown by its first character, with spaces to its old width.
// The line keeps its width by cluster and has the same width by character, so
// nothing on its right moves.
func Portable(s string) string {
	if simple(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	var state byte
	for len(s) > 0 {
		seq, w, n, next := ansi.GraphemeWidth.DecodeSequenceInString(s, state, nil)
		state = next
		if n == 1 && seq[0] >= 0x20 && len(s) > 1 && s[1] >= 0xc0 { // the decoder does not look behind ASCII
			seq, w = cluster(s)
			n = len(seq)
		}
		switch {
		case n == 0:
			return b.String() + s
		case w == 0 || ansi.WcWidth.StringWidth(seq) == w:
			b.WriteString(s[:n])
		default:
			r, _ := utf8.DecodeRuneInString(seq)
			first := string(r)
			fw := ansi.WcWidth.StringWidth(first)
			if fw == 0 || fw > w || ansi.StringWidth(first) != fw {
				first, fw = "", 0
			}
			b.WriteString(first + Spaces(w-fw))
		}
		s = s[n:]
	}
	return b.String()
}

// simple reports lines on whose width all terminals agree: letters of scripts
// without clusters, punctuation, box drawing, plain ideographs.
func simple(s string) bool {
	for _, r := range s {
		switch {
		case r < 0x300, r >= 0x370 && r < 0x483, r >= 0x48a && r < 0x590,
			r >= 0x2010 && r < 0x2028, r >= 0x2190 && r < 0x21ff && r != 0x21a9 && r != 0x21aa && r != 0x2194,
			r >= 0x2500 && r < 0x25aa, r >= 0x25c0 && r < 0x25f0,
			r >= 0x4e00 && r < 0xa000, r >= 0xac00 && r < 0xd7a4, r == '●', r == '✓', r == '▌':
		default:
			return false
		}
	}
	return true
}
