package contacts

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"bottega/ui/dialog"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// colours of tags, by the theme's meanings: each theme has its own shades.
var colours = []struct {
	name string
	k    text.K
}{
	{"info", text.ContactsColourBlue}, {"good", text.ContactsColourGreen}, {"soon", text.ContactsColourYellow}, {"late", text.ContactsColourOrange},
	{"bad", text.ContactsColourRed}, {"accent", text.ContactsColourViolet}, {"muted", text.ContactsColourGrey},
}

// tagInk is the colour of a tag; one that nobody chose is that of all tags.
func (b *brush) tagInk(tag string) kit.Ink {
	switch th := b.Theme; b.colours[tag] {
	case "good":
		return th.Good
	case "soon":
		return th.Soon
	case "late":
		return th.Late
	case "bad":
		return th.Bad
	case "accent":
		return th.Accent
	case "muted":
		return th.Muted
	default:
		return th.Tag
	}
}

// pickColour asks for the colour of the tag under the side's cursor.
func (p *Pane) pickColour() tea.Cmd {
	w, work, e := p.env.Words, p.d.Work, p.side.all[p.side.cur]
	var all []dialog.Option
	for _, c := range colours {
		all = append(all, dialog.Option{Value: c.name, Label: w.T(c.k), On: p.colours[e.name] == c.name})
	}
	return dialog.Open(dialog.NewPick(p.env, w.T(text.ContactsColour, "Tag", e.label), w.T(text.ContactsPickHint), all, false, func(v string) tea.Cmd {
		return p.act(func(ctx context.Context) (tea.Msg, error) {
			return doneMsg{toast: frame.Toast{Text: w.T(text.ContactsToastChanged)}}, work.ColourTag(ctx, e.name, v)
		})
	}))
}

func needTag(p *Pane) text.K {
	if p.side.cur < len(p.side.all) && p.side.all[p.side.cur].kind == tagEntry {
		return ""
	}
	return text.ContactsOffTag
}
