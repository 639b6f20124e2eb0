package contacts

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/consent"
	"bottega/core/people"
	"bottega/ui/dialog"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// undo makes an Undo of the store one of a toast; nil stays nil.
func undo(u people.Undo) func(context.Context) error {
	if u == nil {
		return nil
	}
	return u
}

// pickTag asks for a tag to set or to clear.
func (p *Pane) pickTag(on bool) tea.Cmd {
	return p.onWhom(func(ids []int64) tea.Cmd { return p.pickTagFor(ids, on) })
}

func (p *Pane) pickTagFor(ids []int64, on bool) tea.Cmd {
	w := p.env.Words
	name := w.T(text.ContactsTagTitle, "Who", p.about(ids))
	if !on {
		name = w.T(text.ContactsUntagTitle, "Who", p.about(ids))
	}
	var all []dialog.Option
	own := p.ownTags(ids)
	for _, t := range p.tags {
		if on || own == nil || slices.Contains(own, t.Tag) {
			all = append(all, dialog.Option{Value: t.Tag, Label: "#" + kit.CleanLine(t.Tag), Detail: w.Num(t.Count), On: on && slices.Contains(own, t.Tag)})
		}
	}
	hint := w.T(text.ContactsTagHint)
	if !on {
		hint = w.T(text.ContactsPickHint)
	}
	return dialog.Open(dialog.NewPick(p.env, name, hint, all, on, func(tag string) tea.Cmd { return p.tag(ids, strings.TrimPrefix(tag, "#"), on) }))
}

// ownTags are the tags of the only one of ids; nil when they are several.
func (p *Pane) ownTags(ids []int64) []string {
	if r := p.list.rows[ids[0]]; len(ids) == 1 && r != nil {
		return append([]string{}, r.Tags...)
	}
	return nil
}

func (p *Pane) tag(ids []int64, tag string, on bool) tea.Cmd {
	w, work, agent := p.env.Words, p.d.Work, p.env.Agent
	doing, done := text.ContactsTagging, text.ContactsToastTagged
	if !on {
		doing, done = text.ContactsUntagging, text.ContactsToastUntagged
	}
	if t, ok := core.CleanTag(tag); ok { // as it will be kept
		tag = t
	}
	shown := "#" + kit.CleanLine(tag)
	return p.start(w.T(doing, "Tag", shown), len(ids), func(ctx context.Context, progress func(int)) (doneMsg, error) {
		n, back, err := work.TagMany(ctx, ids, agent, tag, on, progress)
		return doneMsg{did: ids, toast: frame.Toast{Text: w.N(done, n, "Tag", shown), Undo: undo(back), Refused: n == 0}}, err
	})
}

// pickConsent asks what is to be recorded, then for the words.
func (p *Pane) pickConsent() tea.Cmd { return p.onWhom(p.pickConsentFor) }

func (p *Pane) pickConsentFor(ids []int64) tea.Cmd {
	w := p.env.Words
	all := []dialog.Option{
		{Value: string(consent.OptIn), Label: "✓ " + w.T(text.ContactsRecordIn)},
		{Value: string(consent.OptOut), Label: "✗ " + w.T(text.ContactsRecordOut)},
		{Value: string(consent.Everything), Label: "✗ " + w.T(text.ContactsRecordAll)},
	}
	return dialog.Open(dialog.NewPick(p.env, w.T(text.ContactsConsentTitle, "Who", p.about(ids)), w.T(text.ContactsPickHint), all, false, func(v string) tea.Cmd {
		e := consent.Entry{Kind: consent.OptOut, Scope: consent.Marketing, Agent: p.env.Agent}
		switch v {
		case string(consent.OptIn):
			e.Kind = consent.OptIn
		case string(consent.Everything):
			e.Scope = consent.Everything
		}
		return p.askWords(ids, e)
	}))
}

