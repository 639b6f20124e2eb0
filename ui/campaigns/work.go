package campaigns

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/contact"
	"bottega/ui/dialog"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/text"
)

var (
	failedOnly  = []campaign.RecipientState{campaign.Failed}
	skippedOnly = []campaign.RecipientState{campaign.Skipped}
)

// matcher picks the recipients that a line of the card counts.
func matcher(x *thing) func(*campaign.Recipient) bool {
	if x.group != nil {
		class := x.group.Class
		return func(r *campaign.Recipient) bool { return r.Class == class }
	}
	why := x.skip
	return func(r *campaign.Recipient) bool { return r.Why == why }
}

// findRecipients are the first contacts that match, and how many do.
func findRecipients(ctx context.Context, read Read, id int64, states []campaign.RecipientState, want func(*campaign.Recipient) bool) (ids []int64, n int, err error) {
	err = eachRecipient(ctx, read, id, states, func(rows []campaign.Recipient) error {
		for i := range rows {
			if !want(&rows[i]) {
				continue
			}
			if n++; len(ids) < maxNames {
				ids = append(ids, rows[i].ContactID)
			}
		}
		return nil
	})
	return ids, n, err
}

// change does something with the chosen campaign and says so.
func (p *Pane) change(said text.K, do func(ctx context.Context, id int64) error) tea.Cmd {
	it := p.chosen()
	t := frame.Toast{Text: p.env.Words.T(said, "Name", kit.CleanLine(it.Name))}
	return p.act(func(ctx context.Context) (tea.Msg, error) { return doneMsg{t}, do(ctx, it.ID) })
}

// pause stops at once; going on again is one key away.
func (p *Pane) pause() tea.Cmd {
	it, desk, agent := p.chosen(), p.d.Desk, p.env.Agent
	t := frame.Toast{Text: p.env.Words.T(text.CampPaused, "Name", kit.CleanLine(it.Name)), Undo: func(ctx context.Context) error {
		_, err := desk.Resume(ctx, it.ID, agent, false)
		return err
	}}
	return p.act(func(ctx context.Context) (tea.Msg, error) {
		_, err := desk.Pause(ctx, it.ID)
		return doneMsg{t}, err
	})
}

// recheckMsg is what would happen if a campaign went on.
type recheckMsg struct {
	it  *item
	got campaign.Recheck
}

// askResume asks what would happen first.
func (p *Pane) askResume() tea.Cmd {
	it := p.chosen()
	return p.act(func(ctx context.Context) (tea.Msg, error) {
		got, err := p.d.Office.Review(ctx, it.ID)
		return recheckMsg{it, got}, err
	})
}

// confirmResume tells what would happen and asks.
func (p *Pane) confirmResume(m recheckMsg) tea.Cmd {
	t, b, r := p.env.Words, p.brush(), &m.got
	said := []string{t.N(text.CampWouldGet, r.Included)}
	for _, x := range r.Excluded {
		said = append(said, "– "+t.Num(x.N)+" "+b.why(x.Reason))
	}
	if !r.Outlook.End.IsZero() && r.Included > 0 {
		said = append(said, t.T(text.CampEnds, "When", t.When(r.Outlook.End, b.now)))
	}
	c := frame.Confirm{Title: t.T(text.CampResumeTitle, "Name", kit.CleanLine(m.it.Name)), Do: t.T(text.CampResumeDo)}
	moved := m.it.Pause == campaign.Moved
	if moved { // it may be running on the other machine
		said = append([]string{t.T(text.CampMovedText)}, said...)
		c.Danger = true
	}
	c.Text = strings.Join(said, "\n")
	id, agent, done := m.it.ID, p.env.Agent, t.T(text.CampResumed, "Name", kit.CleanLine(m.it.Name))
	c.Yes = p.act(func(ctx context.Context) (tea.Msg, error) {
		_, err := p.d.Desk.Resume(ctx, id, agent, moved)
		return doneMsg{frame.Toast{Text: done}}, err
	})
	return func() tea.Msg { return c }
}

// askCancel ends a campaign for good, after a question; a draft is thrown away.
func (p *Pane) askCancel() tea.Cmd {
	it, t := p.chosen(), p.env.Words
	name, left := kit.CleanLine(it.Name), it.counts[campaign.Pending]
	c := frame.Confirm{Title: t.T(text.CampCancelTitle, "Name", name), Text: t.N(text.CampCancelText, left), Do: t.T(text.CampCancelDo), Danger: true}
	said := text.CampCancelled
	if it.State == campaign.Draft {
		c.Title, c.Text, c.Do, said = t.T(text.CampDropTitle), t.T(text.CampDropDraft, "Name", name), t.T(text.CampDropDo), text.CampDropped
	}
	c.Yes = p.change(said, func(ctx context.Context, id int64) error {
		_, err := p.d.Desk.Cancel(ctx, id)
		return err
	})
	return func() tea.Msg { return c }
}

