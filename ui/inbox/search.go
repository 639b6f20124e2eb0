package inbox

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/ui/dialog"
	"bottega/ui/keys"
	"bottega/ui/kit"
	"bottega/ui/text"
)

const (
	pageHits = 50
	hitLines = 2
)

// found is a page of search results.
type found struct {
	words  string
	before int64
	hits   []core.Hit
}

// search is the dialog that looks through all messages and contacts while one types.
type search struct {
	p     *Pane
	f     dialog.Field
	words string // of the hits shown
	hits  []core.Hit
	more  bool
	err   error
	cur   int
	top   int
	rows  int
}

func (p *Pane) openSearch() tea.Cmd {
	d := &search{p: p, f: dialog.Field{Sign: "/"}}
	d.f.In.Placeholder = p.env.Words.T(text.InboxSearchHint)
	d.f.In.Limit = 200
	p.finder = d
	return dialog.Open(d)
}

// loadHits asks for a page of results; the newest question wins.
func (p *Pane) loadHits(words string, before int64) tea.Cmd {
	r := p.d.Find
	return send(p.fetchHits.Ask(p.env.Ctx, func(ctx context.Context) (found, error) {
		if words == "" {
			return found{}, nil
		}
		hs, err := r.Search(ctx, core.SearchQuery{Words: words, Limit: pageHits, Before: before})
		return found{words, before, hs}, err
	}))
}

func (p *Pane) takeHits(m kit.Loaded[found]) tea.Cmd {
	fresh, again := p.fetchHits.Take(p.env.Ctx, m)
	if !fresh || p.finder == nil {
		return send(again)
	}
	d := p.finder
	if d.err = m.Err; m.Err != nil {
		return nil
	}
	d.more = len(m.Val.hits) >= pageHits
	if m.Val.before != 0 && m.Val.words == d.words {
		d.hits = append(d.hits, m.Val.hits...)
		return nil
	}
	d.words, d.hits, d.cur, d.top = m.Val.words, m.Val.hits, 0, 0
	return nil
}

// Handle edits the words, moves among the results and goes to one.
func (d *search) Handle(msg tea.Msg) (done bool, cmd tea.Cmd) {
	switch m := msg.(type) {
	case tea.KeyPressMsg:
		switch m.String() {
		case "esc":
			d.p.finder = nil
			return true, nil
		case "enter":
			return d.enter()
		case "up", "ctrl+p":
			return false, d.move(-1)
		case "down", "ctrl+n":
			return false, d.move(1)
		case "pgup":
			return false, d.move(-max(1, d.rows))
		case "pgdown":
			return false, d.move(max(1, d.rows))
		}
	case tea.MouseWheelMsg:
		if m.Button == tea.MouseWheelUp {
			return false, d.move(-1)
		}
		return false, d.move(1)
	case tea.MouseClickMsg:
		if y := m.Y - d.f.Below(); y >= 0 && y/hitLines < d.rows && d.top+y/hitLines < len(d.hits) {
			d.cur = d.top + y/hitLines
			return d.enter()
		}
		return false, nil
	}
	rev := d.f.In.Rev()
	if d.f.In.Handle(msg) && d.f.In.Rev() != rev {
		return false, d.p.loadHits(strings.TrimSpace(d.f.In.Value()), 0)
	}
	return false, nil
}

func (d *search) move(n int) tea.Cmd {
	d.cur = max(0, min(d.cur+n, len(d.hits)-1))
	if d.more && d.cur >= len(d.hits)-10 && !d.p.fetchHits.Busy() {
		return d.p.loadHits(d.words, d.hits[len(d.hits)-1].MessageID)
	}
	return nil
}

func (d *search) enter() (bool, tea.Cmd) {
	if d.cur >= len(d.hits) {
		return false, nil
	}
	h := d.hits[d.cur]
	if h.ConversationID == 0 {
		return false, nil
	}
	d.p.finder = nil
	return true, d.p.goTo(h.ConversationID, h.MessageID)
}

