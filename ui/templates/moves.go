package templates

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/library"
	"bottega/core/template"
	"bottega/ui/frame"
	"bottega/ui/text"
)

func (p *Pane) step(n int) tea.Cmd {
	if p.list.Move(n) {
		p.cardTop = 0
	}
	return nil
}

func (p *Pane) page(n int) tea.Cmd {
	if p.list.Page(n) {
		p.cardTop = 0
	}
	return nil
}

// clear takes the filter and the view away.
func (p *Pane) clear() tea.Cmd {
	p.filter.SetValue("")
	p.view = viewAll
	p.arrange()
	return nil
}

func (p *Pane) openCard() tea.Cmd {
	p.focus = onCard
	return nil
}

func (p *Pane) toList() tea.Cmd {
	p.focus, p.cardTop = onList, 0
	return nil
}

func (p *Pane) scroll(n int) tea.Cmd {
	p.cardTop = max(0, p.cardTop+n) // drawing knows the end
	return nil
}

// show puts the cursor on one template.
func (p *Pane) show(id int64) tea.Cmd {
	if p.focus == onEditor {
		return nil
	}
	p.filter.SetValue("")
	p.view, p.focus, p.cardTop = viewAll, onCard, 0
	p.arrange()
	if !p.list.Select(id) {
		p.wanted = id
	}
	return nil
}

// editChosen opens a draft; of anything else the next version is begun.
func (p *Pane) editChosen() tea.Cmd {
	it := p.chosen()
	if it.State == core.TemplateDraft {
		return p.begin(it.StoredTemplate, lockedOf(&it.StoredTemplate)...)
	}
	return p.next(it, p.t.Work.NewVersion)
}

// lockedOf is what a version may not change: the provider knows the template
// by name and language.
func lockedOf(t *core.StoredTemplate) []template.Part {
	if t.Version <= 1 && t.Template.ID == "" {
		return nil
	}
	return []template.Part{template.PartName, template.PartLanguage}
}

func (p *Pane) renewChosen() tea.Cmd { return p.next(p.chosen(), p.t.Work.Renew) }

// begunMsg is a draft that was made to be edited.
type begunMsg struct {
	t   core.StoredTemplate
	err error
}

func (p *Pane) next(it *item, how func(context.Context, int64, string) (core.StoredTemplate, error)) tea.Cmd {
	ctx, id, agent := p.env.Ctx, it.ID, p.env.Agent
	return back(func() tea.Msg {
		t, err := how(ctx, id, agent)
		return begunMsg{t, err}
	})
}

func (p *Pane) takeBegun(m begunMsg) tea.Cmd {
	if m.err != nil {
		return fail(m.err)
	}
	p.wanted = m.t.ID
	if p.edit != nil { // another was opened meanwhile; this one waits in the list
		return p.load()
	}
	return tea.Batch(p.load(), p.begin(m.t, lockedOf(&m.t)...), p.say(text.TplBegun, "Version", p.env.Words.Num(m.t.Version)))
}

// copyChosen begins a new template with the text of another.
func (p *Pane) copyChosen() tea.Cmd {
	it := p.chosen()
	t := it.tpl
	t.ID, t.Name = "", p.free(it.Name, it.Language)
	return p.fresh(t, it.ChannelID)
}

// fresh opens a new template that is in nobody's library yet.
func (p *Pane) fresh(t template.Template, channel int64) tea.Cmd {
	c := t.Core()
	c.ID = ""
	if channel == 0 && len(p.shelf.channels) == 1 {
		channel = p.shelf.channels[0].ID
	}
	return p.begin(core.StoredTemplate{ChannelID: channel, Template: c, State: core.TemplateDraft, Author: p.env.Agent})
}

func (p *Pane) submitChosen() tea.Cmd {
	it := p.chosen()
	for _, f := range it.found {
		if f.Severity == template.SevError {
			return p.refuseFinding(f)
		}
	}
	if noFile(it.tpl) {
		return p.refuse(text.TplRefusedFile)
	}
	return p.confirmSubmit(it.StoredTemplate)
}

// syncedMsg is how asking the providers went.
type syncedMsg struct {
	changed int
	err     error
}

