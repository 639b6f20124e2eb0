package inbox

import (
	"errors"
	"os"
	"slices"
	"testing"

	"bottega/core"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/theme"
)

// written is a pane on one open conversation with words in its composer.
func written(t *testing.T, words string) *Pane {
	t.Helper()
	s := newShop(nil)
	s.convs = []core.Conversation{{ID: 1, ContactID: 1, State: core.Open, WindowCloses: noon.AddDate(0, 0, 1), LastAt: noon}}
	p := newPane(t, s, theme.Dark(), "en")
	settle(t, p, s)
	p.focus = onComposer
	p.comp.in.SetValue(words)
	return p
}

func TestEditorFileIsPrivateAndGoes(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	p := written(t, "Aperti sabato")
	p.d.Editor = "vi -n"
	to, ok := p.edit()().(kit.To)
	m, ok2 := to.Msg.(editorMsg)
	if !ok || !ok2 || !slices.Equal(m.Cmd(t.Context()).Args, []string{"vi", "-n", m.File}) {
		t.Fatalf("%+v", to)
	}
	st, err := os.Stat(m.File)
	if err != nil || st.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", st.Mode(), err)
	}
	if data, err := os.ReadFile(m.File); err != nil || string(data) != "Aperti sabato" {
		t.Fatalf("%q, %v", data, err)
	}
	if err := os.WriteFile(m.File, []byte("Aperti sabato\ne domenica\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.Handle(m.read(nil))
	if v := p.comp.in.Value(); v != "Aperti sabato\ne domenica" {
		t.Fatalf("%q", v)
	}
	if _, err := os.Stat(m.File); !os.IsNotExist(err) {
		t.Fatal("the file is still there")
	}
}

func TestEditorThatFailsChangesNothing(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	p := written(t, "bozza")
	p.d.Editor = "vi"
	m := p.edit()().(kit.To).Msg.(editorMsg)
	_, cmd := p.Handle(m.read(errors.New("exit 1")))
	if f, ok := cmd().(frame.Failed); !ok || f.Err == nil || p.comp.in.Value() != "bozza" {
		t.Fatalf("%v, %q", ok, p.comp.in.Value())
	}
	p.open = 2 // another conversation meanwhile
	p.Handle(editedMsg{conv: 1, text: "for somebody else"})
	if p.comp.in.Value() != "bozza" {
		t.Fatal("the text went to another customer")
	}
}

func TestNoteModeKeepsTheDraft(t *testing.T) {
	p := written(t, "risposta a metà")
	p.setNote(true)
	if !p.comp.in.Empty() || !p.comp.note {
		t.Fatal("the note begins with the answer's words")
	}
	p.comp.in.SetValue("nota")
	if p.comp.dirty() {
		t.Fatal("a note is no draft")
	}
	if p.WouldLose() == "" {
		t.Fatal("quitting loses the note without a word")
	}
	p.setNote(false)
	if v := p.comp.in.Value(); v != "risposta a metà" {
		t.Fatalf("the draft is %q", v)
	}
}

func TestForeignDraftIsAdoptedOnlyIntoAnUntouchedField(t *testing.T) {
	p := written(t, "")
	p.comp.adopt(&core.Conversation{ID: 1, Draft: "from another screen"})
	if p.comp.in.Value() != "from another screen" {
		t.Fatal("not taken")
	}
	p.comp.in.Insert("!")
	p.comp.adopt(&core.Conversation{ID: 1, Draft: "newer"})
	if p.comp.in.Value() != "from another screen!" {
		t.Fatalf("typing was overwritten by %q", p.comp.in.Value())
	}
	p.comp.adopt(&core.Conversation{ID: 2, Draft: "another's"})
	if p.comp.saved == "another's" {
		t.Fatal("took the draft of another conversation")
	}
}
