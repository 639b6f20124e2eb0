package contacts

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/core/people"
	"bottega/ui/dialog"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// wizardAddr is where the answers of the import wizard go.
const wizardAddr = "contacts.import"

// stage of an import.
type stage uint8

const (
	looking   stage = iota // the dry run goes through the file
	ready                  // it is done: what would happen is known
	bringing               // the import runs
	takingOff              // it was stopped and is taken back
)

const (
	previewRows = 20
	previewBad  = 200
)

// wizard brings a file in: it shows what every row would do before anything is
// written, lets one say what the columns mean, and then does it.
type wizard struct {
	p    *Pane
	path string
	set  people.Import // what was chosen: Pairs are kept in maps

	maps  map[string]string // field by column, as somebody said
	look  *look             // the dry run that counts
	stage stage
	err   error
	done  *people.Imported // of the dry run
	stop  context.CancelFunc

	onRows bool // the rows have the keyboard, else the choices
	cur    int  // of the choices
	rowTop int
	room   int // rows shown at the last drawing
	wide   bool
	run    *job
}

// look is a dry run under way. Its command writes, the wizard reads.
type look struct {
	mu     sync.Mutex
	header []string
	kind   string // encoding and separator
	count  map[people.Fate]int
	rows   []people.Outcome // the first of all
	bad    []people.Outcome // the first that are refused
	left   []people.Problem // the first values that are left out of rows that are taken
	lacks  int              // rows that are taken without some of their values
}

// lookedMsg ends a dry run.
type lookedMsg struct {
	look *look
	got  people.Imported
	err  error
}

// broughtMsg ends an import.
type broughtMsg struct {
	got people.Imported
	err error
}

// wizardTick looks at how far it is.
type wizardTick struct{}

// choseMsg is what was chosen in a dialog over the wizard.
type choseMsg struct{ apply func(*wizard) }

// askImport asks for the file, then opens the wizard.
func (p *Pane) askImport() tea.Cmd { return p.askFile("", "") }

// askFile asks with what was typed before and what was wrong with that.
func (p *Pane) askFile(before, wrong string) tea.Cmd {
	w, open := p.env.Words, p.d.OpenTable
	read := func(typed string) dialog.Reading {
		if wrong != "" && typed == before {
			return dialog.Reading{Says: wrong, Bad: true, OK: true} // it may be there by now
		}
		typed = strings.TrimSpace(typed)
		return dialog.Reading{Says: w.T(text.ContactsImportHow), OK: typed != "" && !strings.HasSuffix(typed, string(filepath.Separator))}
	}
	d := dialog.NewAsk(p.env, w.T(text.ContactsImport), w.T(text.ContactsImportHint), before, read, func(typed string) tea.Cmd {
		return send(func() tea.Msg {
			_, end, err := open(dialog.Expand(typed), "")
			if err == nil {
				err = end()
			}
			return foundMsg{typed, err}
		})
	})
	d.Complete = dialog.Paths
	return dialog.Open(d)
}

// foundMsg tells whether the file that was named can be opened.
type foundMsg struct {
	typed string
	err   error
}

// found goes on to the wizard, or asks again for a file that can be read.
func (p *Pane) found(m foundMsg) tea.Cmd {
	path := dialog.Expand(m.typed)
	if m.err != nil {
		return p.askFile(m.typed, fileProblem(p.env.Words, kit.CleanLine(filepath.Base(path)), m.err))
	}
	return dialog.Open(p.newWizard(path))
}

func (p *Pane) newWizard(path string) *wizard {
	return &wizard{p: p, path: path, maps: map[string]string{}, set: people.Import{File: filepath.Base(path), Region: p.d.Region, Agent: p.env.Agent}}
}

// Addr is where the wizard's own answers go.
func (*wizard) Addr() string { return wizardAddr }

// Init begins with the first look.
func (d *wizard) Init() tea.Cmd { return d.again() }

func (d *wizard) send(cmd tea.Cmd) tea.Cmd { return kit.Send(wizardAddr, cmd) }

func (d *wizard) tick() tea.Cmd {
	return d.send(tea.Tick(tickEvery, func(time.Time) tea.Msg { return wizardTick{} }))
}

// again looks through the file as things are chosen now; a look that was under
// way stops.
func (d *wizard) again() tea.Cmd {
	if d.stop != nil {
		d.stop()
	}
	ctx, stop := context.WithCancel(d.p.env.Ctx)
	l := &look{count: map[people.Fate]int{}}
	d.stop, d.look, d.stage, d.err, d.done = stop, l, looking, nil, nil
	o, open, path, files := d.choices(), d.p.d.OpenTable, d.path, d.p.d.Files
	o.DryRun, o.Each = true, l.take
	return tea.Batch(d.tick(), d.send(func() tea.Msg {
		defer stop()
		got, err := bring(ctx, open, path, files, o, l)
		return lookedMsg{l, got, err}
	}))
}

