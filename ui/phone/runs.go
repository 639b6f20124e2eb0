package phone

import (
	"strings"

	"bottega/core/template"
	"bottega/ui/kit"
)

// paint wraps runs to lines of at most w cells, each piece in its style.
func (l Look) paint(rs []template.Run, w int) []string {
	var b strings.Builder
	var ends []int // byte offset behind each run
	for _, r := range rs {
		b.WriteString(kit.Clean(l.marked(r)))
		ends = append(ends, b.Len())
	}
	all := b.String()
	if all == "" {
		return nil
	}
	var out []string
	at, run := 0, 0
	for _, line := range kit.Wrap(all, w) {
		var s, piece strings.Builder
		flush := func() {
			s.WriteString(l.ink(rs[run]).Render(piece.String()))
			piece.Reset()
		}
		for c := range kit.Clusters(line) {
			at = find(all, at, c)
			for run < len(ends)-1 && at >= ends[run] {
				flush()
				run++
			}
			piece.WriteString(c)
			at = min(len(all), at+len(c))
		}
		flush()
		out = append(out, s.String())
	}
	return out
}

// find is where a cluster of a wrapped line stands in the text it was made
// of: at once, or behind the blanks that were dropped at the break.
func find(all string, at int, c string) int {
	for i := at; i < len(all); i++ {
		if strings.HasPrefix(all[i:], c) {
			return i
		}
		if all[i] != ' ' && all[i] != '\n' {
			break
		}
	}
	return at
}

// ink is the colour and the attributes of a run. What a sample fills in is in
// the accent's colour, so that one sees what will be another's name.
func (l Look) ink(r template.Run) kit.Ink {
	ink := l.Text
	switch {
	case r.Filled:
		ink = l.Accent
	case r.Mono:
		ink = l.Info
	}
	if r.Bold {
		ink = ink.With(l.Bold)
	}
	if r.Italic {
		ink = ink.With(l.Italic)
	}
	if r.Strike {
		ink = ink.With(l.Strike)
	}
	return ink
}

// marked gives a run its marks back on a terminal that shows no attributes.
func (l Look) marked(r template.Run) string {
	if l.Bold != (kit.Ink{}) || strings.TrimSpace(r.Text) == "" {
		return r.Text
	}
	s := r.Text
	for _, m := range []struct {
		on   bool
		mark string
	}{{r.Mono, "`"}, {r.Strike, "~"}, {r.Italic, "_"}, {r.Bold, "*"}} {
		if m.on {
			s = m.mark + s + m.mark
		}
	}
	return s
}
