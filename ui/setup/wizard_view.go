package setup

import (
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/connect"
	"bottega/ui/dialog"
	"bottega/ui/kit"
	"bottega/ui/steps"
	"bottega/ui/text"
)

// wizardWidth is how wide the box is, where there is room.
const wizardWidth = 78

// title is what the wizard is doing.
func (d *wizard) title() string {
	w := d.p.env.Words
	name := ""
	if d.channel != nil {
		name = d.channel.Name
	}
	switch {
	case d.page == sealing:
		return w.T(text.SetupTitleSeal)
	case d.what == toTest:
		return w.T(text.SetupTitleTest, "Name", name)
	case d.what == toRotate:
		return w.T(text.SetupTitleRotate, "Name", name)
	case d.what == toSubscribe:
		return w.T(text.SetupTitleSubscribe, "Name", name)
	}
	if d.provider != "" && d.page != choosing {
		return w.T(text.SetupTitleConnectTo, "Provider", steps.Provider(w, d.provider))
	}
	return w.T(text.SetupTitleConnect)
}

// Lines draws the page that is shown.
func (d *wizard) Lines(w, h int) []string {
	w = dialog.Width(wizardWidth, w)
	in := max(1, w-4)
	d.hits, d.cur = d.hits[:0], nil
	var body []string
	switch d.page {
	case choosing:
		body = d.providerLines(in)
	case filling:
		about := map[purpose]text.K{toRotate: text.SetupRotateWhat, toSubscribe: text.SetupSubscribeWhat}[d.what]
		body = d.lines(d.p.env, d.asks(), d.p.env.Words.T(about), in, h-2)
	case sealing:
		body = d.lines(d.p.env, d.sealAsks(), d.p.env.Words.T(text.SetupSealWhat, "Dir", kit.CleanLine(d.p.d.Dir)), in, h-2)
	default:
		body = d.stepLines(in, h-2)
	}
	return dialog.Box(d.p.env, d.title(), body, w, h)
}

// Cursor stands in the field that is typed, in cells of the box.
func (d *wizard) Cursor() *tea.Cursor { return d.cur }

func (d *wizard) providerLines(w int) []string {
	th, words := d.p.env.Theme, d.p.env.Words
	out := dialog.Wrapped(th.Muted, words.T(text.SetupWhich), w)
	out = append(out, "")
	for i, p := range connect.Providers() {
		mark, name := "  ", th.Strong
		if i == d.at {
			mark, name = th.Accent.Render("▌ "), th.Title
		}
		d.hits = append(d.hits, hit{len(out) + 1, i}, hit{len(out) + 2, i})
		out = append(out,
			kit.Fit(mark+name.Render(steps.Provider(words, p)), w),
			kit.Fit("  "+th.Muted.Render(words.T(text.K("setup.provider."+string(p)+".what"))), w))
	}
	return out
}

// stepLines draws the steps taken, what is under way, and what comes next.
func (d *wizard) stepLines(w, h int) []string {
	th, words := d.p.env.Theme, d.p.env.Words
	var out []string
	ch := d.channel
	if ch == nil {
		ch = &core.Channel{Provider: d.provider}
	}
	teller := d.p.teller(ch)
	for _, r := range d.results {
		out = append(out, d.stepOf(teller, r, w)...)
	}
	if d.line != nil {
		out = append(out, th.Accent.Render("… ")+th.Muted.Render(words.T(text.SetupAsking)))
	}
	if d.err != nil {
		for _, l := range kit.Wrap("✗ "+d.problem(), w) {
			out = append(out, th.Bad.Render(l))
		}
	}
	foot := d.footLines(w)
	room := max(1, h-len(foot))
	if d.line != nil { // the newest is what matters
		d.top = len(out)
	}
	d.top = max(0, min(d.top, len(out)-room))
	below := max(0, len(out)-d.top-room)
	if len(foot) > 0 {
		foot[0] = d.more(d.top, below, w)
	}
	out = out[d.top : len(out)-below]
	if d.asksPhone() {
		x, y := d.p.phone.Cursor(max(2, w-2))
		d.cur = tea.NewCursor(2+2+x, 1+len(out)+len(foot)-1+y)
	}
	return append(out, foot...)
}

