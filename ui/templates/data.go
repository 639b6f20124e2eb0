package templates

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/library"
	"bottega/core/template"
	"bottega/ui/kit"
)

// item is a version of a template with what the pane shows beside it.
type item struct {
	library.Entry
	tpl      template.Template
	share    float64 // of all messages sent
	found    []template.Finding
	judged   bool               // found is there
	suspects []template.Finding // what a rejection most likely means
	kin      []*item            // the others of its family in its language
	gen      int64              // the load it came with
}

// daysLeft counts the days until an approval wants another look, begun ones
// whole; 0 and less when it is over.
func (it *item) daysLeft(now time.Time) int {
	return int(math.Ceil(it.ValidUntil.Sub(now).Hours() / 24))
}

// since is when it came to its state.
func (it *item) since() time.Time {
	switch it.State {
	case core.TemplateDraft:
		return it.UpdatedAt
	case core.TemplateSubmitted, core.TemplatePending:
		return it.SubmittedAt
	case core.TemplateApproved:
		return it.ApprovedAt
	}
	return it.DecidedAt
}

// readShare is how many of those who got it read it.
func (it *item) readShare() (float64, bool) {
	if it.Use.Delivered == 0 {
		return 0, false
	}
	return float64(it.Use.Read) / float64(it.Use.Delivered), true
}

// urgency orders the library by what asks for a hand first.
func urgency(it *library.Entry) int {
	switch {
	case it.State == core.TemplateRejected, it.State == core.TemplatePaused, it.State == core.TemplateDisabled, it.Drift != "":
		return 0
	case it.Validity == library.DueSoon, it.Validity == library.DueOver, it.Review == library.DueOver:
		return 1
	case it.State == core.TemplateDraft:
		return 2
	case it.State.Waiting():
		return 3
	case it.State == core.TemplateApproved:
		return 4
	}
	return 5
}

// key names a template whatever its version, for comparing with others.
func key(t *core.StoredTemplate) string {
	return strings.ToLower(strings.ReplaceAll(t.Language, "-", "_")) + "/" + t.Name
}

// shelf is the whole library as it was loaded.
type shelf struct {
	tools    Tools
	items    []*item
	figures  library.Overview
	forms    map[int64]*template.Library // what is compared with, by channel; 0 for all
	deleted  []template.Deleted
	channels []core.Channel
}

// load asks for the library again.
func (p *Pane) load() tea.Cmd {
	d, t, now, gen := p.d, p.t, p.env.Now(), p.gen+1
	p.gen = gen
	return kit.Send(Name, p.fetch.Ask(p.env.Ctx, func(ctx context.Context) (*shelf, error) { return readShelf(ctx, d, t, now, gen) }))
}

func readShelf(ctx context.Context, d Deps, t Tools, now time.Time, gen int64) (*shelf, error) {
	var err error
	if t.Linter == nil {
		if t, err = d.Open(ctx); err != nil {
			return nil, err
		}
	}
	o, err := t.Work.Overview(ctx, core.TemplateQuery{})
	if err != nil {
		return nil, err
	}
	gone, err := d.Read.StoredTemplates(ctx, core.TemplateQuery{States: []core.TemplateState{core.TemplateGone}, All: true})
	if err != nil {
		return nil, err
	}
	s := &shelf{tools: t, figures: o}
	if s.channels, err = d.Channels.Channels(ctx); err != nil {
		return nil, err
	}
	for i := range gone {
		s.deleted = append(s.deleted, template.Deleted{Name: gone[i].Name, At: gone[i].DecidedAt})
	}
	for _, e := range o.Entries {
		it := &item{Entry: e, tpl: template.Of(e.Template), gen: gen}
		it.tpl.ID = key(&it.StoredTemplate)
		if it.State == core.TemplateDraft {
			it.Use = core.TemplateUse{} // what was sent is the version in force
		}
		if o.Messages > 0 {
			it.share = float64(e.Use.Sent) / float64(o.Messages)
		}
		s.items = append(s.items, it)
	}
	s.compare()
	s.judge(now)
	s.families()
	return s, ctx.Err()
}

