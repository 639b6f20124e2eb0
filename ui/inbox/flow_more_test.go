package inbox_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bottega/core"
	"bottega/ui/frame"
	"bottega/ui/inbox"
	"bottega/ui/uitest"
)

func TestFileIsCheckedBeforeItLeaves(t *testing.T) {
	dir := t.TempDir()
	for name, size := range map[string]int{"listino.pdf": 2000, "foto.jpg": 6 << 20, "programma.exe": 10, "vuoto.png": 0} {
		if err := os.WriteFile(filepath.Join(dir, name), make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var sent []string
	upload := func(_ context.Context, channel int64, path, mime string) (core.Media, error) {
		sent = append(sent, filepath.Base(path)+" "+mime)
		return core.Media{ID: "up1"}, nil
	}
	play(t, setting{w: 120, h: 40, fill: one, tune: func(d *inbox.Deps) { d.Upload = upload }}, func(s *uitest.Screen, st *stage) {
		s.Press("r")
		s.Type("Ecco il listino")
		s.Press("ctrl+f")
		s.Want("Attach a file", "Type a path")
		s.Paste(dir + "/")
		s.Sleep(100 * time.Millisecond)
		s.Want("foto.jpg", "listino.pdf")
		for name, why := range map[string]string{"foto.jpg": "Too large: 6.3 MB, at most 5.2 MB.", "programma.exe": "does not take this type",
			"vuoto.png": "The file is empty.", "manca.pdf": "No such file yet."} {
			s.Press("ctrl+u")
			s.Paste(filepath.Join(dir, name))
			s.Sleep(100 * time.Millisecond)
			s.Want(why)
			s.Press("enter")
			s.Want("Attach a file")
		}
		s.Press("ctrl+u")
		s.Paste(dir + "/lis")
		s.Sleep(100 * time.Millisecond)
		s.Press("tab")
		s.Sleep(100 * time.Millisecond)
		s.Want("→ document · 2 kB") // the path itself may be broken anywhere
		s.Press("enter")
		s.Want("📎 listino.pdf · 2 kB", "› Ecco il listino") // beside the words, not gone yet
		if len(sent) != 0 {
			t.Fatalf("sent %v without being told to", sent)
		}
		s.Press("enter")
		s.Sleep(200 * time.Millisecond)
		s.WantNot("📎")
		s.Want("▤ document · listino.pdf · 2 kB", "Ecco il listino", "leaves in", "Write a message")
		if m := st.newest(1); len(sent) != 1 || sent[0] != "listino.pdf application/pdf" || m.Media == nil || m.Media.ID != "up1" || m.Text != "Ecco il listino" {
			t.Fatalf("sent %v, message %+v", sent, m)
		}
	})
}

func TestRefusedAnswerGivesTheWordsBack(t *testing.T) {
	play(t, setting{w: 100, h: 30, fill: func(st *stage) {
		one(st)
		st.work.NewRef = func() string { return "the same for ever" }
		if _, err := st.work.Reply(st.ctx, 1, "ada", said("prima")); err != nil {
			t.Fatal(err)
		}
	}}, func(s *uitest.Screen, _ *stage) {
		s.Press("r")
		s.Type("seconda")
		s.Press("enter")
		s.Sleep(200 * time.Millisecond)
		s.Want("› seconda", "✗ ")
	})
}

func TestOlderMessagesComeAndNewOnesWaitBelow(t *testing.T) {
	play(t, setting{w: 80, h: 24, fill: func(st *stage) {
		one(st)
		st.chatter(1, 200, 2*time.Minute, func(i int) string { return "riga " + strings.Repeat("x", i%7) + " n" + string(rune('A'+i%26)) })
		st.says(1, time.Minute, said("ultima"))
	}}, func(s *uitest.Screen, st *stage) {
		s.Press("enter")
		s.Want("ultima")
		for range 30 {
			s.Press("pgup")
		}
		s.Want("Avete la vernice bianca?") // the very first
		before := s.Text()
		st.says(1, 0, said("mentre leggi"))
		s.Sleep(200 * time.Millisecond)
		s.Want("▾ 1 new message · G")
		if a, b := line(before, 8), line(s.Text(), 8); a != b {
			t.Fatalf("the page moved: %q became %q", a, b)
		}
		s.Press("G")
		s.Want("mentre leggi")
		s.WantNot("new message ·")
	})
}

func line(text string, n int) string { return strings.Split(text, "\n")[n] }

func TestReplyWithQuoteAndJumpToIt(t *testing.T) {
	play(t, setting{w: 100, h: 30, fill: func(st *stage) {
		one(st)
		st.chatter(1, 50, time.Minute, func(i int) string { return "riga" })
	}}, func(s *uitest.Screen, st *stage) {
		s.Press("enter", "g", "k")
		for range 60 {
			s.Press("k")
		}
		s.Want("▌ Avete la vernice bianca?")
		s.Press("r")
		s.Want("reply to Maria Bianchi, quoting", "┃ Maria Bianchi: Avete la vernice")
		s.Type("Sì!")
		s.Press("esc")
		s.Want("┃ Maria Bianchi: Avete la vernice", "› Sì!") // words and quote stay
		s.Press("enter")
		s.Press("enter")
		s.Sleep(200 * time.Millisecond)
		if m := st.newest(1); m.ReplyTo == "" || m.Quote == nil || m.Quote.Text != "Avete la vernice bianca?" {
			t.Fatalf("%+v", m)
		}
		s.Press("up") // the newest message
		s.Want("┃ Maria Bianchi: Avete")
		s.Press("b")
		s.Want("▌ Avete la vernice bianca?")
	})
}

func TestOpenCopyLinksCard(t *testing.T) {
	play(t, setting{w: 120, h: 40, fill: everything}, func(s *uitest.Screen, st *stage) {
		s.Press("o", "o", "g", "enter") // newest: Zoë
		x, y, ok := s.Find("voice note")
		if !ok {
			t.Fatalf("no voice note:\n%s", s.Text())
		}
		s.Click(x, y)
		s.Press("o")
		s.Sleep(100 * time.Millisecond)
		if o := st.opened(); len(o) != 1 || o[0] != "media/9/a.ogg" {
			t.Fatalf("opened %v", o)
		}
		s.Press("pgup", "pgup")
		x, y, ok = s.Find("https://example.com/catalogue")
		if !ok {
			t.Fatalf("no link:\n%s", s.Text())
		}
		if !strings.Contains(s.Styled(), "https://example.com/catalogue?page=autumn&colour=white#top;") {
			t.Fatal("a broken address does not lead to the whole of it")
		}
		s.Click(x, y)
		s.Press("l", "enter")
		s.Sleep(100 * time.Millisecond)
		if o := st.opened(); len(o) != 2 || !strings.HasPrefix(o[1], "https://example.com/") {
			t.Fatalf("opened %v", o)
		}
		s.Press("y")
		s.Want("Copied.")
		s.Press("i")
		s.Sleep(100 * time.Millisecond)
		s.Want("Last 30 days", "Read of ours", "Phone")
		s.Shot("card-120x40")
		s.Press("esc")
		s.WantNot("Last 30 days")
	})
}

func TestNarrowShowsOneAtATime(t *testing.T) {
	play(t, setting{w: 40, h: 12, fill: counter}, func(s *uitest.Screen, _ *stage) {
		s.Want("▌ Maria Bianchi")
		s.WantNot("Write a message")
		s.Shot("list-40x12")
		s.Press("enter")
		s.Want("Maria Bianchi", "Write a message", "window")
		s.WantNot("João")
		s.Shot("narrow-40x12")
		s.Golden()
		s.Press("tab")
		s.Type("Arrivo")
		s.Want("› Arrivo")
		s.Press("esc", "esc")
		s.Want("João", "✎ draft Arrivo")
	})
}

func TestCloseSavesTheLastWords(t *testing.T) {
	play(t, setting{w: 100, h: 24, fill: one}, func(s *uitest.Screen, st *stage) {
		s.Press("r")
		s.Sleep(time.Second)
		s.Type("mai sal") // less than a pause ago
		if err := st.pane.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		c, err := st.db.Conversation(st.ctx, 1)
		if err != nil || c.Draft != "mai sal" {
			t.Fatalf("%q, %v", c.Draft, err)
		}
		if ps, err := st.db.Present(st.ctx, 1, "other", st.now()); err != nil || len(ps) != 0 {
			t.Fatalf("still there: %+v, %v", ps, err)
		}
	})
}

func TestPaletteFindsConversations(t *testing.T) {
	play(t, setting{w: 100, h: 30, fill: counter}, func(s *uitest.Screen, st *stage) {
		es, err := st.pane.Find(st.ctx, "encomenda", 5)
		if err != nil || len(es) != 1 || es[0].Title != "João Araújo" {
			t.Fatalf("%+v, %v", es, err)
		}
		s.Send(frame.OpenConversation{Conversation: 2})
		s.Sleep(200 * time.Millisecond)
		s.Want("▌ João Araújo", "Olá, a encomenda 1042")
	})
}

func TestGuestStaysInTheListWhileRead(t *testing.T) {
	play(t, setting{w: 100, h: 24, fill: counter}, func(s *uitest.Screen, st *stage) {
		s.Press("j") // João
		st.write(func(tx core.Tx) error {
			c, err := tx.Conversation(2)
			if err != nil {
				return err
			}
			c.State = core.Done // by somebody else
			c.WaitingSince = time.Time{}
			tx.Changed(core.Change{Kind: core.Conversations, ID: 2})
			return tx.SaveConversation(&c)
		})
		s.Sleep(200 * time.Millisecond)
		s.Want("▌ João Araújo", "✓ done")
		s.Press("j")
		s.WantNot("João")
	})
}

func TestErrorsAreWords(t *testing.T) {
	play(t, setting{w: 100, h: 24, fill: one, tune: func(d *inbox.Deps) { d.Read = broken{} }}, func(s *uitest.Screen, _ *stage) {
		s.Want("damaged")
	})
}

// broken is a store whose file is damaged.
type broken struct{ core.InboxReader }

func (broken) Conversations(context.Context, core.ListQuery) (core.Page, error) {
	return core.Page{}, core.Fail(core.Damaged, "broken", nil)
}

func (broken) Counts(context.Context, string, time.Time) (core.Counts, error) {
	return core.Counts{}, core.Fail(core.Damaged, "broken", nil)
}

// Where the desktop shows nothing, the place is said, so that the file can be
// opened by hand.
func TestUnopenedNamesThePlace(t *testing.T) {
	where := "/srv/shop/media/9/foto.jpg"
	play(t, setting{w: 120, h: 30, tune: func(d *inbox.Deps) {
		d.Open = func(string) error {
			return core.Fail(core.NoOpener, "test", &frame.Unopened{Target: where, Err: errors.New("xdg-open: not found")})
		}
	}, fill: func(st *stage) {
		one(st)
		st.says(1, time.Minute, core.Content{Type: core.TypeImage, Media: &core.Media{ID: "9", MIME: "image/jpeg", Path: "media/9/foto.jpg"}})
	}}, func(s *uitest.Screen, _ *stage) {
		s.Press("enter", "k", "o")
		s.Sleep(200 * time.Millisecond)
		s.Want("✗ No program here opens it. It lies at " + where)
		s.WantNot("connection", "Opened.")
		s.Sleep(15 * time.Second)
		s.Want(where) // long enough to be copied
		s.Sleep(10 * time.Second)
		s.WantNot(where)
	})
}
