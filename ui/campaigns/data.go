package campaigns

import (
	"context"
	"maps"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/core/campaign"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// item is a campaign with the state of its audience.
type item struct {
	campaign.Campaign
	counts campaign.Counts
	hitch  campaign.Hitch
	gen    int64 // the load that changed it last
}

// tried is how many people have had their turn: sent to, or left out.
func (it *item) tried() int {
	return it.counts.Total() - it.counts[campaign.Pending] - it.counts[campaign.Sending]
}

// share is how far it is, 0 … 1.
func (it *item) share() float64 {
	if n := it.counts.Total(); n > 0 {
		return float64(it.tried()) / float64(n)
	}
	return 0
}

// sent is how many messages really went out.
func (it *item) sent() int { return it.tried() - it.counts[campaign.Skipped] }

// answer is what a load brought.
type answer struct {
	items []*item
	at    time.Time
	took  time.Duration
}

// load reads the campaigns, and the figures of those that have changed.
func (p *Pane) load() tea.Cmd {
	known := map[int64]*item{}
	if !p.all {
		for _, it := range p.items {
			if !p.stale[it.ID] {
				known[it.ID] = it
			}
		}
	}
	p.all = false
	clear(p.stale)
	p.gen++
	d, gen, now := p.d, p.gen, p.env.Now
	return send(p.fetch.Ask(p.env.Ctx, func(ctx context.Context) (answer, error) {
		began := time.Now()
		items, err := readItems(ctx, d, known, gen)
		return answer{items, now(), time.Since(began)}, err
	}))
}

func readItems(ctx context.Context, d Deps, known map[int64]*item, gen int64) ([]*item, error) {
	cs, err := d.Read.Campaigns(ctx)
	if err != nil {
		return nil, err
	}
	var out []*item
	for i := range cs {
		hitch, err := d.Office.Hitch(ctx, cs[i])
		if err != nil {
			return nil, err
		}
		if had := known[cs[i].ID]; had != nil && had.Rev == cs[i].Rev {
			if had.hitch != hitch {
				had = &item{Campaign: had.Campaign, gen: gen, counts: had.counts, hitch: hitch}
			}
			out = append(out, had)
			continue
		}
		it := &item{Campaign: cs[i], gen: gen, counts: campaign.Counts{}, hitch: hitch}
		if it.State != campaign.Draft {
			if it.counts, err = d.Read.Counts(ctx, it.ID); err != nil {
				return nil, err
			}
		}
		out = append(out, it)
	}
	return out, nil
}

func (p *Pane) take(m kit.Loaded[answer]) tea.Cmd {
	fresh, more := p.fetch.Take(p.env.Ctx, m)
	if !fresh {
		p.all = true // what the overtaken answer was to bring
		return send(more)
	}
	if p.err = m.Err; m.Err != nil {
		p.all = true
		if p.loaded {
			return fail(m.Err)
		}
		return nil
	}
	news := p.news(m.Val.items)
	p.items, p.took, p.loaded = m.Val.items, m.Val.took, true
	for _, it := range p.items {
		if it.State == campaign.Running || it.State == campaign.Waiting || p.pulses[it.ID] != nil {
			p.beat(it, m.Val.at)
		}
	}
	p.arrange()
	if p.wanted != 0 && p.list.Select(p.wanted) {
		p.wanted = 0
	}
	return tea.Batch(append(news, p.dig())...)
}

func (p *Pane) beat(it *item, at time.Time) {
	if p.pulses[it.ID] == nil {
		p.pulses[it.ID] = &pulse{}
	}
	p.pulses[it.ID].note(at, it.sent())
}

// news tells of campaigns that stopped by themselves or are done, once and
// wherever one is.
func (p *Pane) news(items []*item) (cmds []tea.Cmd) {
	if !p.loaded {
		return nil
	}
	before := map[int64]campaign.State{}
	for _, it := range p.items {
		before[it.ID] = it.State
	}
	w := p.env.Words
	for _, it := range items {
		was, ok := before[it.ID]
		if !ok || was == it.State {
			continue
		}
		name := kit.CleanLine(it.Name)
		switch {
		case it.State == campaign.Paused && it.Pause != campaign.ByHand:
			cmds = append(cmds, toast(frame.Toast{Bad: true, For: newsFor, Text: w.T(text.CampStoppedItself, "Name", name, "Why", p.brush().pause(&it.Campaign))}))
		case it.State == campaign.Finished:
			cmds = append(cmds, toast(frame.Toast{For: newsFor, Text: w.N(text.CampDone, it.sent(), "Name", name)}))
		}
	}
	return cmds
}

// newsFor is how long what happens by itself is told.
const newsFor = 10 * time.Second

// view is a part of the list.
type view uint8

const (
	viewAll view = iota
	viewLive
	viewDraft
	viewPast
	views
)

func (v view) word() text.K {
	return [...]text.K{text.CampViewAll, text.CampViewLive, text.CampViewDraft, text.CampViewPast}[v]
}

func (v view) holds(it *item) bool {
	switch v {
	case viewLive:
		return it.State.Active() || it.State == campaign.Paused
	case viewDraft:
		return it.State == campaign.Draft
	case viewPast:
		return it.State == campaign.Finished || it.State == campaign.Cancelled
	}
	return true
}

// rank puts first what asks for an eye: what stands still, what runs, what will.
func (it *item) rank() int {
	return slices.Index([]campaign.State{campaign.Paused, campaign.Running, campaign.Waiting, campaign.Scheduled, campaign.Draft, campaign.Finished, campaign.Cancelled}, it.State)
}

// arrange puts the campaigns of the view into the list: what lives first, then
// the newest.
func (p *Pane) arrange() {
	var rows []kit.Row
	sorted := slices.Clone(p.items)
	slices.SortStableFunc(sorted, func(a, b *item) int { return min(4, a.rank()) - min(4, b.rank()) })
	for _, it := range sorted {
		if p.view.holds(it) {
			rows = append(rows, row{p, it})
		}
	}
	p.list.SetRows(rows)
}

// chosen is the campaign under the cursor, nil when there is none.
func (p *Pane) chosen() *item {
	r, ok := p.list.Current()
	if !ok {
		return nil
	}
	return r.(row).it
}

// who names a person.
type who struct{ name, phone string }

// namesOf reads the names of people, drawn clean; who is gone is not among them.
func namesOf(ctx context.Context, r People, ids []int64) (map[int64]who, error) {
	out := map[int64]who{}
	for some := range slices.Chunk(ids, nameRows) {
		rows, err := r.Rows(ctx, some)
		if err != nil {
			return out, err
		}
		for i := range rows {
			out[rows[i].ID] = whoIs(&rows[i])
		}
	}
	return out, nil
}

// sortedReasons of a count by reason, as core/campaign orders them.
func sortedReasons(n map[campaign.Reason]int) []campaign.Reason {
	out := slices.Collect(maps.Keys(n))
	at := func(r campaign.Reason) int {
		if i := slices.Index(campaign.Reasons, r); i >= 0 {
			return i
		}
		return len(campaign.Reasons)
	}
	slices.SortFunc(out, func(a, b campaign.Reason) int {
		if c := at(a) - at(b); c != 0 {
			return c
		}
		if a < b {
			return -1
		}
		return 1
	})
	return out
}
