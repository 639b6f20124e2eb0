package templates

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/library"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// focus is the part that has the keyboard.
type focus uint8

const (
	onList focus = iota
	onCard
	onFilter
	onEditor
)

// Pane is the library with its editor. It is not safe for concurrent use: the
// app calls it from its own goroutine, and commands carry copies.
type Pane struct {
	env *frame.Env
	d   Deps
	t   Tools // empty until the first load is done

	shelf  *shelf
	err    error // of the last load
	list   kit.List
	filter kit.Input
	view   view
	order  order
	wanted int64 // template to put the cursor on when it is loaded
	gen    int64 // of the newest load
	epoch  int64

	focus    focus
	card     cardCache
	cardTop  int // lines scrolled away
	cardRoom int // lines shown
	edit     *session
	busy     bool // the provider is being asked

	area  areas
	spots []spot

	fetch   kit.Fetch[*shelf]
	glimpse kit.Fetch[[]library.Entry]
	known   []library.Entry // how they stand, as last seen
	front   bool            // this tab is the one that is shown
	stale   bool            // shelf is to be read when it is
}

// New makes the pane; it starts nothing.
func New(env *frame.Env, d Deps) *Pane {
	p := &Pane{env: env, d: d, shelf: &shelf{}, stale: true}
	p.list.RowHeight = rowLines
	p.filter.Limit = 200
	return p
}

// Init asks for what the tab itself shows.
func (p *Pane) Init() tea.Cmd { return p.glance() }

// Reload asks again for what the changes may have touched.
func (p *Pane) Reload(cs []core.Change) tea.Cmd {
	for _, c := range cs {
		if c.Kind != core.Everything && c.Kind != core.Templates {
			continue
		}
		if p.front {
			return p.load()
		}
		p.stale = true
		return p.glance()
	}
	return nil
}

// Badge counts the templates that ask for a hand.
func (p *Pane) Badge() string {
	n := 0
	for i := range p.known {
		if urgency(&p.known[i]) <= 1 {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return p.env.Words.Num(n)
}

// WouldLose says what quitting now would lose: a draft that could not be kept.
func (p *Pane) WouldLose() string {
	if p.edit != nil && p.edit.err != nil {
		return p.env.Words.T(text.TplLoseDraft)
	}
	return ""
}

// Close keeps the last words of a draft; the app has gone.
func (p *Pane) Close(ctx context.Context) error {
	if p.edit == nil || p.d.ReadOnly {
		return nil
	}
	t, dirty := p.edit.draft()
	if !dirty {
		return nil
	}
	if p.edit.saving { // and nobody is here to be told how that went
		if err := p.overtake(ctx, &t); err != nil {
			return err
		}
	}
	_, err := p.t.Work.SaveDraft(ctx, p.draftOf(t))
	return err
}

// overtake finds the row that a save under way has made or raised.
func (p *Pane) overtake(ctx context.Context, t *core.StoredTemplate) error {
	ts, err := p.d.Read.StoredTemplates(ctx, core.TemplateQuery{Name: t.Name, Language: t.Language, States: []core.TemplateState{core.TemplateDraft}})
	if err != nil {
		return err
	}
	for i := range ts {
		if ts[i].ID == t.ID || t.ID == 0 && ts[i].ChannelID == t.ChannelID {
			t.ID, t.Rev = ts[i].ID, ts[i].Rev
		}
	}
	return nil
}

// Find offers the templates in the palette.
func (p *Pane) Find(ctx context.Context, words string, n int) ([]frame.Entry, error) {
	ts, err := p.d.Read.StoredTemplates(ctx, core.TemplateQuery{Words: words})
	if err != nil {
		return nil, err
	}
	var out []frame.Entry
	for i := range ts {
		if len(out) == n {
			break
		}
		out = append(out, frame.Entry{Title: kit.CleanLine(ts[i].Name), Detail: kit.CleanLine(ts[i].Language),
			Msg: frame.ShowTab{Pane: Name, Msg: Show{ts[i].ID}}})
	}
	return out, nil
}

// Show asks the pane to show one template.
type Show struct{ ID int64 }

// fail reports an error in words.
func fail(err error) tea.Cmd { return func() tea.Msg { return frame.Failed{Err: err} } }

func toast(t frame.Toast) tea.Cmd { return func() tea.Msg { return t } }

func (p *Pane) say(k text.K, kv ...any) tea.Cmd {
	return toast(frame.Toast{Text: p.env.Words.T(k, kv...)})
}

// refuse says why something is not done.
func (p *Pane) refuse(why text.K, kv ...any) tea.Cmd {
	return toast(frame.Toast{Text: p.env.Words.T(why, kv...), Refused: true})
}

// back addresses the answer of a command to this pane.
func back(cmd tea.Cmd) tea.Cmd { return kit.Send(Name, cmd) }
