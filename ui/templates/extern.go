package templates

import (
	"os"
	"os/exec"
	"strings"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/template"
	"bottega/ui/frame"
	"bottega/ui/kit"
)

// fileMsg tells that the file for the editor is ready.
type fileMsg struct {
	place template.Place
	file  string
	args  []string
	name  string
}

// editedMsg is what came back from it.
type editedMsg struct {
	place template.Place
	text  string
	err   error
}

// external hands the text under the cursor, or else the body, to the user's
// editor, in a file that only they can read.
func (p *Pane) external() tea.Cmd {
	args := strings.Fields(p.d.Editor)
	at := p.edit.e.At()
	if !at.Text() || at.Locked {
		at.Place = template.Place{Part: template.PartBody}
	}
	said := p.edit.e.Value(at.Place)
	return func() tea.Msg { // the file is made off the app's goroutine; then the app hands over the terminal
		f, err := os.CreateTemp("", "bottega-*.txt")
		if err != nil {
			return frame.Failed{Err: core.Fail(core.ReadOnly, "templates.edit", err)}
		}
		_, err = f.WriteString(said)
		if e := f.Close(); err == nil {
			err = e
		}
		if err != nil {
			_ = os.Remove(f.Name()) // it is temporary and the write error is what counts
			return frame.Failed{Err: core.Fail(core.DiskFull, "templates.edit", err)}
		}
		return kit.To{Pane: Name, Msg: fileMsg{at.Place, f.Name(), append(args[1:len(args):len(args)], f.Name()), args[0]}}
	}
}

func (p *Pane) runEditor(m fileMsg) tea.Cmd {
	return tea.ExecProcess(exec.Command(m.name, m.args...), func(err error) tea.Msg {
		return kit.To{Pane: Name, Msg: m.read(err)}
	})
}

// read takes the text back and removes the file.
func (m fileMsg) read(err error) editedMsg {
	data, rerr := os.ReadFile(m.file)
	if rmerr := os.Remove(m.file); rerr == nil {
		rerr = rmerr
	}
	if err == nil {
		err = rerr
	}
	return editedMsg{m.place, strings.TrimRight(string(data), "\n"), err}
}

func (p *Pane) takeEdited(m editedMsg) tea.Cmd {
	switch {
	case m.err != nil:
		return fail(core.Fail(core.Internal, "templates.edit", m.err))
	case p.edit == nil:
		return nil
	}
	p.edit.e.Go(m.place)
	p.edit.e.Replace(m.place, m.text)
	return p.touched()
}