// copyChosen begins a new campaign with all that another says.
func (p *Pane) copyChosen() tea.Cmd {
	c := p.chosen().Campaign
	next := campaign.Campaign{Name: c.Name, ChannelID: c.ChannelID, Segment: c.Segment, Exclude: c.Exclude, Templates: c.Templates, Languages: c.Languages, Category: c.Category,
		Values: c.Values, Pace: campaign.Pace{PerMinute: c.Pace.PerMinute}, Schedule: campaign.Schedule{When: campaign.Now}, IncludeCold: c.IncludeCold, SMS: c.SMS, Countries: c.Countries, HoldBack: c.HoldBack}
	if c.Schedule.When == campaign.Golden {
		next.Schedule.When = campaign.Golden
	}
	if ceiling := p.d.Rules.PerSecondMax.Value * 60; next.Pace.PerMinute > ceiling {
		next.Pace.PerMinute = ceiling // the risk was taken once
	}
	return p.open(next, stepWho)
}

// begunMsg is what was begun and left without a template.
type begunMsg struct {
	c  campaign.Campaign
	ok bool
}

// begin opens the wizard on a new campaign, or on what was begun last time.
func (p *Pane) begin() tea.Cmd {
	deps, agent := p.d, p.env.Agent
	return p.act(func(ctx context.Context) (tea.Msg, error) {
		c, ok, err := begun(ctx, deps, agent)
		return begunMsg{c, ok}, err
	})
}

func (p *Pane) takeBegun(m begunMsg) tea.Cmd {
	if p.wiz != nil {
		return nil
	}
	if !m.ok {
		return p.open(campaign.Campaign{Schedule: campaign.Schedule{When: campaign.Now}}, stepWho)
	}
	cmd := p.open(m.c, stepWho)
	p.wiz.noted = true
	return tea.Batch(cmd, p.say(text.CampBegunAgain))
}

// beginFor opens the wizard on a new campaign for an expression; one that is
// open already stays.
func (p *Pane) beginFor(expr string) tea.Cmd {
	switch {
	case p.env.ReadOnly:
		return p.refuse(text.CampOffReadOnly)
	case p.wiz != nil:
		return p.refuse(text.CampOffOpen)
	}
	return p.open(campaign.Campaign{Segment: expr, Schedule: campaign.Schedule{When: campaign.Now}}, stepWho)
}

// askTest sends one message of the campaign to a number of the shop's own.
func (p *Pane) askTest() tea.Cmd {
	it, t, region := p.chosen(), p.env.Words, p.d.Region
	read := func(typed string) dialog.Reading {
		if strings.TrimSpace(typed) == "" {
			return dialog.Reading{Says: t.T(text.CampTestHow)}
		}
		ph, bad := contact.ReadPhone(strings.TrimSpace(typed), region)
		switch {
		case bad == contact.PhoneRegion:
			return dialog.Reading{Says: t.T(text.ContactsNewCountry)}
		case bad != "":
			return dialog.Reading{Says: t.T(text.K("cli.problem." + string(bad)))}
		}
		return dialog.Reading{Says: t.T(text.CampTestTo, "Phone", contact.Pretty(ph)), OK: true}
	}
	return dialog.Open(dialog.NewAsk(p.env, t.T(text.CampTestTitle, "Name", kit.CleanLine(it.Name)), t.T(text.CampTestHint), "", read, func(typed string) tea.Cmd {
		ph, bad := contact.ReadPhone(strings.TrimSpace(typed), region)
		if bad != "" {
			return nil // read has refused it
		}
		said := frame.Toast{Text: t.T(text.CampTestSent, "Phone", contact.Pretty(ph))}
		office, agent, lang := p.d.Office, p.env.Agent, t.Lang()
		return p.act(func(ctx context.Context) (tea.Msg, error) {
			_, err := office.Test(ctx, it.ID, ph, lang, agent)
			return doneMsg{said}, err
		})
	}))
}

// retry offers those of the chosen reason another try.
func (p *Pane) retry() tea.Cmd {
	it, g, t := p.chosen(), p.thing().group, p.env.Words
	return p.act(func(ctx context.Context) (tea.Msg, error) {
		n, err := p.d.Desk.Retry(ctx, it.ID, g.Class)
		return doneMsg{frame.Toast{Text: t.N(text.CampRetried, n), Refused: n == 0}}, err
	})
}

// arrived settles an open outcome: the person has it.
func (p *Pane) arrived() tea.Cmd {
	x, t := p.thing().lost, p.env.Words
	said := frame.Toast{Text: t.T(text.CampArrived, "Name", x.name)}
	return p.act(func(ctx context.Context) (tea.Msg, error) { return doneMsg{said}, p.d.Desk.Settle(ctx, x.ID, true) })
}

