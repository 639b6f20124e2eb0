package templates

import (
	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/library"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// glance asks for what the tab itself tells while another is in front: how the
// templates stand. The library proper, with the rules of the review and what
// was sent of each, is read when somebody looks at it for the first time: at
// the start that would take half of the program's memory for nobody.
func (p *Pane) glance() tea.Cmd {
	return back(p.glimpse.Ask(p.env.Ctx, p.d.Glance))
}

// takeGlance keeps what a glance saw.
func (p *Pane) takeGlance(m kit.Loaded[[]library.Entry]) tea.Cmd {
	fresh, again := p.glimpse.Take(p.env.Ctx, m)
	switch {
	case !fresh:
		return back(again)
	case m.Err != nil:
		return fail(m.Err)
	}
	return p.know(m.Val)
}

// know remembers how the templates stand and tells what the provider decided
// since: of several things the worst, since one line has room for one.
func (p *Pane) know(now []library.Entry) tea.Cmd {
	was := map[int64]*library.Entry{}
	for i := range p.known {
		was[p.known[i].ID] = &p.known[i]
	}
	p.known = now
	var good, bad tea.Cmd
	for i := range now {
		e := &now[i]
		old := was[e.ID]
		if old == nil || old.State == e.State && old.Drift == e.Drift {
			continue
		}
		tell := func(k text.K, ill bool) tea.Cmd {
			return toast(frame.Toast{Text: p.env.Words.T(k, "Name", kit.CleanLine(e.Name), "Language", kit.CleanLine(e.Language)), Bad: ill})
		}
		switch {
		case e.Drift != "" && old.Drift == "":
			bad = tell(text.TplNewsDrift, true)
		case e.State == core.TemplateRejected:
			bad = tell(text.TplNewsRejected, true)
		case e.State == core.TemplatePaused, e.State == core.TemplateDisabled:
			bad = tell(text.TplNewsStopped, true)
		case e.State == core.TemplateApproved && old.State != core.TemplateApproved:
			good = tell(text.TplNewsApproved, false)
		}
	}
	if bad != nil {
		return bad
	}
	return good
}

// shown reads the library when it comes to the front and is not up to date.
func (p *Pane) shown(front bool) tea.Cmd {
	p.front = front
	if front && p.stale {
		p.stale = false
		return tea.Batch(p.keep(), p.load())
	}
	return p.keep()
}

// entries are the library's versions as they stand.
func (s *shelf) entries() []library.Entry {
	es := make([]library.Entry, len(s.items))
	for i, it := range s.items {
		es[i] = it.Entry
	}
	return es
}
