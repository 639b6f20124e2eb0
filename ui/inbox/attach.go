package inbox

import (
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// attach puts a file beside the words being written; it goes with them.
func (p *Pane) attach(conv int64, f file) tea.Cmd {
	if conv != p.open || f.code != "" || p.comp.note {
		return nil
	}
	p.comp.file = &f
	return p.compose()
}

// fileLine names the attached file above the field.
func (b *brush) fileLine(f *file, w int) string {
	s := "📎 " + kit.CleanLine(filepath.Base(f.path)) + " · " + b.words.Bytes(f.size)
	return kit.Fit(" "+b.Info.Render(kit.Fit(s, min(max(1, w-2), kit.Width(s)))), w)
}

// detach takes file or quote away again: what backspace does in an empty field.
func (p *Pane) detach() bool {
	switch {
	case p.comp.file != nil:
		p.comp.file = nil
	case p.comp.quote != nil:
		p.comp.quote = nil
	default:
		return false
	}
	return true
}

// sendFile uploads the attached file and sends it with the text of the
// composer as its caption; words stay where the type takes none.
func (p *Pane) sendFile() tea.Cmd {
	conv, f := p.open, *p.comp.file
	c := core.Content{Type: f.kind.Type, Media: &core.Media{MIME: f.mime, Filename: kit.CleanLine(filepath.Base(f.path)), Size: f.size}}
	if captioned(f.kind.Type) {
		c.Text = strings.TrimSpace(p.comp.in.Value())
		p.comp.in.SetValue("")
		p.comp.saved = ""
	}
	q := p.comp.quote
	if q != nil {
		c.ReplyTo = q.ProviderID
	}
	p.comp.quote, p.comp.file = nil, nil
	p.th.sel = 0
	p.th.toEnd()
	agent, w, up, ctx, channel := p.env.Agent, p.d.Work, p.d.Upload, p.env.Ctx, p.conv.ChannelID
	going := toast(frame.Toast{Text: p.env.Words.T(text.InboxToastUploading, "Name", c.Media.Filename)})
	return tea.Batch(going, send(func() tea.Msg {
		m, err := up(ctx, channel, f.path, f.mime)
		if err != nil {
			return repliedMsg{conv: conv, content: c, quote: q, file: &f, err: err}
		}
		m.Filename, m.Size, m.MIME = c.Media.Filename, f.size, f.mime
		c.Media = &m
		out, err := w.Reply(ctx, conv, agent, c)
		return repliedMsg{conv: conv, content: c, quote: q, file: &f, message: out, err: err}
	}))
}

// captioned reports whether a type of file takes words with it.
func captioned(t core.MessageType) bool {
	return t == core.TypeImage || t == core.TypeVideo || t == core.TypeDocument
}