// askWords asks what the people said or signed: the proof that the ledger keeps.
func (p *Pane) askWords(ids []int64, e consent.Entry) tea.Cmd {
	w := p.env.Words
	lifts := e.Kind == consent.OptIn && p.saidStop(ids)
	read := func(typed string) dialog.Reading {
		switch empty := strings.TrimSpace(typed) == ""; {
		case lifts:
			return dialog.Reading{Says: w.T(text.ContactsLiftsStop, "Who", p.about(ids)), OK: !empty, Bad: empty}
		case empty && e.Kind == consent.OptIn:
			return dialog.Reading{Says: w.T(text.ContactsWordsHow)}
		}
		return dialog.Reading{Says: w.T(text.ContactsWordsKept, "Who", p.about(ids)), OK: true}
	}
	return dialog.Open(dialog.NewAsk(p.env, w.T(text.ContactsWords), w.T(text.ContactsWordsHint), "", read, func(typed string) tea.Cmd {
		e.Words = strings.TrimSpace(typed)
		return p.record(ids, e)
	}))
}

// saidStop reports whether ids are one person who wants no promotion: of
// several those are left out.
func (p *Pane) saidStop(ids []int64) bool {
	r := p.list.rows[ids[0]]
	return len(ids) == 1 && r != nil && r.OptOut
}

func (p *Pane) record(ids []int64, e consent.Entry) tea.Cmd {
	w, work := p.env.Words, p.d.Work
	return p.start(w.T(text.ContactsRecording), len(ids), func(ctx context.Context, progress func(int)) (doneMsg, error) {
		r, back, err := work.Record(ctx, ids, e, progress)
		said := w.N(text.ContactsToastRecorded, r.Done)
		if r.Same > 0 {
			said += " " + w.N(text.ContactsToastSame, r.Same)
		}
		if r.Skipped > 0 {
			said += " " + w.N(text.ContactsToastSkipped, r.Skipped)
		}
		return doneMsg{did: ids, toast: frame.Toast{Text: said, Undo: undo(back), Refused: r.Done == 0}}, err
	})
}

// pickKeep takes people out of the low-frequency group, or gives them back to it.
func (p *Pane) pickKeep() tea.Cmd { return p.onWhom(p.pickKeepFor) }

func (p *Pane) pickKeepFor(ids []int64) tea.Cmd {
	w, work := p.env.Words, p.d.Work
	all := []dialog.Option{{Value: "on", Label: w.T(text.ContactsKeepOn)}, {Value: "", Label: w.T(text.ContactsKeepOff)}}
	return dialog.Open(dialog.NewPick(p.env, w.T(text.ContactsKeepTitle, "Who", p.about(ids)), w.T(text.ContactsPickHint), all, false, func(v string) tea.Cmd {
		return p.start(w.T(text.ContactsKeeping), len(ids), func(ctx context.Context, progress func(int)) (doneMsg, error) {
			n, err := work.KeepMany(ctx, ids, v == "on", progress)
			return doneMsg{did: ids, toast: frame.Toast{Text: w.N(text.ContactsToastKept, n), Refused: n == 0}}, err
		})
	}))
}

// askSegment asks for the name under which the filter is kept.
func (p *Pane) askSegment() tea.Cmd {
	w, work, expr := p.env.Words, p.d.Work, p.want.expr
	read := func(typed string) dialog.Reading {
		typed = strings.TrimSpace(typed)
		if typed == "" {
			return dialog.Reading{Says: kit.CleanLine(expr)}
		}
		for _, g := range p.segments {
			if strings.EqualFold(g.Name, typed) {
				return dialog.Reading{Says: w.T(text.ContactsSaveOver, "Name", kit.CleanLine(g.Name)), OK: true}
			}
		}
		return dialog.Reading{Says: kit.CleanLine(expr), OK: true}
	}
	return dialog.Open(dialog.NewAsk(p.env, w.T(text.ContactsSave), w.T(text.ContactsSaveHint), "", read, func(typed string) tea.Cmd {
		return p.act(func(ctx context.Context) (tea.Msg, error) {
			s, err := work.SaveSegment(ctx, strings.TrimSpace(typed), expr)
			return doneMsg{toast: frame.Toast{Text: w.T(text.ContactsToastSaved, "Name", kit.CleanLine(s.Name))}}, err
		})
	}))
}