// compare prepares what templates are compared with: what the provider has,
// in the same channel. A template's own versions share a key and are no
// duplicates of each other.
func (s *shelf) compare() {
	by := map[int64][]template.Template{}
	for _, it := range s.items {
		if it.State.Submitted() && it.State != core.TemplateReplaced && it.State != core.TemplateGone {
			by[it.ChannelID] = append(by[it.ChannelID], it.tpl)
			if it.ChannelID != 0 {
				by[0] = append(by[0], it.tpl)
			}
		}
	}
	s.forms = map[int64]*template.Library{}
	for ch, ts := range by {
		s.forms[ch] = template.NewLibrary(ts)
	}
}

// judge lints those whose rows count what is wrong; the others are judged
// when their card is drawn.
func (s *shelf) judge(now time.Time) {
	for _, it := range s.items {
		switch it.State {
		case core.TemplateDraft:
			s.lint(it, now)
		case core.TemplateRejected:
			s.lint(it, now)
			it.suspects = s.tools.Work.Suspects(it.StoredTemplate)
		}
	}
}

// lint judges one of them once, a draft as it would be handed in.
func (s *shelf) lint(it *item, now time.Time) {
	if it.judged {
		return
	}
	t := it.tpl
	if it.State == core.TemplateDraft {
		t = t.Submitted()
	}
	it.found, it.judged = s.tools.Linter.Lint(t, s.context(it.ChannelID, now)), true
}

// context is what templates of a channel are judged against.
func (s *shelf) context(channel int64, now time.Time) template.Context {
	return template.Context{Now: now, Library: s.forms[channel], Deleted: s.deleted}
}

// families ties those of one family and language together, by role.
func (s *shelf) families() {
	for _, it := range s.items {
		if it.Family == "" {
			continue
		}
		for _, o := range s.items {
			if o.tpl.ID != it.tpl.ID && o.Family == it.Family && o.Language == it.Language { // no versions of its own
				it.kin = append(it.kin, o)
			}
		}
		slices.SortStableFunc(it.kin, func(a, b *item) int { return roleRank(a.Role) - roleRank(b.Role) })
	}
}

func roleRank(r core.TemplateRole) int {
	return slices.Index([]core.TemplateRole{core.RoleStandard, core.RoleAdvanced, core.RoleEmergency, core.RoleNone}, r)
}

// find returns a version by its id, nil when it is not here.
func (s *shelf) find(id int64) *item {
	for _, it := range s.items {
		if it.ID == id {
			return it
		}
	}
	return nil
}

// taken reports whether a template has a name, or had it until lately.
func (s *shelf) taken(name, language string) bool {
	k := key(&core.StoredTemplate{Template: core.Template{Name: name, Language: language}})
	return slices.ContainsFunc(s.items, func(it *item) bool { return it.tpl.ID == k }) ||
		slices.ContainsFunc(s.deleted, func(x template.Deleted) bool { return x.Name == name })
}

// take puts a loaded library in place; the cursor stays on its template.
func (p *Pane) take(m kit.Loaded[*shelf]) tea.Cmd {
	fresh, again := p.fetch.Take(p.env.Ctx, m)
	switch {
	case !fresh:
		return kit.Send(Name, again)
	case m.Err != nil:
		p.err = m.Err
		return fail(m.Err)
	}
	told := p.know(m.Val.entries())
	p.err, p.shelf, p.t = nil, m.Val, m.Val.tools
	p.arrange()
	if p.wanted != 0 {
		p.list.Select(p.wanted)
		p.wanted = 0
	}
	if p.edit != nil {
		p.edit.again(p)
	}
	return told
}

// arrange filters and orders what is loaded into the list.
func (p *Pane) arrange() {
	var its []*item
	for _, it := range p.shelf.items {
		if p.view.holds(it) && p.matches(it) {
			its = append(its, it)
		}
	}
	slices.SortStableFunc(its, func(a, b *item) int {
		switch p.order {
		case byUse:
			if d := b.Use.Sent - a.Use.Sent; d != 0 {
				return d
			}
		case byUrgency:
			if d := urgency(&a.Entry) - urgency(&b.Entry); d != 0 {
				return d
			}
		}
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Language, b.Language), b.Version-a.Version)
	})
	rows := make([]kit.Row, len(its))
	for i, it := range its {
		rows[i] = row{p, it}
	}
	p.list.RowHeight = rowLines
	p.list.SetRows(rows)
}

// chosen is the template under the cursor, nil when there is none.
func (p *Pane) chosen() *item {
	r, ok := p.list.Current()
	if !ok {
		return nil
	}
	return r.(row).it
}
