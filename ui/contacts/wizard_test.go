package contacts

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/people"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/theme"
	"bottega/ui/uitest"
)

// desk is import and export in memory. Each Import goes on as far as step lets
// it; nil lets it run through.
type desk struct {
	mu     sync.Mutex
	asked  []people.Import
	step   chan struct{}
	undone []int64
	rows   int
	fail   error
}

func (d *desk) Import(ctx context.Context, o people.Import) (people.Imported, error) {
	d.mu.Lock()
	d.asked = append(d.asked, o)
	d.mu.Unlock()
	if !o.DryRun && d.fail != nil {
		return people.Imported{}, d.fail
	}
	out := people.Imported{ID: 7, Rows: d.rows, New: d.rows, Columns: map[string]string{"Tel": "phone"}}
	for i := range d.rows {
		if d.step != nil && !o.DryRun {
			select {
			case <-d.step:
				o.Progress(i + 1)
			case <-ctx.Done():
				<-d.step // taking back takes its time too
				o.Back(i)
				return people.Imported{}, ctx.Err()
			}
		}
		if o.Each != nil {
			o.Each(people.Outcome{Row: i + 2, Fate: people.FateNew, Name: "Luca", Phone: "+393337654321"})
		}
	}
	return out, nil
}

func (d *desk) UndoImport(_ context.Context, id int64, _ func(int)) (people.TakenBack, error) {
	d.undone = append(d.undone, id)
	return people.TakenBack{}, nil
}

func (*desk) Header(context.Context) ([]string, error) { return []string{"name"}, nil }

func (*desk) Export(context.Context, string, []string, func([]string) error) (int, error) {
	return 0, nil
}

func (*desk) ExportThese(context.Context, []int64, []string, func([]string) error) (int, error) {
	return 0, nil
}

// last is the newest import that was asked for.
func (d *desk) last() people.Import {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.asked[len(d.asked)-1]
}

func openNothing(string, string) (people.Table, func() error, error) {
	return people.Table{Encoding: "utf-8", Separator: "\t", Header: []string{"Tel", "Città"}, Next: func() (people.Row, error) { return people.Row{}, io.EOF }},
		func() error { return nil }, nil
}

// wizardOn opens the wizard over a desk of so many rows.
func wizardOn(t *testing.T, d *desk, script func(*uitest.Screen, *scene)) {
	t.Helper()
	play(t, setting{w: 100, h: 34}, func(s *uitest.Screen, st *scene) {
		st.pane.d.Files, st.pane.d.OpenTable, st.pane.d.SaveTable = d, openNothing, nil
		s.Press("I")
		s.Type("/tmp/people.tsv")
		s.Press("enter")
		s.Sleep(settle)
		s.Want("Import people.tsv", "UTF-8 “⇥”", "12 rows", "+ 12 new")
		script(s, st)
	})
}

// What is chosen for the whole file is handed on, and each choice looks again.
func TestWizardChoices(t *testing.T) {
	d := &desk{rows: 12}
	wizardOn(t, d, func(s *uitest.Screen, _ *scene) {
		s.Press("tab")
		s.Want("Città", "→ leave out")
		choose := func(steps int) {
			for range 9 {
				s.Press("k")
			}
			for range steps {
				s.Press("j")
			}
			s.Press("enter")
		}
		s.Press("tab")
		choose(1)
		s.Want("What is in “Città”?")
		s.Type("city")
		s.Press("enter")
		s.Sleep(settle)
		if got := d.last().Pairs; !slices.Equal(got, []string{"Città=field:city"}) {
			t.Errorf("pairs %v", got)
		}
		choose(2)
		s.Press("ctrl+u")
		s.Type("XX")
		s.Press("enter") // no such place
		s.Want("Empty refuses them.")
		s.Press("ctrl+u")
		s.Type("de")
		s.Press("enter")
		choose(3)
		s.Type("fair")
		s.Press("enter")
		choose(4)
		s.Type("yes, at the fair")
		s.Press("enter")
		choose(5)
		s.Sleep(settle)
		o := d.last()
		if o.Region != "DE" || !slices.Equal(o.Tags, []string{"fair"}) || o.Consent != "yes, at the fair" || !o.Return || !o.DryRun || o.Agent != "ada" || o.File != "people.tsv" {
			t.Errorf("chose %+v", o)
		}
		s.Want("DE", "fair", "yes, at the fair", "come back")
		s.Press("esc")
		s.WantNot("Import people.tsv")
	})
}