// sync asks the provider of each number how its templates stand.
func (p *Pane) sync() tea.Cmd {
	p.busy = true
	ctx, w, chs := p.env.Ctx, p.t.Work, p.shelf.channels
	return tea.Sequence(p.say(text.TplSyncing), back(func() tea.Msg {
		var m syncedMsg
		for _, ch := range chs {
			got, err := w.Sync(ctx, ch.ID)
			if err != nil {
				m.err = err // the others are asked all the same
			}
			m.changed += got.New + got.Changed + got.Gone + got.Back
		}
		return m
	}))
}

func (p *Pane) takeSynced(m syncedMsg) tea.Cmd {
	p.busy = false
	if m.err != nil {
		return tea.Batch(p.load(), fail(m.err))
	}
	if m.changed == 0 {
		return tea.Batch(p.load(), p.say(text.TplSyncedNone))
	}
	return tea.Batch(p.load(), toast(frame.Toast{Text: p.env.Words.N(text.TplSynced, m.changed)}))
}

// accept lets a template be sent as what the provider has made of it.
func (p *Pane) accept() tea.Cmd {
	it, w, ctx := p.chosen(), p.t.Work, p.env.Ctx
	t := it.StoredTemplate
	return back(func() tea.Msg {
		r, err := w.Reach(ctx, t)
		return reachMsg{t, r, err}
	})
}

// reachMsg is whom a template was sent to that is about to be accepted.
type reachMsg struct {
	t     core.StoredTemplate
	reach library.Reach
	err   error
}

// takeReach asks once more, with the people in front of it: those who have not
// agreed to promotion get the template no more.
func (p *Pane) takeReach(m reachMsg) tea.Cmd {
	if m.err != nil {
		return fail(m.err)
	}
	w, work, id := p.env.Words, p.t.Work, m.t.ID
	return toConfirm(frame.Confirm{
		Title: w.T(text.TplAcceptTitle, "Name", m.t.Name), Text: w.N(text.TplAcceptText, m.reach.People, "Without", w.Num(m.reach.Without)), Do: w.T(text.TplAcceptDo),
		Yes: p.act(p.say(text.TplAccepted, "Name", m.t.Name), func(ctx context.Context) error { return work.Seen(ctx, id) }),
	})
}

// deleteChosen asks before a template is deleted.
func (p *Pane) deleteChosen() tea.Cmd {
	it, w := p.chosen(), p.env.Words
	id, work := it.ID, p.t.Work
	why := text.TplDeleteText
	if it.State == core.TemplateDraft {
		why = text.TplDeleteDraft
	}
	return toConfirm(frame.Confirm{
		Title: w.T(text.TplDeleteTitle, "Name", it.Name, "Language", it.Language), Text: w.T(why), Do: w.T(text.TplDeleteDo), Danger: true,
		Yes: p.act(p.say(text.TplDeleted, "Name", it.Name), func(ctx context.Context) error { return work.Delete(ctx, id) }),
	})
}

// standing is the finding for which a submission was refused.
func standing(err error) (template.Finding, bool) {
	if r := library.RefusedOf(err); r != nil {
		for _, f := range r.Findings {
			if f.Severity == template.SevError {
				return f, true
			}
		}
	}
	return template.Finding{}, false
}

func (p *Pane) moveField(d int) tea.Cmd {
	p.edit.e.Move(d)
	return nil
}

func (p *Pane) nextFinding(d int) tea.Cmd {
	p.edit.e.Next(d)
	p.edit.phone = false
	return nil
}

func (p *Pane) rewrite() tea.Cmd {
	if !p.edit.e.Rewrite() {
		return p.refuse(text.TplOffLocked)
	}
	return p.touched()
}

func (p *Pane) undo() tea.Cmd {
	p.edit.e.Undo()
	return p.touched()
}

func (p *Pane) redo() tea.Cmd {
	p.edit.e.Redo()
	return p.touched()
}

func (p *Pane) addButton() tea.Cmd {
	p.edit.e.AddButton(template.QuickReply)
	return p.touched()
}

func (p *Pane) removeButton() tea.Cmd {
	p.edit.e.RemoveButton()
	return p.touched()
}

func (p *Pane) moveButton(d int) tea.Cmd {
	p.edit.e.MoveButton(d)
	return p.touched()
}

func (p *Pane) togglePhone() tea.Cmd {
	p.edit.phone = !p.edit.phone
	return nil
}