// more is the rule below the steps; it tells how many lines are scrolled away.
func (d *wizard) more(above, below, w int) string {
	said := ""
	if above > 0 {
		said += " ↑ " + d.p.env.Words.Num(above)
	}
	if below > 0 {
		said += " ↓ " + d.p.env.Words.Num(below)
	}
	if said == "" {
		return dialog.Rule(d.p.env, w)
	}
	said += " "
	return kit.Fit(dialog.Rule(d.p.env, max(0, w-kit.Width(said)-2))+d.p.env.Theme.Muted.Render(said)+dialog.Rule(d.p.env, 2), w)
}

func (d *wizard) stepOf(t steps.Teller, r connect.Result, w int) []string {
	th := d.p.env.Theme
	ink := map[connect.State]kit.Ink{connect.Done: th.Good, connect.Warned: th.Soon, connect.ToDo: th.Soon, connect.Failed: th.Bad, connect.Skipped: th.Faint}[r.State]
	said := t.Say(r)
	lw := min(12, w/3)
	var out []string
	for i, l := range kit.Wrap(said.What, max(1, w-lw-3)) {
		head := kit.Spaces(lw + 2)
		if i == 0 {
			head = ink.Render(steps.Sign(r.State)) + " " + th.Muted.Render(kit.Fit(said.Label, lw))
		}
		out = append(out, head+" "+th.Text.Render(l))
	}
	for i, l := range kit.Wrap(said.Hint, max(1, w-lw-5)) {
		if said.Hint == "" {
			break
		}
		head := "  "
		if i == 0 {
			head = "→ "
		}
		out = append(out, kit.Spaces(lw+3)+th.Accent.Render(head)+th.Muted.Render(l))
	}
	return out
}

// problem says why the steps ended early.
func (d *wizard) problem() string {
	w := d.p.env.Words
	if lack, ok := errors.AsType[*connect.Lacking](d.err); ok {
		return w.T(text.ConnectLacking, "Missing", strings.Join(lack.Scopes, ", "))
	}
	if taken, ok := errors.AsType[*connect.Taken](d.err); ok {
		switch {
		case d.what == toRotate:
			return w.T(text.ConnectOtherNumber)
		case taken.Number:
			return w.T(text.ChannelTwice, "Name", taken.Name)
		}
		return w.T(text.ChannelTaken, "Name", taken.Name)
	}
	what, hint := w.Error(d.err)
	return strings.TrimSpace(what + " " + hint)
}

// footLines are the token that goes into the provider's page, masked until it
// is asked to be shown, and the phone of the test message, once there is a
// channel.
func (d *wizard) footLines(w int) []string {
	th, words := d.p.env.Theme, d.p.env.Words
	var out []string
	if d.paste != nil && d.paste.Token != "" && d.line == nil {
		token := strings.Repeat("•", 8)
		if d.bare {
			token = kit.CleanLine(d.paste.Token.Reveal())
		}
		out = append(out, dialog.Rule(d.p.env, w), kit.Fit(th.Muted.Render(steps.Field(words, d.paste.Field)+": ")+th.Text.Render(token), w))
	}
	if !d.asksPhone() {
		if d.line == nil && len(out) == 0 {
			out = append(out, dialog.Rule(d.p.env, w)) // for what is scrolled away
		}
		return out
	}
	out = append(out, dialog.Rule(d.p.env, w))
	k := text.SetupPhone
	if d.tested {
		k = text.SetupPhoneAgain
	}
	out = append(out, dialog.Wrapped(th.Muted, words.T(k), w)...)
	d.p.phone.Placeholder = "+39 333 123 4567"
	return append(out, th.Accent.Render("› ")+d.p.phone.Lines(max(2, w-2), 1, kit.InputStyle{Text: th.Text, Hint: th.Hint})[0])
}
