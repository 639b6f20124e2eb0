package ui

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/sahilm/fuzzy"

	"bottega/ui/frame"
	"bottega/ui/keys"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// found bounds what one pane may add to the palette.
const found = 20

// palette finds every command of the screen, every tab, and what panes know by
// name; what does not work now says why.
type palette struct {
	env     *frame.Env
	field   kit.Input
	fixed   []choice // commands and tabs
	extra   []choice // what the panes found for asked
	shown   []match
	at, top int
	rows    int // lines of the list at the last drawing
	width   int // of the field at the last drawing
	finders []frame.Finder
	fetch   kit.Fetch[[]choice]
}

// choice is one line with what it does.
type choice struct {
	frame.Entry
	key  string
	rank int // before anything is typed: commands, screens, what works elsewhere, moves
}

// match is a choice and the runes of its title that the words hit.
type match struct {
	choice
	hit []int
}

func (a *App) newPalette() frame.Dialog {
	p := &palette{env: a.env}
	p.field.Placeholder = a.env.Words.T(text.PaletteHint)
	front := a.front()
	p.addKeys(front.name, front.pane.Keys())
	p.addElsewhere(front)
	p.addKeys("", a.ownKeys())
	slices.SortStableFunc(p.fixed, func(a, b choice) int { return a.rank - b.rank })
	for _, t := range a.tabs {
		if f, ok := t.pane.(frame.Finder); ok {
			p.finders = append(p.finders, f)
		}
	}
	p.filter()
	return p
}

func (p *palette) addKeys(pane string, bs []keys.Binding) {
	for _, b := range bs {
		if b.Do == "app.palette" || len(b.Keys) == 0 {
			continue
		}
		c := choice{key: b.Label()}
		c.Title = p.env.Words.T(b.Help)
		c.Msg = runAction{pane, b.Do}
		switch {
		case b.Quiet && pane == "":
			c.rank = 1
		case b.Quiet:
			c.rank = 3
		}
		if b.Off != "" {
			c.Off = p.env.Words.T(b.Off)
		}
		p.fixed = append(p.fixed, c)
	}
}

// addElsewhere adds what the pane can do in its other situations, when it can
// run an action by name: the palette knows every command of the screen.
func (p *palette) addElsewhere(t tab) {
	m, listed := t.pane.(frame.Manual)
	if _, does := t.pane.(frame.Doer); !listed || !does {
		return
	}
	have := map[string]bool{} // by words and by action: the words of one may change
	for _, c := range p.fixed {
		have[c.Title] = true
		if run, ok := c.Msg.(runAction); ok {
			have[run.action] = true
		}
	}
	for _, ctx := range m.KeyContexts() {
		for _, b := range ctx.Keys {
			title := p.env.Words.T(b.Help)
			if b.Quiet || len(b.Keys) == 0 || have[title] || have[b.Do] {
				continue
			}
			have[title], have[b.Do] = true, true
			c := choice{key: b.Label(), rank: 2}
			c.Title, c.Detail, c.Msg = title, p.env.Words.T(ctx.Name), runAction{t.name, b.Do}
			p.fixed = append(p.fixed, c)
		}
	}
}

// Addr is where the panes' answers come back to.
func (p *palette) Addr() string { return "palette" }

// Init asks the panes for what they show before anything is typed.
func (p *palette) Init() tea.Cmd { return p.find() }

// find asks every pane for entries that fit the words, off the app's goroutine.
func (p *palette) find() tea.Cmd {
	if len(p.finders) == 0 {
		return nil
	}
	words, finders := strings.TrimSpace(p.field.Value()), p.finders
	return kit.Send(p.Addr(), p.fetch.Ask(p.env.Ctx, func(ctx context.Context) ([]choice, error) {
		var out []choice
		for _, f := range finders {
			es, err := f.Find(ctx, words, found)
			if err != nil {
				return out, err
			}
			for _, e := range es {
				out = append(out, choice{Entry: e})
			}
		}
		return out, nil
	}))
}

func (p *palette) Handle(msg tea.Msg) (bool, tea.Cmd) {
	switch msg := msg.(type) {
	case kit.Loaded[[]choice]:
		fresh, cmd := p.fetch.Take(p.env.Ctx, msg)
		if fresh {
			p.extra = msg.Val
			p.filter()
		}
		if msg.Err != nil && fresh {
			return false, func() tea.Msg { return frame.Failed{Err: msg.Err} }
		}
		return false, kit.Send(p.Addr(), cmd)
	case tea.KeyPressMsg:
		if done, used, cmd := p.key(msg); used {
			return done, cmd
		}
	case tea.MouseWheelMsg:
		if msg.Button == tea.MouseWheelDown {
			p.move(1)
		} else if msg.Button == tea.MouseWheelUp {
			p.move(-1)
		}
		return false, nil
	case tea.MouseClickMsg:
		if i := p.top + msg.Y - 3; msg.Y >= 3 && msg.Y < 3+p.rows && i < len(p.shown) {
			p.at = i
			return p.choose()
		}
		return false, nil
	}
	rev := p.field.Rev()
	p.field.Handle(msg)
	if p.field.Rev() == rev {
		return false, nil
	}
	p.at, p.top = 0, 0
	p.filter()
	return false, p.find()
}

