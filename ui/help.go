package ui

import (
	"slices"
	"strings"
	"unicode/utf8"

	"charm.land/bubbles/v2/viewport"
	tea "charm.land/bubbletea/v2"

	"bottega/ui/frame"
	"bottega/ui/keys"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// help shows every key of the screen it was opened on, by group; it scrolls.
type help struct {
	env    *frame.Env
	title  string
	groups []group
	view   viewport.Model
}

type group struct {
	name string
	keys []keys.Binding
}

func (a *App) newHelp() frame.Dialog {
	w := a.env.Words
	screen := w.T(a.front().title)
	h := &help{env: a.env, title: w.T(text.HelpTitle, "Screen", screen), view: viewport.New()}
	here := a.front().pane.Keys()
	h.add(screen, here)
	h.add(screen, heard(a.ownKeys(), here, a.front().pane.Cursor() != nil))
	return h
}

// heard are the app's own bindings with the keys that reach it: not those that
// the pane has, nor, while something is typed, those that are text.
func heard(own, here []keys.Binding, typing bool) []keys.Binding {
	var out []keys.Binding
	for _, b := range own {
		b.Keys = slices.DeleteFunc(slices.Clone(b.Keys), func(k string) bool {
			return typing && utf8.RuneCountInString(k) == 1 ||
				slices.ContainsFunc(here, func(o keys.Binding) bool { return slices.Contains(o.Keys, k) })
		})
		if len(b.Keys) > 0 {
			out = append(out, b)
		}
	}
	return out
}

// add sorts bindings under their headings, in the order the headings first come.
func (h *help) add(screen string, bs []keys.Binding) {
	for _, b := range bs {
		name := screen
		if b.Group != "" {
			name = h.env.Words.T(b.Group)
		}
		i := 0
		for i < len(h.groups) && h.groups[i].name != name {
			i++
		}
		if i == len(h.groups) {
			h.groups = append(h.groups, group{name: name})
		}
		h.groups[i].keys = append(h.groups[i].keys, b)
	}
}

func (h *help) Handle(msg tea.Msg) (bool, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		b, _ := keys.Match(h.Keys(), msg)
		switch b.Do {
		case "help.close":
			return true, nil
		case "help.down":
			h.view.ScrollDown(1)
		case "help.up":
			h.view.ScrollUp(1)
		case "help.pagedown":
			h.view.PageDown()
		case "help.pageup":
			h.view.PageUp()
		}
	case tea.MouseWheelMsg:
		h.view, _ = h.view.Update(msg)
	}
	return false, nil
}

func (h *help) Keys() []keys.Binding {
	return []keys.Binding{
		{Do: "help.down", Keys: []string{"j", "down"}, Help: text.KeyDown},
		{Do: "help.up", Keys: []string{"k", "up"}, Help: text.KeyUp},
		{Do: "help.pagedown", Keys: []string{"pgdown", "space"}, Help: text.KeyPageDown, Quiet: true},
		{Do: "help.pageup", Keys: []string{"pgup"}, Help: text.KeyPageUp, Quiet: true},
		{Do: "help.close", Keys: []string{"esc", "q", "?", "f1", "enter"}, Help: text.KeyClose},
	}
}

func (h *help) Lines(w, hh int) []string {
	w = min(w, 72)
	all := h.content(w - 6)
	page := max(1, min(len(all), hh-2))
	h.view.SetWidth(w - 6)
	h.view.SetHeight(page)
	h.view.SetContentLines(all)
	at, n := 0, 0
	if len(all) > page {
		n = max(1, page*page/len(all))
		at = (page - n) * h.view.YOffset() / (len(all) - page)
	}
	th := h.env.Theme
	bar := kit.Scrollbar(at, n, page, " ", th.Accent.Render("┃"))
	rows := strings.Split(h.view.View(), "\n")
	for i := range rows {
		rows[i] = kit.Fit(rows[i], w-6) + " " + bar[i]
	}
	return kit.Box(h.title, rows, w, th.Border, th.Title)
}

// content is the whole help: headings, and a line for each action with the
// reason when it is off.
func (h *help) content(w int) (out []string) {
	th := h.env.Theme
	col := 0
	for _, g := range h.groups {
		for _, b := range g.keys {
			col = max(col, kit.Width(b.Label()))
		}
	}
	col = min(col, w/2)
	for i, g := range h.groups {
		if i > 0 {
			out = append(out, "")
		}
		out = append(out, th.Title.Render(g.name))
		for _, b := range g.keys {
			lead := th.Key.Render(kit.FitRight(b.Label(), col)) + "  "
			word, ink := h.env.Words.T(b.Help), th.Text
			if b.Off != "" {
				word, ink = word+" · "+h.env.Words.T(b.Off), th.Faint
			}
			for _, l := range kit.Wrap(word, max(1, w-col-2)) { // a reason is read to its end
				out = append(out, lead+ink.Render(l))
				lead = kit.Spaces(col + 2)
			}
		}
	}
	return out
}

func (h *help) Cursor() *tea.Cursor { return nil }