// askAgain settles it the other way, after a question: they may get it twice.
func (p *Pane) askAgain() tea.Cmd {
	x, t := p.thing().lost, p.env.Words
	said := frame.Toast{Text: t.T(text.CampGoesAgain, "Name", x.name)}
	c := frame.Confirm{Title: t.T(text.CampAgainTitle), Text: t.T(text.CampAgainText, "Name", x.name), Do: t.T(text.CampAgainDo), Danger: true,
		Yes: p.act(func(ctx context.Context) (tea.Msg, error) { return doneMsg{said}, p.d.Desk.Settle(ctx, x.ID, false) })}
	return func() tea.Msg { return c }
}

// formats of an export by the ending of its name.
var formats = map[string]string{".xlsx": "Excel", ".csv": "CSV"}

// placeMsg tells whether something is at the place of an export.
type placeMsg struct {
	it    *item
	path  string
	taken bool
}

// askExport asks where to write what became of everybody.
func (p *Pane) askExport() tea.Cmd {
	it, t := p.chosen(), p.env.Words
	read := func(typed string) dialog.Reading {
		f, known := formats[strings.ToLower(filepath.Ext(strings.TrimSpace(typed)))]
		if !known {
			return dialog.Reading{Says: t.T(text.CampExportHow)}
		}
		return dialog.Reading{Says: "→ " + f + " · " + t.N(text.CampPeople, it.counts.Total()), OK: true}
	}
	d := dialog.NewAsk(p.env, t.T(text.CampExportTitle, "Name", kit.CleanLine(it.Name)), t.T(text.ContactsImportHint), "campaign.csv", read, func(typed string) tea.Cmd {
		path := dialog.Expand(typed)
		return send(func() tea.Msg {
			_, err := os.Stat(path)
			return placeMsg{it, path, err == nil}
		})
	})
	d.Complete = dialog.Paths
	return dialog.Open(d)
}

// exportTo writes the file; one that is there is replaced after a question.
func (p *Pane) exportTo(m placeMsg) tea.Cmd {
	t, name := p.env.Words, kit.CleanLine(filepath.Base(m.path))
	if m.taken {
		m.taken = false
		c := frame.Confirm{Title: t.T(text.ContactsReplace), Text: t.T(text.ContactsReplaceText, "File", name), Do: t.T(text.ContactsReplaceDo), Yes: send(func() tea.Msg { return m })}
		return func() tea.Msg { return c }
	}
	if p.busy {
		return p.refuse(text.CampOffBusy)
	}
	p.busy = true
	b, deps, id, path, ctx := p.brush(), p.d, m.it.ID, m.path, p.env.Ctx
	return send(func() tea.Msg {
		n, err := export(ctx, deps, b, id, path)
		return exportedMsg{frame.Toast{Text: t.N(text.CampExported, n, "File", name)}, err}
	})
}

// exportedMsg is how an export went.
type exportedMsg struct {
	toast frame.Toast
	err   error
}

// export writes a row for each person of the audience.
func export(ctx context.Context, d Deps, b *brush, id int64, path string) (n int, err error) {
	t := b.words
	header := []string{t.T(text.CampColName), t.T(text.CampColPhone), t.T(text.CampColState), t.T(text.CampColWhy), t.T(text.CampColForm), t.T(text.CampColLanguage), t.T(text.CampColSent), t.T(text.CampColCode)}
	err = d.SaveTable(path, header, func(write func([]string) error) error {
		return eachRecipient(ctx, d.Read, id, nil, func(rows []campaign.Recipient) error {
			ids := make([]int64, len(rows))
			for i := range rows {
				ids[i] = rows[i].ContactID
			}
			names, err := namesOf(ctx, d.People, ids)
			for i := range rows {
				if err == nil {
					err = write(b.cells(&rows[i], names[rows[i].ContactID]))
				}
			}
			n += len(rows)
			return err
		})
	})
	if core.CodeOf(err) == core.NotFound { // the folder, which the general words do not speak of
		err = core.Fail(core.InvalidInput, "campaigns.export", errors.Join(errors.New("no such folder"), err))
	}
	return n, err
}

// cells are a recipient's row of an export.
func (b *brush) cells(x *campaign.Recipient, w who) []string {
	why, sent := "", ""
	switch x.State {
	case campaign.Skipped:
		why = b.why(x.Why)
	case campaign.Failed, campaign.Unsure:
		why, _ = b.class(x.Class)
	}
	if !x.SentAt.IsZero() {
		sent = x.SentAt.In(b.now.Location()).Format(time.DateTime)
	}
	return []string{w.name, w.phone, b.words.Outcome(string(x.State), 1), why, x.Template, x.Language, sent, x.Code}
}
