package templates

import (
	"errors"
	"os"
	"slices"
	"testing"

	"bottega/core"
	"bottega/core/template"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/theme"
)

// written is a pane with one draft open in its editor.
func written(t *testing.T, body string) *Pane {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
	p := newPane(t, theme.Dark(), "en")
	p.d.Editor = "vi -n"
	v := core.StoredTemplate{ID: 1, ChannelID: 1, Version: 1, State: core.TemplateDraft, Template: core.Template{Name: "x", Language: "it", Category: "UTILITY", Body: body}}
	p.fill(v)
	p.begin(v)
	return p
}

// file runs the first half of the way to the editor and back.
func file(t *testing.T, p *Pane) fileMsg {
	t.Helper()
	to, ok := p.external()().(kit.To)
	m, is := to.Msg.(fileMsg)
	if !ok || !is {
		t.Fatalf("got %+v", to)
	}
	return m
}

// The editor gets the text in a file for these eyes only, which is gone
// afterwards; what comes back is one step that can be undone.
func TestExternalEditor(t *testing.T) {
	p := written(t, "Ciao.\nVieni?")
	m := file(t, p)
	if args := m.Cmd(t.Context()).Args; !slices.Equal(args, []string{"vi", "-n", m.File}) {
		t.Errorf("runs %q", args)
	}
	st, err := os.Stat(m.File)
	if err != nil || st.Mode().Perm() != 0o600 {
		t.Fatalf("file %v, %v", st, err)
	}
	if got, err := os.ReadFile(m.File); err != nil || string(got) != "Ciao.\nVieni?" {
		t.Fatalf("holds %q, %v", got, err)
	}
	if err := os.WriteFile(m.File, []byte("Ciao, vieni.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.takeEdited(m.read(nil))
	if _, err := os.Stat(m.File); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("left behind: %v", err)
	}
	body := template.Place{Part: template.PartBody}
	if v := p.edit.e.Value(body); v != "Ciao, vieni." {
		t.Fatalf("came back as %q", v)
	}
	p.undo()
	if v := p.edit.e.Value(body); v != "Ciao.\nVieni?" {
		t.Fatalf("undone to %q", v)
	}
}

// An editor that fails changes nothing and says so.
func TestExternalEditorFails(t *testing.T) {
	p := written(t, "Ciao.")
	m := file(t, p)
	cmd := p.takeEdited(m.read(errors.New("exit status 1")))
	if f, ok := cmd().(frame.Failed); !ok || core.CodeOf(f.Err) != core.Internal {
		t.Fatalf("said %+v", f)
	}
	if v := p.edit.e.Value(template.Place{Part: template.PartBody}); v != "Ciao." {
		t.Fatalf("changed to %q", v)
	}
	if _, err := os.Stat(m.File); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("left behind: %v", err)
	}
}

// On a choice the body is edited.
func TestExternalEditorOfAChoice(t *testing.T) {
	p := written(t, "Ciao.")
	p.edit.e.Go(template.Place{Part: template.PartCategory})
	if m := file(t, p); m.place.Part != template.PartBody {
		t.Fatalf("edits %v", m.place)
	}
}