func (p *palette) key(msg tea.KeyPressMsg) (done, used bool, cmd tea.Cmd) {
	b, ok := keys.Match(p.Keys(), msg)
	if !ok {
		return false, false, nil
	}
	switch b.Do {
	case "palette.close":
		return true, true, nil
	case "palette.down":
		p.move(1)
	case "palette.up":
		p.move(-1)
	case "palette.pagedown":
		p.move(max(1, p.rows-1))
	case "palette.pageup":
		p.move(-max(1, p.rows-1))
	case "palette.choose":
		done, cmd = p.choose()
	}
	return done, true, cmd
}

// choose closes with the entry under the cursor; one that is off stays.
func (p *palette) choose() (bool, tea.Cmd) {
	if p.at >= len(p.shown) || p.shown[p.at].Off != "" {
		return false, nil
	}
	msg := p.shown[p.at].Msg
	return true, func() tea.Msg { return msg }
}

func (p *palette) move(d int) { p.at = max(0, min(p.at+d, len(p.shown)-1)) }

// titles makes the choices searchable.
type titles []choice

func (t titles) String(i int) string { return t[i].Title }
func (t titles) Len() int            { return len(t) }

// filter ranks what fits the words; what panes found stays in their order.
func (p *palette) filter() {
	words := strings.TrimSpace(p.field.Value())
	p.shown = p.shown[:0]
	if words == "" {
		for _, c := range p.fixed {
			p.shown = append(p.shown, match{choice: c})
		}
	}
	for _, m := range fuzzy.FindFrom(words, titles(p.fixed)) {
		p.shown = append(p.shown, match{p.fixed[m.Index], m.MatchedIndexes})
	}
	for _, c := range p.extra {
		p.shown = append(p.shown, match{choice: c})
	}
	p.move(0)
}

func (p *palette) Keys() []keys.Binding {
	return []keys.Binding{
		{Do: "palette.choose", Keys: []string{"enter"}, Help: text.KeyRun},
		{Do: "palette.down", Keys: []string{"down", "ctrl+n", "tab"}, Help: text.KeyDown},
		{Do: "palette.up", Keys: []string{"up", "ctrl+p", "shift+tab"}, Help: text.KeyUp},
		{Do: "palette.pagedown", Keys: []string{"pgdown"}, Help: text.KeyPageDown, Quiet: true},
		{Do: "palette.pageup", Keys: []string{"pgup"}, Help: text.KeyPageUp, Quiet: true},
		{Do: "palette.close", Keys: []string{"esc", "ctrl+k"}, Help: text.KeyClose},
	}
}

// paletteRows is how many entries show at most.
const paletteRows = 14

func (p *palette) Lines(w, h int) []string {
	th := p.env.Theme
	w = min(w, 76)
	in := w - 4
	p.rows = max(1, min(paletteRows, h-4))
	p.width = in - 2
	field := th.Accent.Render("› ") + p.field.Lines(p.width, 1, kit.InputStyle{Text: th.Text, Hint: th.Hint})[0]
	rows := []string{field, th.Line.Render(strings.Repeat("─", in))}
	p.top = max(p.at-p.rows+1, min(p.top, p.at))
	for i := p.top; i < min(len(p.shown), p.top+p.rows); i++ {
		rows = append(rows, p.row(p.shown[i], in, i == p.at))
	}
	if len(p.shown) == 0 {
		rows = append(rows, th.Faint.Render(kit.Fit(p.env.Words.T(text.PaletteNothing), in)))
	}
	return kit.Box(p.env.Words.T(text.PaletteTitle), kit.Pad(rows, in, p.rows+2), w, th.Border, th.Title)
}

func (p *palette) row(m match, w int, on bool) string {
	th := p.env.Theme
	right := th.Faint.Render(m.key)
	if m.Detail != "" {
		right = th.Faint.Render(kit.CleanLine(m.Detail))
	}
	title := kit.CleanLine(m.Title)
	switch {
	case m.Off != "":
		title = th.Faint.Render(title + " · " + m.Off)
	case len(m.hit) > 0:
		title = p.hits(title, m.hit)
	default:
		title = th.Text.Render(title)
	}
	if on {
		return th.Select.Line(kit.Ends(th.Accent.Render("▌ ")+title, right, w), w)
	}
	return kit.Ends("  "+title, right, w)
}

// hits draws the letters that the words found in the accent. hit are byte
// offsets, as fuzzy counts.
func (p *palette) hits(title string, hit []int) string {
	th := p.env.Theme
	var b strings.Builder
	off := 0
	for c := range kit.Clusters(title) {
		ink := th.Text
		for _, i := range hit {
			if i >= off && i < off+len(c) {
				ink = th.Title
			}
		}
		b.WriteString(ink.Render(c))
		off += len(c)
	}
	return b.String()
}

func (p *palette) Cursor() *tea.Cursor {
	x, _ := p.field.Cursor(p.width)
	return tea.NewCursor(4+x, 1)
}
