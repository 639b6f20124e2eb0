package templates

import (
	"cmp"
	"context"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/library"
	"bottega/core/template"
	"bottega/ui/dialog"
	"bottega/ui/frame"
	"bottega/ui/templates/editor"
	"bottega/ui/text"
)

// pause in typing after which a draft is kept.
const pause = 600 * time.Millisecond

// session is a template that is open in the editor.
type session struct {
	e      *editor.Editor
	stored core.StoredTemplate // as it was last kept
	key    string              // what it is called in the library
	kept   int                 // revision of the editor that is kept
	typed  uint64              // generation of the last change
	saving bool
	err    error          // why the last words are not kept
	then   func() tea.Cmd // to do once they are

	top   int  // lines of the fields scrolled away
	phone bool // shown in place of the fields where there is no room for both
	lines []lineOf
}

// begin opens a stored template, or a new one, in the editor.
func (p *Pane) begin(t core.StoredTemplate, locked ...template.Part) tea.Cmd {
	s := &session{stored: t}
	if it := p.shelf.find(t.ID); it != nil {
		s.key = it.tpl.ID
	}
	doc := template.Of(t.Template)
	s.e = editor.New(doc, func(doc template.Template) []template.Finding {
		doc.ID = s.key
		return p.t.Linter.Lint(doc, p.shelf.context(s.stored.ChannelID, p.env.Now()))
	}, locked...)
	s.kept = s.e.Rev()
	if t.ID == 0 {
		s.kept = -1 // a copy or a starter is worth keeping as it is
	}
	s.e.Go(template.Place{Part: template.PartBody})
	p.edit, p.focus = s, onEditor
	return p.touched()
}

// again takes note of a library that was loaded anew.
func (s *session) again(p *Pane) {
	if it := p.shelf.find(s.stored.ID); it != nil {
		s.key = it.tpl.ID
	}
	s.e.Judge()
}

// draft is what is to be kept, and whether it is not yet. A template without
// a name keeps the one it had.
func (s *session) draft() (t core.StoredTemplate, dirty bool) {
	t = s.stored
	c := s.e.Template().Core()
	t.Name, t.Language, t.NamedVars = cmp.Or(c.Name, t.Name), c.Language, c.NamedVars
	t.Category, t.Header, t.Body, t.Samples, t.Footer, t.Buttons = c.Category, c.Header, c.Body, c.Samples, c.Footer, c.Buttons
	return t, s.e.Rev() != s.kept
}

// restMsg tells that the pause after a change is over.
type restMsg struct{ typed uint64 }

// touched notes a change; the draft is kept when the typing rests.
func (p *Pane) touched() tea.Cmd {
	s := p.edit
	if _, dirty := s.draft(); !dirty {
		return nil
	}
	s.typed++
	gen := s.typed
	return back(tea.Tick(pause, func(time.Time) tea.Msg { return restMsg{gen} }))
}

// keptMsg is how keeping a draft went.
type keptMsg struct {
	rev int
	t   core.StoredTemplate
	err error
}

// keep stores the draft, one call at a time.
func (p *Pane) keep() tea.Cmd {
	s := p.edit
	if s == nil || p.d.ReadOnly {
		return nil
	}
	t, dirty := s.draft()
	if !dirty || s.saving {
		return nil
	}
	if p.clash(&t) { // the words are kept all the same, under the name they had
		t.Name, t.Language = s.stored.Name, s.stored.Language
	}
	s.saving = true
	d, rev, w, ctx := p.draftOf(t), s.e.Rev(), p.t.Work, p.env.Ctx
	return back(func() tea.Msg {
		kept, err := w.SaveDraft(ctx, d)
		return keptMsg{rev, kept, err}
	})
}

// clash reports whether another draft has a template's name and language. While
// a save is under way it cannot be told from its own.
func (p *Pane) clash(t *core.StoredTemplate) bool {
	if p.edit != nil && p.edit.saving {
		return false
	}
	for _, it := range p.shelf.items {
		if it.ID != t.ID && it.State == core.TemplateDraft && key(&it.StoredTemplate) == key(t) {
			return true
		}
	}
	return false
}