// A running import shows how far it is; esc stops it and waits until it is
// taken back.
func TestWizardCanBeStopped(t *testing.T) {
	d := &desk{rows: 12}
	wizardOn(t, d, func(s *uitest.Screen, _ *scene) {
		d.step = make(chan struct{})
		s.Press("i")
		for range 5 {
			d.step <- struct{}{}
		}
		s.Sleep(settle)
		s.Want("Bringing them in", "5/12", "42%", "esc stop")
		s.Press("esc")
		s.Want("Taking it back")
		s.Press("esc") // no second stop
		s.Want("Taking it back")
		d.step <- struct{}{}
		s.Sleep(settle)
		s.Want("Import stopped: nothing of it is left.")
		s.WantNot("Taking it back")
	})
}

// A file that cannot be read is told where it is asked for.
func TestWizardWantsAFile(t *testing.T) {
	play(t, setting{w: 100, h: 34}, func(s *uitest.Screen, st *scene) {
		var wrong error
		closed := 0
		st.pane.d.Files = &desk{rows: 3}
		st.pane.d.OpenTable = func(path, encoding string) (people.Table, func() error, error) {
			if wrong != nil {
				return people.Table{}, nil, wrong
			}
			t, _, err := openNothing(path, encoding)
			return t, func() error { closed++; return nil }, err
		}
		s.Press("I")
		for _, c := range []struct {
			code core.Code
			want string
		}{{core.NotFound, "people.csv cannot be read."}, {core.NotATable, "people.csv is no table"}, {core.EmptyFile, "There is nothing in it"}} {
			if wrong = core.Fail(c.code, "test", nil); c.code == core.EmptyFile {
				c.want, _ = st.pane.env.Words.Error(wrong)
				c.want = c.want[:16]
			}
			s.Press("ctrl+u")
			s.Type("/tmp/people.csv")
			s.Press("enter")
			s.Sleep(settle)
			s.Want("Import people from a file", c.want)
			s.WantNot("Import people.csv")
			s.Type("x") // another name is another question
			s.WantNot(c.want)
		}
		wrong = nil
		s.Press("enter")
		s.Sleep(settle)
		s.Want("Import people.csvx", "3 rows")
		if closed < 2 {
			t.Errorf("closed %d times", closed)
		}
	})
}

