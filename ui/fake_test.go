package ui_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/ui"
	"bottega/ui/frame"
	"bottega/ui/keys"
	"bottega/ui/kit"
	"bottega/ui/text"
	"bottega/ui/uitest"
)

// fakePane is a pane with a list, an input and a note of what it was told.
type fakePane struct {
	env     *frame.Env
	list    kit.List
	field   kit.Input
	typing  bool
	badge   string
	lose    string
	showing int64
	unread  int
	epoch   int64

	mu     sync.Mutex
	got    []string // messages, by type and what matters
	loads  int
	cmd    tea.Cmd // returned by the next key "!"
	lines  func(w, h int) []string
	reload func([]core.Change) bool
	found  []frame.Entry
	did    []string
}

type fakeRow struct {
	id   int64
	name string
	env  *frame.Env
}

func (r fakeRow) Key() int64 { return r.id }
func (r fakeRow) Rev() int64 { return int64(len(r.name)) }
func (r fakeRow) Draw(w int, st kit.RowState) []string {
	th := r.env.Theme
	mark, bg := "  ", kit.Ink{}
	if st.Cursor {
		mark, bg = th.Accent.Render("▌ "), th.Select
	}
	first := kit.Ends(mark+th.Strong.Render(r.name)+"  "+th.Tag.Render("vip"), th.Late.Render("◑ 52m")+" ", w)
	second := kit.Ends("  "+th.Muted.Render("Buongiorno, quando arriva il mio ordine?"), th.Badge.Render(" 2 ")+" ", w)
	return []string{bg.Line(first, w), bg.Line(second, w)}
}

func newFake(env *frame.Env, names ...string) *fakePane {
	p := &fakePane{env: env, badge: "7"}
	p.list.RowHeight = 2
	p.set(names...)
	p.field.Placeholder = "Write an answer"
	p.field.Multi = true
	return p
}

func (p *fakePane) set(names ...string) {
	var rows []kit.Row
	for i, n := range names {
		rows = append(rows, fakeRow{int64(i + 1), kit.CleanLine(n), p.env})
	}
	p.list.SetRows(rows)
}

func (p *fakePane) note(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got = append(p.got, fmt.Sprintf(format, args...))
}

func (p *fakePane) notes() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.got, "; ")
}

func (p *fakePane) Handle(msg tea.Msg) (bool, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return p.key(msg)
	case tea.PasteMsg:
		p.note("paste %q", msg.Content)
		if p.typing {
			p.field.Handle(msg)
		}
		return true, nil
	case tea.MouseClickMsg:
		p.note("click %d,%d", msg.X, msg.Y)
		if r, ok := p.list.At(msg.Y); ok {
			p.list.Select(r.Key())
		}
		return true, nil
	case tea.MouseReleaseMsg:
		p.note("release %d,%d", msg.X, msg.Y)
		return true, nil
	case tea.MouseMotionMsg:
		p.note("motion %d,%d", msg.X, msg.Y)
		return true, nil
	case tea.MouseWheelMsg:
		p.note("wheel %d,%d", msg.X, msg.Y)
		return true, nil
	case loaded:
		p.loads++
		p.set(msg...)
	case frame.Redraw:
		p.epoch++
		p.list.SetEpoch(p.epoch)
		p.note("%T", msg)
	default:
		p.note("%T%v", msg, msg)
	}
	return false, nil
}

type loaded []string

func (p *fakePane) key(msg tea.KeyPressMsg) (bool, tea.Cmd) {
	if p.typing {
		if msg.String() == "esc" {
			p.typing = false
			return true, nil
		}
		return p.field.Handle(msg), nil
	}
	b, ok := keys.Match(p.Keys(), msg)
	if !ok {
		return false, nil
	}
	switch b.Do {
	case "fake.down":
		p.list.Move(1)
	case "fake.up":
		p.list.Move(-1)
	case "fake.write":
		p.typing = true
	case "fake.cmd":
		return true, p.cmd
	}
	p.did = append(p.did, b.Do)
	return true, nil
}

func (p *fakePane) Reload(cs []core.Change) tea.Cmd {
	if p.reload == nil || !p.reload(cs) {
		return nil
	}
	n := len(cs)
	return func() tea.Msg { return loaded{fmt.Sprint("changes ", n), "João"} }
}