// draftOf is a stored version as the library takes it. Who wrote last counts:
// another window's words are not guarded against, for both are this agent's.
func (p *Pane) draftOf(t core.StoredTemplate) library.Draft {
	return library.Draft{ID: t.ID, Channel: t.ChannelID, Template: template.Of(t.Template), Family: t.Family, Role: t.Role, Agent: p.env.Agent, Rev: t.Rev}
}

// takeKept goes on where the draft was waited for.
func (p *Pane) takeKept(m keptMsg) tea.Cmd {
	s := p.edit
	if s == nil {
		return nil
	}
	s.saving = false
	s.err = m.err
	if m.err != nil {
		s.then = nil
		if core.CodeOf(m.err) == core.Conflict && s.stored.Rev != 0 {
			w := p.env.Words
			return toConfirm(frame.Confirm{Title: w.T(text.TplOtherTitle), Text: w.T(text.TplOtherText), Do: w.T(text.TplOtherDo), Sudden: true,
				Yes: back(func() tea.Msg { return overMsg{} })})
		}
		return fail(m.err)
	}
	s.stored, s.kept = m.t, m.rev
	p.wanted = m.t.ID
	if _, dirty := s.draft(); dirty {
		return p.keep()
	}
	if then := s.then; then != nil {
		s.then = nil
		return then()
	}
	return nil
}

// overMsg keeps one's own words over what another window wrote.
type overMsg struct{}

func (p *Pane) keepOver() tea.Cmd {
	if p.edit == nil {
		return nil
	}
	p.edit.stored.Rev = 0
	return p.keep()
}

// after does something once all words are kept; when they cannot be, not at all.
func (p *Pane) after(then func() tea.Cmd) tea.Cmd {
	if _, dirty := p.edit.draft(); !dirty && !p.edit.saving {
		return then()
	}
	p.edit.then = then
	return p.keep()
}

// leave goes back to the library. A draft that cannot be kept is not dropped
// without a question.
func (p *Pane) leave() tea.Cmd {
	s := p.edit
	out := func() tea.Cmd {
		p.edit, p.focus, p.wanted = nil, onList, s.stored.ID
		return p.load()
	}
	if s.err != nil {
		w := p.env.Words
		return toConfirm(frame.Confirm{Title: w.T(text.TplLeaveTitle), Text: w.T(text.TplLoseDraft), Do: w.T(text.TplLeaveDo), Danger: true,
			Yes: back(func() tea.Msg { return dropMsg{} })})
	}
	return p.after(out)
}

// dropMsg leaves the editor without its words.
type dropMsg struct{}

func (p *Pane) drop() tea.Cmd {
	p.edit, p.focus = nil, onList
	return p.load()
}

func toConfirm(c frame.Confirm) tea.Cmd { return func() tea.Msg { return c } }

// submitDraft hands in what is in the editor.
func (p *Pane) submitDraft() tea.Cmd {
	for _, f := range p.edit.e.Findings() {
		if f.Severity == template.SevError {
			p.edit.e.Next(-1)
			for range p.edit.e.Findings() {
				p.edit.e.Next(1)
				if c := p.edit.e.Current(); c != nil && c.Severity == template.SevError {
					break
				}
			}
			return p.refuseFinding(*p.edit.e.Current())
		}
	}
	if t := p.edit.e.Template(); noFile(t) {
		p.edit.e.Go(template.Place{Part: template.PartSample, N: 1, Field: string(template.PartHeader)})
		return p.refuse(text.TplRefusedFile)
	}
	return p.after(func() tea.Cmd { return p.confirmSubmit(p.edit.stored) })
}

// noFile reports a header that is a file and has no sample of it, without
// which the provider takes no template.
func noFile(t template.Template) bool { return t.Header.File() && len(t.Header.Samples) == 0 }

