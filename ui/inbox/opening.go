package inbox

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/ui/dialog"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// links are those of the chosen message, else of the newest that has any.
func (p *Pane) links() []string {
	if m := p.target(); m != nil {
		return linksOf(m)
	}
	for i := len(p.th.msgs) - 1; i >= max(0, len(p.th.msgs)-20); i-- {
		if l := linksOf(&p.th.msgs[i]); len(l) > 0 {
			return l
		}
	}
	return nil
}

func (p *Pane) pickLink() tea.Cmd {
	var all []dialog.Option
	for _, l := range p.links() {
		all = append(all, dialog.Option{Value: l, Label: kit.CleanLine(l)})
	}
	return dialog.Open(p.newPick(text.InboxLinks, all, false, func(l string) tea.Cmd {
		if p.d.Open == nil {
			return tea.Batch(tea.SetClipboard(l), toast(frame.Toast{Text: p.env.Words.T(text.InboxToastCopied)}))
		}
		return p.openTarget(l)
	}))
}

// openMedia shows a file or place with the desktop's program.
func (p *Pane) openMedia() tea.Cmd {
	m := p.target()
	switch {
	case m == nil:
		return nil
	case m.Location != nil:
		return p.openTarget(mapAddress(m.Location))
	case m.Media != nil:
		return p.openTarget(m.Media.Path)
	}
	return nil
}

// readFor is how long a path stands that somebody copies by hand.
const readFor = 20 * time.Second

func (p *Pane) openTarget(target string) tea.Cmd {
	open := p.d.Open
	done := p.env.Words.T(text.InboxToastOpened)
	words, conv := p.env.Words, p.open
	return p.act(func(context.Context) (tea.Msg, error) {
		err := open(target)
		if u, ok := errors.AsType[*frame.Unopened](err); ok {
			return frame.Toast{Text: words.T(text.InboxToastUnopened, "Where", u.Target), Bad: true, For: readFor, About: conv}, nil
		}
		return frame.Toast{Text: done}, err
	})
}
