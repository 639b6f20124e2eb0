package templates

import (
	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/template"
	"bottega/ui/frame"
	"bottega/ui/kit"
)

// fileMsg tells that the file for the editor is ready.
type fileMsg struct {
	place template.Place
	kit.Scratch
}

// editedMsg is what came back from it.
type editedMsg struct {
	place template.Place
	text  string
	err   error
}

// external hands the text under the cursor, or else the body, to the user's
// editor.
func (p *Pane) external() tea.Cmd {
	at := p.edit.e.At()
	if !at.Text() || at.Locked {
		at.Place = template.Place{Part: template.PartBody}
	}
	said, editor := p.edit.e.Value(at.Place), p.d.Editor
	return func() tea.Msg { // the file is made off the app's goroutine; then the app hands over the terminal
		f, err := kit.NewScratch(editor)
		if err != nil {
			return frame.Failed{Err: core.Fail(core.ReadOnly, "templates.edit", err)}
		}
		if err := f.Write(said); err != nil {
			return frame.Failed{Err: core.Fail(core.DiskFull, "templates.edit", err)}
		}
		return kit.To{Pane: Name, Msg: fileMsg{at.Place, f}}
	}
}

func (p *Pane) runEditor(m fileMsg) tea.Cmd {
	return tea.ExecProcess(m.Cmd(p.env.Ctx), func(err error) tea.Msg {
		return kit.To{Pane: Name, Msg: m.read(err)}
	})
}

func (m fileMsg) read(ended error) editedMsg {
	said, err := m.Read(ended)
	return editedMsg{m.place, said, err}
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