// refuseFinding says which finding stands in the way.
func (p *Pane) refuseFinding(f template.Finding) tea.Cmd {
	msg, _ := p.env.Words.Finding(string(f.Rule), f.Params)
	return p.refuse(text.TplRefused, "Place", p.brush().place(f.Place), "Why", msg)
}

// confirmSubmit asks before a template is handed in. Where the shop has
// several numbers and the draft none of them, it asks for that first.
func (p *Pane) confirmSubmit(t core.StoredTemplate) tea.Cmd {
	if t.ChannelID == 0 && len(p.shelf.channels) > 1 {
		return p.pickChannel(t)
	}
	w, id, work, agent, ctx := p.env.Words, t.ID, p.t.Work, p.env.Agent, p.env.Ctx
	why := text.TplSubmitText
	if t.Template.ID != "" { // the provider has a text under this name, and replaces it
		why = text.TplSubmitAgain
	}
	return toConfirm(frame.Confirm{
		Title: w.T(text.TplSubmitTitle, "Name", t.Name, "Language", t.Language), Text: w.T(why), Do: w.T(text.TplSubmitDo),
		Yes: back(func() tea.Msg {
			got, _, err := work.Submit(ctx, id, agent)
			return submittedMsg{got, err}
		}),
	})
}

// pickChannel asks which number a draft is for, and keeps that.
func (p *Pane) pickChannel(t core.StoredTemplate) tea.Cmd {
	var all []dialog.Option
	for _, ch := range p.shelf.channels {
		all = append(all, dialog.Option{Value: strconv.FormatInt(ch.ID, 10), Label: ch.Name, Detail: string(ch.Number)})
	}
	d, w, ctx := p.draftOf(t), p.t.Work, p.env.Ctx
	return dialog.Open(dialog.NewPick(p.env, p.env.Words.T(text.TplChannelTitle), p.env.Words.T(text.TplChannelHint), all, false, func(v string) tea.Cmd {
		id, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			return nil
		}
		d.Channel = id
		return back(func() tea.Msg {
			t, err := w.SaveDraft(ctx, d)
			return placedMsg{t, err}
		})
	}))
}

// placedMsg is a draft that has got its number.
type placedMsg struct {
	t   core.StoredTemplate
	err error
}

func (p *Pane) takePlaced(m placedMsg) tea.Cmd {
	if m.err != nil {
		return fail(m.err)
	}
	if p.edit != nil && p.edit.stored.ID == m.t.ID {
		p.edit.stored = m.t
	}
	return tea.Batch(p.load(), p.confirmSubmit(m.t))
}

// submittedMsg is how handing in went.
type submittedMsg struct {
	t   core.StoredTemplate
	err error
}

func (p *Pane) takeSubmitted(m submittedMsg) tea.Cmd {
	if m.err != nil {
		if f, ok := standing(m.err); ok {
			return p.refuseFinding(f)
		}
		return fail(m.err)
	}
	if p.edit != nil && p.edit.stored.ID == m.t.ID {
		p.edit, p.focus = nil, onList
	}
	p.wanted = m.t.ID
	return tea.Batch(p.load(), p.say(text.TplHandedIn, "Name", m.t.Name))
}

// act runs one piece of work off the app's goroutine; said is the toast when
// it went well.
func (p *Pane) act(said tea.Cmd, do func(context.Context) error) tea.Cmd {
	ctx := p.env.Ctx
	return back(func() tea.Msg {
		if err := do(ctx); err != nil {
			return frame.Failed{Err: err}
		}
		return doneMsg{said}
	})
}

// doneMsg tells that work is done.
type doneMsg struct{ said tea.Cmd }

// free is a name that no template has: name, name_2, name_3.
func (p *Pane) free(name, language string) string {
	out := name
	for n := 2; p.shelf.taken(out, language); n++ {
		out = name + "_" + strconv.Itoa(n)
	}
	return out
}