// bring opens the file and runs an import on it.
func bring(ctx context.Context, open Opener, path string, files Files, o people.Import, l *look) (got people.Imported, err error) {
	t, end, err := open(path, "")
	if err != nil {
		return got, err
	}
	defer func() { err = errors.Join(err, end()) }()
	if l != nil {
		l.head(&t)
	}
	o.Table = t
	return files.Import(ctx, o)
}

// choices are the settings of the import with the columns that were set by hand.
func (d *wizard) choices() people.Import {
	o := d.set
	o.Pairs = nil
	for col, field := range d.maps {
		o.Pairs = append(o.Pairs, col+"="+field)
	}
	return o
}

func (l *look) head(t *people.Table) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.header = t.Header
	l.kind = strings.ToUpper(t.Encoding)
	if sep := t.Separator; sep != "" {
		l.kind = strings.TrimSpace(l.kind + " “" + strings.ReplaceAll(sep, "\t", "⇥") + "”")
	}
}

// take notes what becomes of a row.
func (l *look) take(o people.Outcome) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count[o.Fate]++
	if len(l.rows) < previewRows {
		l.rows = append(l.rows, o)
	}
	if o.Fate == people.FateRefused && len(l.bad) < previewBad {
		l.bad = append(l.bad, o)
	}
	if len(o.Left) > 0 {
		l.lacks++
		l.left = append(l.left, o.Left[:min(len(o.Left), previewBad-len(l.left))]...)
	}
}

// Handle takes keys and the answers of the wizard's own commands.
func (d *wizard) Handle(msg tea.Msg) (done bool, cmd tea.Cmd) {
	switch m := msg.(type) {
	case tea.KeyPressMsg:
		return d.key(m.String())
	case tea.MouseWheelMsg:
		if m.Button == tea.MouseWheelUp {
			d.move(-1)
		} else {
			d.move(1)
		}
	case wizardTick:
		if d.stage != ready {
			return false, d.tick()
		}
	case lookedMsg:
		if m.look == d.look {
			d.looked(m)
		}
	case broughtMsg:
		return d.brought(m)
	case choseMsg:
		m.apply(d)
		return false, d.again()
	}
	return false, nil
}

func (d *wizard) looked(m lookedMsg) {
	d.stage, d.err, d.done = ready, m.err, &m.got
	if m.err != nil {
		d.done = nil
	}
}

// brought ends the import: well, taken back, or with what went wrong.
func (d *wizard) brought(m broughtMsg) (bool, tea.Cmd) {
	w := d.p.env.Words
	switch {
	case errors.Is(m.err, context.Canceled):
		return true, tea.Batch(send(func() tea.Msg {
			return doneMsg{toast: frame.Toast{Text: w.T(text.ContactsImportStopped), Refused: true}}
		}))
	case m.err != nil:
		d.stage, d.err, d.run = ready, m.err, nil
		return false, fail(m.err) // the cause goes to the log
	}
	files, id := d.p.d.Files, m.got.ID
	t := frame.Toast{Text: w.T(text.ContactsImported, "New", w.Num(m.got.New), "Updated", w.Num(m.got.Updated), "Refused", w.Num(m.got.Refused)),
		Undo: func(ctx context.Context) error { _, err := files.UndoImport(ctx, id, nil); return err }, For: 20 * time.Second}
	return true, send(func() tea.Msg { return doneMsg{toast: t} })
}

// goAhead runs the import.
func (d *wizard) goAhead() tea.Cmd {
	if d.stage != ready || d.done == nil || d.done.New+d.done.Updated == 0 {
		return nil
	}
	ctx, stop := context.WithCancel(d.p.env.Ctx)
	d.stop, d.stage = stop, bringing
	d.run = &job{total: d.done.Rows, stop: stop}
	o, open, path, files, j := d.choices(), d.p.d.OpenTable, d.path, d.p.d.Files, d.run
	o.Progress = func(n int) { j.done.Store(int64(n)) }
	o.Back = o.Progress
	return tea.Batch(d.tick(), d.send(func() tea.Msg {
		defer stop()
		got, err := bring(ctx, open, path, files, o, nil)
		return broughtMsg{got, err}
	}))
}

// leave closes the wizard; an import under way is stopped first and taken back.
func (d *wizard) leave() (bool, tea.Cmd) {
	switch d.stage {
	case bringing:
		d.stage = takingOff
		d.stop()
		return false, nil
	case takingOff:
		return false, nil
	}
	d.stop()
	return true, nil
}
