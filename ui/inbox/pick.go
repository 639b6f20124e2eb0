package inbox

import (
	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/ui/dialog"
	"bottega/ui/text"
)

// newPick is a list to choose from; with free set also what was typed. The
// first is what an agent mostly wants: the own name, the usual reaction.
func (p *Pane) newPick(k text.K, all []dialog.Option, free bool, choose func(string) tea.Cmd) *dialog.Pick {
	hint := text.InboxPickHint
	if free {
		hint = text.InboxPickFreeHint
	}
	return dialog.NewPick(p.env, p.env.Words.T(k), p.env.Words.T(hint), all, free, choose).FromTop()
}

// openTagged opens a list that is made again when the shop's tags are read.
func (p *Pane) openTagged(d *dialog.Pick, options func([]core.TagCount) []dialog.Option) tea.Cmd {
	p.tagged = func(tags []core.TagCount) { d.Set(options(tags)) }
	d.Closed = func() { p.tagged = nil }
	return tea.Batch(dialog.Open(d), send(p.fetchTags.Ask(p.env.Ctx, p.d.People.Tags)))
}
