package ui

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// tab is one of the six screens.
type tab struct {
	name  string
	title text.K
	pane  frame.Pane
}

// tabsOf puts the panes in their order; an absent one gets its "not yet" page.
func tabsOf(env *frame.Env, panes map[string]frame.Pane) []tab {
	tabs := []tab{
		{"inbox", text.TabInbox, nil}, {"contacts", text.TabContacts, nil}, {"templates", text.TabTemplates, nil},
		{"campaigns", text.TabCampaigns, nil}, {"summary", text.TabSummary, nil}, {"settings", text.TabSettings, nil},
	}
	for i, t := range tabs {
		if p := panes[t.name]; p != nil {
			tabs[i].pane = p
			continue
		}
		tabs[i].pane = &notYet{env: env, page: pages[t.name], title: t.title}
	}
	return tabs
}

// shortNames are for terminals on which the full names of all tabs do not fit.
var shortNames = map[string]text.K{
	"contacts": text.TabShortContacts, "templates": text.TabShortTemplates, "campaigns": text.TabShortCampaigns,
	"summary": text.TabShortSummary, "settings": text.TabShortSettings,
}

func (a *App) front() tab { return a.tabs[a.at] }

// show brings a tab to the front and hands it a message.
func (a *App) show(name string, msg tea.Msg) tea.Cmd {
	for i, t := range a.tabs {
		if t.name != name {
			continue
		}
		cmd := a.turn(i)
		if msg == nil {
			return cmd
		}
		_, more := t.pane.Handle(msg)
		return tea.Batch(cmd, kit.Send(name, more))
	}
	return nil
}

// turn changes the tab in front; both panes hear of it.
func (a *App) turn(i int) tea.Cmd {
	i = (i + len(a.tabs)) % len(a.tabs)
	if i == a.at {
		return nil
	}
	old := a.front()
	_, bye := old.pane.Handle(frame.Shown{})
	a.at = i
	_, hi := a.front().pane.Handle(frame.Shown{Front: true})
	return tea.Batch(kit.Send(old.name, bye), kit.Send(a.front().name, hi))
}

// cell is a tab's place in the line of tabs.
type cell struct {
	x, w int
	text string
}

// naming is how much of the tabs' names is shown.
type naming int

const (
	fullNames naming = iota
	someShort        // the front tab's in full, the others short
	onlyFront        // the front tab's alone
)

// tabCells lays the tabs out on w cells: with all names, else with short ones,
// else with the front tab's name only, else without badges.
func (a *App) tabCells(w int) (cells []cell) {
	for _, fit := range []struct {
		names  naming
		badges bool
		gap    int
	}{{fullNames, true, 3}, {fullNames, true, 2}, {someShort, true, 2}, {someShort, true, 1}, {onlyFront, true, 2}, {onlyFront, false, 2}} {
		var end int
		if cells, end = a.layTabs(fit.names, fit.badges, fit.gap); end <= w {
			break
		}
	}
	return cells
}

// layTabs lays the tabs out with gap cells between them; end is the width used.
func (a *App) layTabs(names naming, badges bool, gap int) (cells []cell, end int) {
	x := 1
	for i, t := range a.tabs {
		parts := []string{strconv.Itoa(i + 1)}
		title := t.title
		if s := shortNames[t.name]; s != "" && names == someShort && i != a.at {
			title = s
		}
		if names != onlyFront || i == a.at {
			parts = append(parts, a.env.Words.T(title))
		}
		if b := kit.CleanLine(t.pane.Badge()); b != "" && badges {
			parts = append(parts, b)
		}
		s := strings.Join(parts, " ")
		cells = append(cells, cell{x, kit.Width(s), s})
		x += kit.Width(s) + gap
	}
	return cells, x - gap + 1
}

// tabLine draws the tabs, and the rule under them that marks the one in front.
func (a *App) tabLine(w int) (line, rule string) {
	th := a.env.Theme
	var b strings.Builder
	cells, x := a.tabCells(w), 0
	for i, c := range cells {
		b.WriteString(kit.Spaces(c.x - x))
		num, rest, _ := strings.Cut(c.text, " ")
		if rest != "" {
			rest = " " + rest
		}
		switch {
		case i == a.at:
			b.WriteString(th.TabOn.Render(c.text))
		default:
			b.WriteString(th.Faint.Render(num) + th.Tab.Render(rest))
		}
		x = c.x + c.w
	}
	on := cells[a.at]
	return kit.Fit(b.String(), w), th.Rule(w, on.x-1, on.w+2)
}
