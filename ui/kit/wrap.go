package kit

import (
	"iter"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Clusters walks the grapheme clusters of plain text with their widths in cells.
func Clusters(s string) iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		for len(s) > 0 {
			c, w := cluster(s)
			if !yield(c, w) {
				return
			}
			s = s[len(c):]
		}
	}
}

// cluster returns the first grapheme cluster of s, which is not empty, and its width.
func cluster(s string) (string, int) {
	if s[0] < 0x7f && (len(s) == 1 || s[1] < 0x80) {
		if s[0] < 0x20 {
			return s[:1], 0
		}
		return s[:1], 1
	}
	c, w := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	if c == "" { // cannot be, but a loop on it would never end
		return s[:1], 0
	}
	return c, w
}

// Wrap breaks plain text into lines of at most w cells: at spaces and after
// hyphens, between wide characters, and inside a word only when it is longer
// than a line. Line breaks of the text stay; the space at a break is dropped.
// There is always at least one line. A cluster wider than w shows as "…".
func Wrap(s string, w int) []string {
	if w < 1 {
		return []string{""}
	}
	var out []string
	for line := range strings.SplitSeq(s, "\n") {
		out = wrapLine(out, line, w)
	}
	return out
}

func wrapLine(out []string, s string, w int) []string {
	if len(s) <= w && ascii(s) {
		return append(out, s)
	}
	var (
		b     strings.Builder // the line as far as it goes
		n     int             // its width
		brk   = -1            // byte offset in b after the last place to break
		brkN  int             // width up to there
		prevW int
	)
	for c, cw := range Clusters(s) {
		if cw > w {
			c, cw = "…", 1
		}
		if cw == 2 || prevW == 2 { // a line may break on both sides of a wide character
			brk, brkN = b.Len(), n
		}
		if n+cw > w {
			if c == " " { // the space that does not fit is the break
				out = append(out, b.String())
				b.Reset()
				n, brk, prevW = 0, -1, 0
				continue
			}
			line, rest, restN := b.String(), "", 0
			if brk > 0 {
				line, rest, restN = line[:brk], line[brk:], n-brkN
			}
			out = append(out, strings.TrimRight(line, " "))
			b.Reset()
			b.WriteString(rest)
			n, brk = restN, -1
		}
		b.WriteString(c)
		n += cw
		prevW = cw
		if c == " " || c == "-" {
			brk, brkN = b.Len(), n
		}
	}
	return append(out, b.String())
}
