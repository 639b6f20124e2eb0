package setup

import (
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"bottega/ui/dialog"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// ask is one field of a form: what it is, where it is found, and what is wrong
// with a value.
type ask struct {
	name        string
	label, help string
	in          *kit.Input
	secret      bool // masked until it is asked to be shown
	needed      bool
	// judge says in words what is wrong with what stands in the field, ""
	// nothing; odd when that is only a remark. Nil takes anything.
	judge func(value string) (wrong string, odd bool)
}

// fault is what is wrong with a field, as it stands.
func (a *ask) fault() (wrong string, odd bool) {
	if a.judge == nil {
		return "", false
	}
	return a.judge(a.in.Value())
}

// form is rows of which one is under the cursor: fields, or things to choose.
// It knows what it drew last, for the mouse and the real cursor.
type form struct {
	at   int
	bare bool // the secret under the cursor is shown
	hits []hit
	cur  *tea.Cursor
}

// hit is a line of the box that can be clicked.
type hit struct{ y, index int }

// step moves among n rows, round.
func (f *form) step(by, n int) {
	f.bare = false
	if n > 0 {
		f.at = ((f.at+by)%n + n) % n
	}
}

// clicked moves to the row at line y of the box; false when none is there.
func (f *form) clicked(y int) bool {
	for _, h := range f.hits {
		if h.y == y {
			f.at, f.bare = h.index, false
			return true
		}
	}
	return false
}

// labelCells is how wide the labels of fields may be.
const labelCells = 27

// lines draws the fields, those round the cursor where not all fit, and below
// them how the one under the cursor stands and where it is found; about tells
// of all of them.
func (f *form) lines(env *frame.Env, asks []ask, about string, w, h int) []string {
	f.at = max(0, min(f.at, len(asks)-1))
	var help []string
	if about != "" {
		help = kit.Wrap(about, w)
	}
	help = append(help, kit.Wrap(asks[f.at].help, w)...)
	room := max(1, h-len(help)-2)
	from := max(0, min(f.at-room/2, len(asks)-room))
	var out []string
	for i := from; i < min(len(asks), from+room); i++ {
		f.hits = append(f.hits, hit{len(out) + 1, i})
		out = append(out, f.line(env, &asks[i], i == f.at, len(out)+1, w))
	}
	out = append(out, dialog.Rule(env, w), kit.Fit(verdict(env, &asks[f.at]), w))
	for _, l := range help {
		out = append(out, env.Theme.Muted.Render(l))
	}
	return out
}

// line draws one field; that under the cursor takes the real cursor.
func (f *form) line(env *frame.Env, a *ask, here bool, y, w int) string {
	th := env.Theme
	mark, label := "  ", th.Muted
	if here {
		mark, label = th.Accent.Render("▌ "), th.Strong
	}
	lw := min(labelCells, max(8, w*3/8))
	name := a.label
	if may := name + " " + env.Words.T(text.SetupOptional); !a.needed && kit.Width(may) <= lw {
		name = may // else the verdict below says it
	}
	vw := max(2, w-2-lw-1-2)
	in := a.in
	if a.secret && !(here && f.bare) {
		in = masked(in)
	}
	value := in.Lines(vw, 1, kit.InputStyle{Text: th.Text, Hint: th.Hint})[0]
	if here {
		x, cy := in.Cursor(vw)
		f.cur = tea.NewCursor(2+2+lw+1+x, y+cy)
	}
	sign, ink := a.sign(env)
	return kit.Fit(mark+label.Render(kit.Fit(name, lw))+" "+value+" "+ink.Render(sign), w)
}

// masked is a field with a point for each character.
func masked(in *kit.Input) *kit.Input {
	m := &kit.Input{}
	m.SetValue(strings.Repeat("•", utf8.RuneCountInString(in.Value())))
	m.Seek(in.At())
	return m
}

// sign marks a field as right, odd, wrong, or still empty.
func (a *ask) sign(env *frame.Env) (string, kit.Ink) {
	th := env.Theme
	wrong, odd := a.fault()
	switch {
	case a.in.Empty():
		return " ", th.Faint
	case wrong == "":
		return "✓", th.Good
	case odd:
		return "!", th.Soon
	}
	return "✗", th.Bad
}

// verdict says how a field stands.
func verdict(env *frame.Env, a *ask) string {
	sign, ink := a.sign(env)
	wrong, _ := a.fault()
	switch {
	case sign == " " && a.needed:
		return env.Theme.Faint.Render(env.Words.T(text.SetupNeeded))
	case sign == " ":
		return env.Theme.Faint.Render(env.Words.T(text.SetupMayStay))
	case wrong == "":
		return ink.Render(sign + " " + env.Words.T(text.ConnectLooksRight))
	}
	return ink.Render(sign + " " + wrong)
}
