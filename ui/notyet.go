package ui

import (
	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/ui/frame"
	"bottega/ui/keys"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// page is what a tab will be, and what helps until then.
type page struct {
	what      text.K
	points    [3]text.K
	meanwhile text.K
	command   string
}

var pages = map[string]page{
	"inbox":     {text.SoonInbox, [3]text.K{text.SoonInbox1, text.SoonInbox2, text.SoonInbox3}, text.SoonInboxNow, "bottega inbox list"},
	"contacts":  {text.SoonContacts, [3]text.K{text.SoonContacts1, text.SoonContacts2, text.SoonContacts3}, text.SoonContactsNow, "bottega search maria"},
	"templates": {text.SoonTemplates, [3]text.K{text.SoonTemplates1, text.SoonTemplates2, text.SoonTemplates3}, text.SoonTemplatesNow, "bottega send +39… --template NAME"},
	"campaigns": {text.SoonCampaigns, [3]text.K{text.SoonCampaigns1, text.SoonCampaigns2, text.SoonCampaigns3}, text.SoonCampaignsNow, "bottega send +39… --template NAME"},
	"summary":   {text.SoonSummary, [3]text.K{text.SoonSummary1, text.SoonSummary2, text.SoonSummary3}, text.SoonSummaryNow, "bottega inbox list --json"},
	"settings":  {text.SoonSettings, [3]text.K{text.SoonSettings1, text.SoonSettings2, text.SoonSettings3}, text.SoonSettingsNow, "bottega doctor"},
}

// notYet is the honest page of a tab that is not built.
type notYet struct {
	env   *frame.Env
	title text.K
	page  page
}

func (*notYet) Handle(tea.Msg) (bool, tea.Cmd) { return false, nil }
func (*notYet) Reload([]core.Change) tea.Cmd   { return nil }
func (*notYet) Keys() []keys.Binding           { return nil }
func (*notYet) Cursor() *tea.Cursor            { return nil }
func (*notYet) Badge() string                  { return "" }

// Lines puts the page in the middle; on a low screen its end is left out.
func (n *notYet) Lines(w, h int) []string {
	th, t := n.env.Theme, n.env.Words
	in := min(w-4, 64)
	var lines []string
	add := func(ink kit.Ink, s, first, rest string) {
		for i, l := range kit.Wrap(s, in-kit.Width(first)) {
			if i == 0 {
				lines = append(lines, th.Accent.Render(first)+ink.Render(l))
				continue
			}
			lines = append(lines, rest+ink.Render(l))
		}
	}
	lines = append(lines, th.Title.Render(t.T(n.title))+"  "+th.Faint.Render("◌ "+t.T(text.NotYet)), "")
	add(th.Text, t.T(n.page.what), "", "")
	lines = append(lines, "")
	for _, k := range n.page.points {
		add(th.Muted, t.T(k), "◦ ", "  ")
	}
	lines = append(lines, "")
	add(th.Muted, t.T(n.page.meanwhile), "", "")
	lines = append(lines, "", th.Line.Render("$ ")+th.Strong.Render(n.page.command))
	if n.title != text.TabInbox {
		lines = append(lines, "")
		add(th.Faint, t.T(text.SoonBack, "Key", "1"), "", "")
	}
	left := max(0, (w-in)/2)
	out := make([]string, 0, h)
	for range max(0, (h-len(lines))*2/5) {
		out = append(out, kit.Spaces(w))
	}
	for _, l := range lines {
		out = append(out, kit.Fit(kit.Spaces(left)+kit.Fit(l, in), w))
	}
	return kit.Pad(out, w, h)
}