// Keys are those of the footer while the dialog is open.
func (d *search) Keys() []keys.Binding {
	return []keys.Binding{
		{Do: "search.go", Keys: []string{"enter"}, Help: text.InboxKeyGoTo},
		{Do: "search.move", Keys: []string{"up", "down"}, Help: text.InboxKeyMove},
		{Do: "search.close", Keys: []string{"esc"}, Help: text.InboxKeyClose},
	}
}

// Lines draws the box: the words, then results of two lines each.
func (d *search) Lines(w, h int) []string {
	b := d.p.brush()
	w = dialog.Width(90, w)
	in := max(1, w-4)
	room := max(0, h-4)
	d.rows = max(1, min(room/hitLines, 12))
	d.top = max(0, min(d.top, d.cur, len(d.hits)-d.rows))
	d.top = max(d.top, d.cur-d.rows+1)
	body := d.f.Lines(d.p.env, in)
	typed := strings.TrimSpace(d.f.In.Value())
	switch {
	case d.err != nil:
		why, hint := b.words.Error(d.err)
		body = append(append(body, b.wrap(b.Bad, why, in)...), b.wrap(b.Muted, hint, in)...)
	case typed == "":
		body = append(body, b.wrap(b.Faint, b.words.T(text.InboxSearchEmpty), in)...)
	case len(d.hits) == 0 && d.words == typed:
		body = append(body, b.wrap(b.Muted, b.words.T(text.InboxSearchNone, "Words", kit.CleanLine(typed)), in)...)
	default:
		for i := d.top; i < min(len(d.hits), d.top+d.rows); i++ {
			body = append(body, b.hit(&d.hits[i], i == d.cur, in)...)
		}
	}
	body = kit.Pad(body, in, max(len(body), 2+min(d.rows, 6)*hitLines))
	return dialog.Box(d.p.env, b.words.T(text.InboxSearch), body, w, h)
}

// hit draws one result: who and when, then the words around the match.
func (b *brush) hit(h *core.Hit, chosen bool, w int) []string {
	mark := "  "
	if chosen {
		mark = b.Accent.Render("▌ ")
	}
	who := h.Name
	if who == "" {
		who = string(h.Phone)
	}
	if who == "" {
		who = b.words.T(text.InboxNoName)
	}
	when := ""
	if !h.At.IsZero() {
		when = b.words.When(h.At, b.now)
	}
	arrow := "‹ "
	switch {
	case h.MessageID == 0:
		arrow = "☺ "
	case h.Direction == core.Out:
		arrow = "› "
	}
	ls := []string{
		mark + kit.Ends(b.Strong.Render(kit.CleanLine(who)), b.Faint.Render(when), max(1, w-2)),
		mark + kit.Fit(b.Faint.Render(arrow)+b.marked(h.Snippet, h.Marks), max(1, w-2)),
	}
	if chosen {
		for i := range ls {
			ls[i] = b.Select.Line(ls[i], w)
		}
	}
	return ls
}

// marked draws text with its matches; ranges count runes of the raw text, so
// each piece is cleaned by itself.
func (b *brush) marked(s string, marks [][2]int) string {
	rs := []rune(s)
	var out strings.Builder
	at := 0
	for _, m := range marks {
		from, to := max(at, min(m[0], len(rs))), min(m[1], len(rs))
		if from >= to {
			continue
		}
		out.WriteString(b.Muted.Render(kit.CleanLine(string(rs[at:from]))))
		out.WriteString(b.Mark.Render(kit.CleanLine(string(rs[from:to]))))
		at = to
	}
	out.WriteString(b.Muted.Render(kit.CleanLine(string(rs[at:]))))
	return out.String()
}

// Cursor stands in the words.
func (d *search) Cursor() *tea.Cursor { return d.f.Cursor() }
