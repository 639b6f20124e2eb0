package contacts

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/ui/dialog"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// formats of an export by the ending of its name; anything else is CSV.
var formats = map[string]string{".xlsx": "Excel", ".vcf": "vCard", ".vcard": "vCard", ".csv": "CSV"}

// askExport asks where to write the marked people, or else all in the list.
func (p *Pane) askExport() tea.Cmd {
	if len(p.list.marked) > 0 {
		return p.onWhom(func(ids []int64) tea.Cmd { return p.askExportOf(ids, true) })
	}
	return p.askExportOf(p.list.ids, false)
}

func (p *Pane) askExportOf(ids []int64, marked bool) tea.Cmd {
	w, n := p.env.Words, len(ids)
	read := func(typed string) dialog.Reading {
		ext := strings.ToLower(filepath.Ext(strings.TrimSpace(typed)))
		f, known := formats[ext]
		switch {
		case strings.TrimSpace(typed) == "" || strings.HasSuffix(typed, string(filepath.Separator)):
			return dialog.Reading{Says: w.T(text.ContactsExportHow)}
		case !known:
			return dialog.Reading{Says: w.T(text.ContactsExportEnding), Bad: ext != ""}
		}
		return dialog.Reading{Says: "→ " + f + " · " + w.N(text.ContactsPeople, n), OK: true}
	}
	d := dialog.NewAsk(p.env, w.T(text.ContactsExport, "Who", w.N(text.ContactsPeople, n)), w.T(text.ContactsImportHint), "contacts.csv", read, func(typed string) tea.Cmd {
		path := dialog.Expand(typed)
		return send(func() tea.Msg {
			_, err := os.Stat(path)
			return placeMsg{path: path, ids: ids, marked: marked, taken: err == nil}
		})
	})
	d.Complete = dialog.Paths
	return dialog.Open(d)
}

// placeMsg tells whether something is at the place of an export.
type placeMsg struct {
	path   string
	ids    []int64
	marked bool
	taken  bool
}

// exportTo writes the file; one that is there is replaced after a question.
func (p *Pane) exportTo(m placeMsg) tea.Cmd {
	w, name := p.env.Words, kit.CleanLine(filepath.Base(m.path))
	if m.taken {
		m.taken = false
		return func() tea.Msg {
			return frame.Confirm{Title: w.T(text.ContactsReplace), Text: w.T(text.ContactsReplaceText, "File", name), Do: w.T(text.ContactsReplaceDo),
				Yes: send(func() tea.Msg { return m })}
		}
	}
	files, save, expr := p.d.Files, p.d.SaveTable, p.want.expr
	return p.start(w.T(text.ContactsExporting, "File", name), len(m.ids), func(ctx context.Context, progress func(int)) (doneMsg, error) {
		header, err := files.Header(ctx)
		if err != nil {
			return doneMsg{}, err
		}
		n := 0
		err = save(m.path, header, func(write func([]string) error) error {
			done := 0
			row := func(cells []string) error {
				done++
				progress(done)
				return write(cells)
			}
			if m.marked {
				n, err = files.ExportThese(ctx, m.ids, header, row)
			} else {
				n, err = files.Export(ctx, expr, header, row)
			}
			return err
		})
		if core.CodeOf(err) == core.NotFound { // the folder, which the general words do not speak of
			return doneMsg{toast: frame.Toast{Text: w.T(text.ContactsExportFailed, "File", name), Bad: true}}, nil
		}
		if err != nil {
			return doneMsg{}, err
		}
		d := doneMsg{toast: frame.Toast{Text: w.N(text.ContactsExported, n, "File", name)}}
		if m.marked {
			d.did = m.ids
		}
		return d, nil
	})
}

func needFiles(p *Pane) text.K {
	if p.d.Files == nil || p.d.OpenTable == nil {
		return text.ContactsOffFiles
	}
	return ""
}

func needExport(p *Pane) text.K {
	switch {
	case p.d.Files == nil || p.d.SaveTable == nil:
		return text.ContactsOffFiles
	case len(p.list.ids) == 0:
		return text.ContactsOffNobody
	}
	return ""
}