func (p *fakePane) Keys() []keys.Binding {
	if p.typing {
		return []keys.Binding{{Do: "fake.leave", Keys: []string{"esc"}, Help: text.KeyClose}}
	}
	return []keys.Binding{
		{Do: "fake.down", Keys: []string{"j", "down"}, Help: text.KeyDown},
		{Do: "fake.up", Keys: []string{"k", "up"}, Help: text.KeyUp},
		{Do: "fake.write", Keys: []string{"r"}, Help: text.KeyRun},
		{Do: "fake.off", Keys: []string{"x"}, Help: text.KeyChoose, Off: text.OffNothingToUndo},
		{Do: "fake.cmd", Keys: []string{"!"}, Help: text.KeyOther, Quiet: true},
	}
}

func (p *fakePane) Lines(w, h int) []string {
	if p.lines != nil {
		return p.lines(w, h)
	}
	fh := min(p.field.Height(w-2), max(1, h-2))
	out := p.list.Lines(w, max(0, h-fh), !p.typing)
	for _, l := range p.field.Lines(w-2, fh, kit.InputStyle{Text: p.env.Theme.Text, Hint: p.env.Theme.Hint}) {
		out = append(out, p.env.Theme.Accent.Render("› ")+l)
	}
	return kit.Pad(out, w, h)
}

func (p *fakePane) Cursor() *tea.Cursor {
	if !p.typing {
		return nil
	}
	_, _ = p.field.Cursor(10)
	l := p.list
	_ = l
	return tea.NewCursor(2+kit.Width(p.field.Value()), 0)
}

func (p *fakePane) Badge() string     { return p.badge }
func (p *fakePane) WouldLose() string { return p.lose }
func (p *fakePane) Showing() int64    { return p.showing }
func (p *fakePane) Unread() int       { return p.unread }
func (p *fakePane) Find(_ context.Context, words string, _ int) ([]frame.Entry, error) {
	var out []frame.Entry
	for _, e := range p.found {
		if strings.Contains(strings.ToLower(e.Title), strings.ToLower(words)) {
			out = append(out, e)
		}
	}
	return out, nil
}

var start = time.Date(2026, 11, 24, 14, 5, 0, 0, time.UTC)

// clock counts from start by the bubble's own time.
func clock() func() time.Time {
	began := time.Now()
	return func() time.Time { return start.Add(time.Since(began)) }
}

func newEnv(tb testing.TB, ctx context.Context, lang string) *frame.Env {
	tb.Helper()
	w, err := text.Load(lang)
	if err != nil {
		tb.Fatal(err)
	}
	return &frame.Env{Ctx: ctx, Words: w, Now: clock(), Agent: "ada"}
}

func shopStatus(context.Context) ui.Status {
	return ui.Status{
		Shop: "Ferramenta Rossi", Number: "+390551234567", Quality: core.QualityGreen,
		Used: 128, Limit: 250, Receiver: ui.ReceiverLive, Demo: true,
	}
}

var people = []string{
	"Maria 👩‍🍳 Bianchi", "João Araújo", "李小龙", "Ольга Петрова", "مرحبا يوسف", "e\u0301lodie", "नमस्ते राम", "Hans-Jürgen 👨‍👩‍👧‍👦",
	"\x1b[31mEvil\x07 \u202eeman", "Ann", "Bob", "Carl", "Dora", "Emil", "Fay", "Gus", "Hal", "Ida", "Jan", "Kim",
}

// world is an app on a fake pane, with what it depends on in reach.
type world struct {
	app  *ui.App
	env  *frame.Env
	pane *fakePane
	feed *core.Feed
	deps ui.Deps
}

// play runs the app on a w×h terminal; tune may change it before it starts.
func play(t *testing.T, w, h int, tune func(*world), script func(*uitest.Screen, *world)) {
	t.Helper()
	playOn(t, uitest.Options{W: w, H: h}, tune, script)
}

func playOn(t *testing.T, o uitest.Options, tune func(*world), script func(*uitest.Screen, *world)) {
	t.Helper()
	wd := &world{}
	uitest.RunWith(t, o, func(ctx context.Context) tea.Model {
		wd.env = newEnv(t, ctx, "en")
		wd.pane = newFake(wd.env, people...)
		wd.feed = core.NewFeed()
		wd.deps = ui.Deps{Feed: wd.feed, Status: shopStatus, Panes: map[string]frame.Pane{"inbox": wd.pane}}
		if tune != nil {
			tune(wd)
		}
		wd.app = ui.New(wd.env, wd.deps)
		return wd.app
	}, func(s *uitest.Screen) { script(s, wd) })
}
