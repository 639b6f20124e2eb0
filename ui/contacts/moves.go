package contacts

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"bottega/core/people"
	"bottega/ui/frame"
	"bottega/ui/text"
)

func (p *Pane) moveList(n int) tea.Cmd {
	if !p.list.move(n) {
		return nil
	}
	return tea.Batch(p.follow(), p.loadRows())
}

func (p *Pane) moveSide(n int) tea.Cmd {
	p.side.move(n)
	return nil
}

// toggleMark marks the person under the cursor, or takes the mark away, and
// goes on.
func (p *Pane) toggleMark() tea.Cmd {
	p.list.mark(p.list.sel, !p.list.marked[p.list.sel])
	return p.moveList(1)
}

// markAll marks everybody in the list, or nobody of them when all are. Who is
// marked and not in the list stays so.
func (p *Pane) markAll() tea.Cmd {
	if len(p.list.marked)-p.list.hidden == len(p.list.ids) {
		p.list.unmark(p.list.ids)
		return nil
	}
	for _, id := range p.list.ids {
		p.list.marked[id] = true
	}
	return nil
}

func (p *Pane) enterList() tea.Cmd {
	p.focus = onList
	return nil
}

func (p *Pane) enterSide() tea.Cmd {
	p.focus = onSide
	if p.side.cur < len(p.side.all) && p.side.all[p.side.cur].kind == heading {
		p.side.move(1)
	}
	return nil
}

// enterCard gives the card the keyboard, and shows it where it does not stand
// by itself.
func (p *Pane) enterCard() tea.Cmd {
	p.focus, p.showing = onCard, true
	p.card.reveal = true
	return p.loadCard()
}

func (p *Pane) leaveCard() tea.Cmd {
	p.focus, p.showing, p.card.top = onList, false, 0
	return nil
}

// nextSort takes the next order and names it.
func (p *Pane) nextSort() tea.Cmd {
	next := 0
	for i, s := range sorts {
		if s.by == p.want.by {
			next = (i + 1) % len(sorts)
		}
	}
	return p.sortBy(sorts[next].by, sorts[next].desc)
}

func (p *Pane) reverse() tea.Cmd { return p.sortBy(p.want.by, !p.want.desc) }

// sortBy orders the list and shows its top: whoever asks for another order
// wants to see who comes first.
func (p *Pane) sortBy(by people.Sort, desc bool) tea.Cmd {
	p.want.by, p.want.desc, p.want.fresh = by, desc, true
	w := p.env.Words
	return tea.Batch(p.loadList(), toast(frame.Toast{Text: w.T(text.ContactsToastSort, "Order", w.T(sortWords[by]))}))
}

// openTalk goes to the conversation with the person under the cursor.
func (p *Pane) openTalk() tea.Cmd {
	if p.card.id() == p.list.sel {
		return p.goTo(p.card.data.Stats.Conversation)
	}
	id, r := p.list.sel, p.d.Cards
	return p.act(func(ctx context.Context) (tea.Msg, error) {
		d, err := r.Detail(ctx, id)
		if err != nil {
			return nil, err
		}
		return talkMsg{d.Stats.Conversation}, nil
	})
}

// talkMsg is the conversation of a person whose card was not here yet.
type talkMsg struct{ conversation int64 }

func (p *Pane) goTo(conversation int64) tea.Cmd {
	if conversation == 0 {
		return p.refuse(text.ContactsOffNoTalk)
	}
	return func() tea.Msg { return frame.OpenConversation{Conversation: conversation} }
}

// toCampaign begins a campaign for the people of the filter.
func (p *Pane) toCampaign() tea.Cmd {
	m := frame.ShowTab{Pane: "campaigns", Msg: frame.NewCampaign{Segment: p.want.expr}}
	return func() tea.Msg { return m }
}

// copyPhone puts the number in the clipboard.
func (p *Pane) copyPhone() tea.Cmd {
	r := p.list.current()
	return tea.Batch(tea.SetClipboard(string(r.Phone)), toast(frame.Toast{Text: p.env.Words.T(text.ContactsToastCopied, "Phone", phone(&r.Contact))}))
}
