package campaigns

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/core/campaign"
	"bottega/ui/kit"
)

// depth is what the card shows beside the counts: it takes reading rows.
type depth struct {
	id     int64
	mark   mark // it was read at
	groups []campaign.Group
	unsure []lost
	arms   []campaign.Arm
	orders []campaign.Arm // the same by orders
	lift   *campaign.Lift // nil where nobody was held back
	skips  map[campaign.Reason]int
	spent  []string // money as it is written, by currency
	texts  campaign.Texts
	smsFor []string // the same of SMS alone
	took   time.Duration
}

// lost is a recipient whose outcome is open.
type lost struct {
	campaign.Recipient
	name, phone string
}

// mark is what a depth depends on.
type mark struct {
	failed, unsure, skipped, arrived int
	rev                              int64
}

func (it *item) mark() mark {
	n := it.counts
	return mark{n[campaign.Failed], n[campaign.Unsure], n[campaign.Skipped], n[campaign.Accepted]*5 + n[campaign.Delivered]*4 + n[campaign.Read]*3 + n[campaign.Replied]*2 + n[campaign.Converted], it.Rev}
}

// dig reads the depth of the chosen campaign where the last one is stale.
func (p *Pane) dig() tea.Cmd {
	it := p.chosen()
	if it == nil || it.State == campaign.Draft || !p.front {
		return nil
	}
	if had := p.card.deep; had != nil && had.id == it.ID && had.mark == it.mark() {
		return nil
	}
	d, c, at, words := p.d, it.Campaign, it.mark(), p.env.Words
	return send(p.deep.Ask(p.env.Ctx, func(ctx context.Context) (*depth, error) {
		began := time.Now()
		out := &depth{id: c.ID, mark: at, skips: map[campaign.Reason]int{}}
		if err := out.read(ctx, d, &c); err != nil {
			return nil, err
		}
		if d.Spent != nil && !c.StartedAt.IsZero() {
			sums, err := d.Spent(ctx, c)
			if err != nil {
				return nil, err
			}
			for _, m := range sums {
				out.spent = append(out.spent, words.Sum(m))
			}
		}
		if d.Texts != nil && c.SMS && !c.StartedAt.IsZero() {
			n, sums, err := d.Texts(ctx, c)
			if err != nil {
				return nil, err
			}
			out.texts = n
			for _, m := range sums {
				out.smsFor = append(out.smsFor, words.Sum(m))
			}
		}
		out.took = time.Since(began)
		return out, nil
	}))
}

// read reads the rows that say why, and all of them where versions compete.
func (d *depth) read(ctx context.Context, deps Deps, c *campaign.Campaign) error {
	if d.mark.failed+d.mark.unsure > 0 {
		if err := d.readFailures(ctx, deps, c.ID); err != nil {
			return err
		}
	}
	if d.mark.skipped > 0 || c.HoldBack > 0 {
		err := eachRecipient(ctx, deps.Read, c.ID, []campaign.RecipientState{campaign.Skipped}, func(rows []campaign.Recipient) error {
			for i := range rows {
				d.skips[rows[i].Why]++
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if lift, ok, err := deps.Office.Lift(ctx, c); err != nil {
		return err
	} else if ok {
		d.lift = &lift
	}
	if len(c.Templates) < 2 {
		return nil
	}
	return d.readArms(ctx, deps.Read, c)
}

// pageRows is how many recipients are read at a time.
const pageRows = 1000

// shownUnsure is how many open outcomes the card lists.
const shownUnsure = 200

func (d *depth) readFailures(ctx context.Context, deps Deps, id int64) error {
	var failed []campaign.Recipient
	err := eachRecipient(ctx, deps.Read, id, []campaign.RecipientState{campaign.Failed, campaign.Unsure}, func(rows []campaign.Recipient) error {
		failed = append(failed, rows...)
		return nil
	})
	if err != nil {
		return err
	}
	d.groups = deps.Rules.Groups(failed, func(*campaign.Recipient) bool { return true }) // as Desk.Retry asks
	for i := range failed {
		if failed[i].State == campaign.Unsure && len(d.unsure) < shownUnsure {
			d.unsure = append(d.unsure, lost{Recipient: failed[i]})
		}
	}
	ids := make([]int64, len(d.unsure))
	for i := range d.unsure {
		ids[i] = d.unsure[i].ContactID
	}
	names, err := namesOf(ctx, deps.People, ids)
	for i := range d.unsure {
		who := names[d.unsure[i].ContactID]
		d.unsure[i].name, d.unsure[i].phone = who.name, who.phone
	}
	return err
}

func (d *depth) readArms(ctx context.Context, read Read, c *campaign.Campaign) error {
	return eachRecipient(ctx, read, c.ID, nil, func(rows []campaign.Recipient) error {
		d.arms = addArms(d.arms, c.Arms(rows, campaign.Replied))
		d.orders = addArms(d.orders, c.Arms(rows, campaign.Converted))
		return nil
	})
}

func addArms(sum, more []campaign.Arm) []campaign.Arm {
	if sum == nil {
		return more
	}
	for i := range more {
		sum[i].N += more[i].N
		sum[i].Hits += more[i].Hits
	}
	return sum
}

// eachRecipient reads an audience page by page.
func eachRecipient(ctx context.Context, read Read, id int64, states []campaign.RecipientState, do func([]campaign.Recipient) error) error {
	q := campaign.RecipientQuery{Campaign: id, States: states, Limit: pageRows}
	for {
		rows, err := read.Recipients(ctx, q)
		if err != nil {
			return err
		}
		if err := do(rows); err != nil || len(rows) < pageRows {
			return err
		}
		q.After = rows[len(rows)-1].ID
	}
}

func (p *Pane) takeDeep(m kit.Loaded[*depth]) tea.Cmd {
	fresh, more := p.deep.Take(p.env.Ctx, m)
	switch {
	case !fresh:
		return send(more)
	case m.Err != nil:
		return fail(m.Err)
	}
	p.card.deep = m.Val
	return p.digLater(m.Val.took)
}

// digLater reads the depth again when it has become stale meanwhile, after a
// pause that grows with what it costs.
func (p *Pane) digLater(took time.Duration) tea.Cmd {
	if it := p.chosen(); it == nil || it.ID == p.card.deep.id && it.mark() == p.card.deep.mark {
		return nil
	}
	return p.after(max(time.Second, 10*took), digMsg{})
}

// digMsg asks for the depth after a pause.
type digMsg struct{}