// The preview says which values are left out of rows that are taken.
func TestWizardShowsWhatIsLeftOut(t *testing.T) {
	p := newPane(t, newShop(0), theme.Plain(), "en")
	p.d.Files, p.d.OpenTable = &desk{rows: 3}, openNothing
	w := p.newWizard("/tmp/x.csv")
	w.Init()
	w.look.take(people.Outcome{Row: 2, Fate: people.FateNew, Name: "Ana", Left: []people.Problem{{Row: 2, Column: "birthday", Value: "31/02", Code: "date_invalid", Left: true},
		{Row: 2, Column: "email", Value: "nonemail", Code: "email_invalid", Left: true}}})
	w.look.take(people.Outcome{Row: 3, Fate: people.FateRefused, Problem: people.Problem{Row: 3, Value: "12", Code: "phone_invalid"}})
	for range 2 * previewBad {
		w.look.take(people.Outcome{Row: 4, Fate: people.FateSame, Left: []people.Problem{{Row: 4, Value: "x", Code: "date_invalid", Left: true}}})
	}
	if len(w.look.left) != previewBad || w.look.lacks != 2*previewBad+1 {
		t.Errorf("%d values of %d rows", len(w.look.left), w.look.lacks)
	}
	w.looked(lookedMsg{look: w.look, got: people.Imported{New: 1}})
	w.onRows = true
	if got := strings.Join(w.Lines(80, 60), "\n"); !strings.Contains(got, "! 401 without a value") {
		t.Errorf("not counted:\n%s", got)
	}
	got := strings.Join(w.rowLines(p.brush(), 60, 400), "\n")
	for _, want := range []string{"Refused", "3 ✗ “12” No such phone number.", "Left out of rows that are taken", "2 ! “31/02” Not a date.", "2 ! “nonemail” Not an e-mail address."} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

// What goes wrong in the middle is told, and the wizard stays for another try.
func TestWizardTellsFailures(t *testing.T) {
	d := &desk{rows: 12, fail: core.Fail(core.DiskFull, "desk", errors.New("no room"))}
	wizardOn(t, d, func(s *uitest.Screen, st *scene) {
		s.Press("i")
		s.Sleep(settle)
		why, _ := st.pane.env.Words.Error(d.fail)
		s.Want(why[:16], "Import people.tsv")
		d.fail = nil
		s.Press("i")
		s.Sleep(settle)
		s.Want("12 new, 0 updated, 0 refused.")
		s.Press("u")
		s.Sleep(settle)
		if !slices.Equal(d.undone, []int64{7}) {
			t.Errorf("took back %v", d.undone)
		}
	})
}

// An answer of a look that was superseded changes nothing.
func TestOldLooksAreDropped(t *testing.T) {
	p := newPane(t, newShop(0), theme.Dark(), "en")
	p.d.Files, p.d.OpenTable = &desk{rows: 3}, openNothing
	w := p.newWizard("/tmp/x.csv")
	w.Init()
	old := w.look
	w.again()
	if _, cmd := w.Handle(lookedMsg{look: old, got: people.Imported{New: 9}}); cmd != nil || w.stage != looking || w.done != nil {
		t.Errorf("an old look counted: %d", w.stage)
	}
	if done, _ := w.Handle(lookedMsg{look: w.look, got: people.Imported{New: 3}}); done || w.stage != ready || w.done.New != 3 {
		t.Errorf("the newest look did not: %d", w.stage)
	}
	w.Handle(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
	w.Lines(100, 30)
	if w.cur != 1 {
		t.Errorf("the wheel moved to %d", w.cur)
	}
}

// Two marked people are merged without looking for doubles.
type twins struct{ merged, parted []int64 }

func (*twins) Duplicates(context.Context, int) ([]people.Pair, error) {
	return nil, core.Fail(core.Busy, "twins", nil)
}

func (*twins) PreviewMerge(_ context.Context, keep, gone int64) (people.Merge, error) {
	m := people.Merge{Joined: 1}
	m.Keep.Contact = core.Contact{ID: keep, Name: "Keep"}
	m.Gone.Contact = core.Contact{ID: gone, Name: "Gone"}
	m.Gone.Facts.OptOut = true
	return m, nil
}

func (w *twins) Merge(_ context.Context, keep, gone int64, _ string) (int64, error) {
	if len(w.merged) > 0 {
		return 0, core.Fail(core.NotFound, "twins", nil)
	}
	w.merged = []int64{keep, gone}
	return 4, nil
}

func (w *twins) Unmerge(_ context.Context, id int64, _ string) error {
	w.parted = append(w.parted, id)
	return nil
}

func TestTwoMarkedAreMerged(t *testing.T) {
	play(t, setting{w: 100, h: 30}, func(s *uitest.Screen, st *scene) {
		tw := &twins{}
		st.pane.d.Pairs = tw
		s.Press("space", "space", "M")
		s.Sleep(settle)
		s.Want("Merge these two?", "A stop of either holds for both.", "One conversation")
		s.Press("j", "k", "x")
		s.Sleep(settle)
		s.Press("m")
		s.Sleep(settle)
		if len(tw.merged) != 2 || tw.merged[0] < tw.merged[1] {
			t.Fatalf("merged %v: the other one was to stay", tw.merged)
		}
		s.Want("Merged.")
		s.WantNot("Merge these two?", "marked")
		s.Press("u")
		s.Sleep(settle)
		if !slices.Equal(tw.parted, []int64{4}) {
			t.Errorf("parted %v", tw.parted)
		}
		s.Press("M")
		s.Sleep(settle)
		why, _ := st.pane.env.Words.Error(core.Fail(core.Busy, "", nil))
		s.Want(strings.Fields(why)[0])
		s.Press("q")
		s.WantNot("Doubles")
	})
}

// A timeline or list that fails is told; what is shown stays.
func TestAnswersThatFail(t *testing.T) {
	p := newPane(t, newShop(3), theme.Dark(), "en")
	show(t, p)
	p.Lines(120, 30)
	bad := core.Fail(core.Busy, "test", nil)
	for _, msg := range []tea.Msg{kit.Loaded[rowsAnswer]{Gen: 99, Err: bad}, kit.Loaded[sideAnswer]{Gen: 1, Err: bad}, kit.Loaded[cardAnswer]{Gen: 1, Err: bad}} {
		p.fetchSide, p.fetchCard = kit.Fetch[sideAnswer]{}, kit.Fetch[cardAnswer]{}
		p.fetchSide.Ask(p.env.Ctx, nil)
		p.fetchCard.Ask(p.env.Ctx, nil)
		used, cmd := p.Handle(msg)
		if !used || cmd == nil {
			t.Fatalf("%T: used %v, %v", msg, used, cmd)
		}
		if m, ok := cmd().(frame.Failed); !ok || core.CodeOf(m.Err) != core.Busy {
			t.Errorf("%T told %v", msg, m)
		}
	}
	if len(p.list.ids) != 3 || len(p.segments) == 0 {
		t.Error("what was shown is gone")
	}
}
