package ui

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"bottega/ui/frame"
	"bottega/ui/keys"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// How long a toast stands: good news, and bad news that take longer to read.
const (
	toastFor = 4 * time.Second
	alarmFor = 8 * time.Second
)

// toast is the one on the screen; n tells it from those before.
type toast struct {
	frame.Toast
	n int
}

type toastGone struct{ n int }

func (a *App) showToast(t frame.Toast) tea.Cmd {
	if t.For == 0 {
		t.For = toastFor
		if t.Bad || t.Refused {
			t.For = alarmFor
		}
	}
	now, speed := a.env.Now(), a.deps.Speed
	if speed <= 0 {
		speed = 1
	}
	if t.Until.IsZero() {
		t.Until = now.Add(time.Duration(float64(t.For) * speed))
	} else {
		t.For = max(0, time.Duration(float64(t.Until.Sub(now))/speed))
	}
	a.toast = toast{t, a.toast.n + 1}
	gone := toastGone{a.toast.n}
	return tea.Tick(t.For, func(time.Time) tea.Msg { return gone })
}

// overdue ends a toast whose time is over although nothing has told so: timers
// stand still while a computer sleeps.
func (a *App) overdue() {
	if a.toast.Text != "" && !a.env.Now().Before(a.toast.Until) {
		a.toast = toast{n: a.toast.n}
	}
}

func (a *App) endToast(g toastGone) {
	if g.n == a.toast.n {
		a.toast = toast{n: g.n}
		return
	}
	a.dirty = a.was
}

// undo runs what the toast offers, once.
func (a *App) undo() tea.Cmd {
	a.overdue()
	fn := a.toast.Undo
	if fn == nil {
		return nil
	}
	a.toast = toast{n: a.toast.n}
	done := a.env.Words.T(text.Undone)
	return func() tea.Msg {
		if err := fn(a.env.Ctx); err != nil {
			return frame.Failed{Err: err}
		}
		return frame.Toast{Text: done}
	}
}

// outdated ends a toast about a conversation when another is shown.
func (a *App) outdated() {
	if a.toast.About == 0 {
		return
	}
	if s, ok := a.front().pane.(frame.Shower); ok {
		if now := s.Showing(); now != 0 && now != a.toast.About {
			a.toast = toast{n: a.toast.n}
		}
	}
}

// toastParts are the sign, the words and the undo key of the toast.
func (a *App) toastParts() (ink kit.Ink, msg, tail string) {
	t, th := a.toast, a.env.Theme
	sign := "✓ "
	switch ink = th.Toast; {
	case t.Bad:
		sign, ink = "✗ ", th.Alarm
	case t.Refused:
		sign, ink = "! ", th.Soon
	}
	if t.Undo != nil {
		key := "u"
		if a.front().pane.Cursor() != nil {
			key = "alt+u"
		}
		tail = "  " + th.Key.Render(keys.Show(key)) + " " + th.Help.Render(a.env.Words.T(text.KeyUndo))
	}
	return ink, sign + kit.CleanLine(t.Text), tail
}

// toastLine is the toast as the footer shows it beside the keys, "" when it
// does not fit in w cells: then it stands above the footer.
func (a *App) toastLine(w int) string {
	if a.toast.Text == "" {
		return ""
	}
	ink, msg, tail := a.toastParts()
	if kit.Width(msg)+kit.Width(tail)+1 > w {
		return ""
	}
	return ink.Render(msg) + tail + " "
}

// toastAbove are the lines of a toast that is too long for the footer: what to
// do next stands at its end, so it is not cut.
func (a *App) toastAbove() []string {
	if a.toast.Text == "" || a.toastLine(beside(a.w)) != "" {
		return nil
	}
	ink, msg, tail := a.toastParts()
	ls := kit.Wrap(msg, a.w-2)
	if n := len(ls) - 1; kit.Width(ls[n])+kit.Width(tail) > a.w-2 {
		ls = append(ls, "")
	}
	if most := max(2, a.h/6); len(ls) > most {
		ls[most-1] = kit.Fit(ls[most-1]+" "+strings.Join(ls[most:], " "), a.w-2-kit.Width(tail))
		ls = ls[:most]
	}
	for i, l := range ls {
		l = ink.Render(l)
		if i == len(ls)-1 {
			l += tail
		}
		ls[i] = kit.Fit(" "+l, a.w)
	}
	return ls
}

// beside is the room of a toast in a footer of w cells.
func beside(w int) int { return w * 2 / 3 }

// footerLine shows the keys that work here and now, as many as fit beside the
// toast; help is always among them.
func (a *App) footerLine(w int) string {
	toast := a.toastLine(beside(w))
	room := w - kit.Width(toast) - 1
	if toast == "" {
		room = w
	}
	th := a.env.Theme
	help := keyHint(th.Key, th.Help, "?", a.env.Words.T(text.KeyHelp))
	line, n := " ", 1
	for _, b := range a.footerKeys() {
		h := keyHint(th.Key, th.Help, b.Hint(), a.env.Words.T(b.Help))
		hw := kit.Width(h) + 2
		if n+hw+kit.Width(help) > room {
			continue // a shorter one may fit
		}
		line += h + "  "
		n += hw
	}
	if len(a.dialogs) == 0 && n+kit.Width(help) <= room && a.front().pane.Cursor() == nil {
		line += help
	}
	if toast == "" {
		return kit.Fit(line, w)
	}
	return kit.Ends(line, toast, w)
}

func keyHint(key, help kit.Ink, k, word string) string {
	return key.Render(k) + " " + help.Render(word)
}

// footerKeys are the bindings of whoever has the focus, then the app's own.
// While an input has the focus the app's letters are text, so those stay out.
func (a *App) footerKeys() []keys.Binding {
	if n := len(a.dialogs); n > 0 {
		return shownIn(nil, a.dialogs[n-1].Keys(), false)
	}
	p := a.front().pane
	here := p.Keys()
	taken := func(b keys.Binding) bool { // by the pane, which comes first
		return slices.ContainsFunc(here, func(o keys.Binding) bool { return slices.Contains(o.Keys, b.Keys[0]) })
	}
	return shownIn(shownIn(nil, here, false), slices.DeleteFunc(a.ownKeys(), taken), p.Cursor() != nil)
}

func shownIn(out, bs []keys.Binding, typing bool) []keys.Binding {
	for _, b := range bs {
		switch {
		case b.Quiet, b.Off != "", len(b.Keys) == 0, b.Do == "app.help":
		case typing && utf8.RuneCountInString(b.Keys[0]) == 1:
		case slices.ContainsFunc(out, func(o keys.Binding) bool { return slices.Contains(o.Keys, b.Keys[0]) }): // who has the focus has the key
		default:
			out = append(out, b)
		}
	}
	return out
}
