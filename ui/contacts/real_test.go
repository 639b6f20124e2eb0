package contacts_test

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/assets"
	"bottega/core"
	"bottega/core/people"
	"bottega/storage"
	"bottega/storage/shop"
	"bottega/ui"
	"bottega/ui/contacts"
	"bottega/ui/frame"
	"bottega/ui/text"
	"bottega/ui/uitest"
)

var start = time.Date(2026, 11, 24, 14, 5, 0, 0, time.UTC)

// counter is the app with the pane over the real service and store.
type counter struct {
	t    *testing.T
	db   *storage.DB
	work *people.Service
}

func open(t *testing.T, w, h int, fill func(*counter), script func(*uitest.Screen, *counter)) {
	t.Helper()
	dir := t.TempDir()
	c := &counter{t: t}
	uitest.Run(t, w, h, func(ctx context.Context) tea.Model {
		began := time.Now()
		now := func() time.Time { return start.Add(time.Since(began)) }
		feed := core.NewFeed()
		var err error
		if c.db, err = storage.Open(dir, feed, storage.Options{Now: now, Process: "p1"}); err != nil {
			t.Fatal(err)
		}
		if c.work, err = people.New(c.db, assets.Rules(), now); err != nil {
			t.Fatal(err)
		}
		fill(c)
		words, err := text.Load("en")
		if err != nil {
			t.Fatal(err)
		}
		env := &frame.Env{Ctx: ctx, Words: words, Now: now, Agent: "ada"}
		pane := contacts.New(env, contacts.Deps{Lists: c.work, Cards: c.work, Work: c.work, Heat: c.work.Heat, Region: "IT",
			Files: c.work, OpenTable: shop.OpenTable, SaveTable: shop.SaveTable, Tray: c.work, Pairs: c.work})
		return ui.New(env, ui.Deps{Feed: feed, Panes: map[string]frame.Pane{contacts.Name: pane}, Status: func(context.Context) ui.Status { return ui.Status{Shop: "Ferramenta Rossi"} }})
	}, func(s *uitest.Screen) {
		defer func() {
			if err := c.db.Close(); err != nil {
				t.Error(err)
			}
		}()
		s.Sleep(time.Second)
		s.Press("2")
		s.Sleep(time.Second)
		script(s, c)
		s.Sleep(3 * time.Second)
	})
}

// person makes a contact as somebody who writes becomes one.
func (c *counter) person(k core.Contact) int64 {
	c.t.Helper()
	k.CreatedAt = start.AddDate(0, -2, 0)
	if err := c.db.Write(context.Background(), func(tx core.Tx) error {
		if err := tx.SaveContact(&k); err != nil {
			return err
		}
		return tx.AddIdentity(k.ID, core.Identity{Kind: core.IdentityPhone, Value: string(k.Phone)})
	}); err != nil {
		c.t.Fatal(err)
	}
	return k.ID
}

// The pane on the real store: filter, tag, consent, edit, and what is kept.
func TestOnTheRealStore(t *testing.T) {
	var maria int64
	open(t, 160, 45, func(c *counter) {
		maria = c.person(core.Contact{Name: "Maria Bianchi", Phone: "+393331234567", Language: "it", Tags: []string{"vip"}, LastInAt: start.Add(-time.Hour)})
		c.person(core.Contact{Name: "Zoë O'Neil", Phone: "+353861234567", LastInAt: start.AddDate(0, 0, -45)})
		c.person(core.Contact{Name: "王小明", Phone: "+8613812345678"})
	}, func(s *uitest.Screen, c *counter) {
		s.Want("3 people", "Maria Bianchi", "Zoë O'Neil", "王小明", "#vip", "within 7 days", "never asked")
		s.Press("/")
		s.Type("heat:quiet")
		s.Want("1 person of 3")
		s.Press("enter", "i")
		s.Want("low-frequency group", "quiet for 30 days")
		s.Press("esc", "esc")
		s.Want("3 people")

		s.Press("t")
		s.Type("Torte")
		s.Press("enter")
		s.Sleep(time.Second)
		s.Want("#torte", "#torte            1")
		s.Press("c", "enter")
		s.Type("card at the till")
		s.Press("enter")
		s.Sleep(time.Second)
		s.Want("✓ yes", "card at the till", "counter · ada")
		s.Press("enter", "j", "enter")
		s.Type(" Verdi")
		s.Press("enter")
		s.Sleep(time.Second)
		s.Want("Maria Bianchi Verdi", "Changed.")
		s.Shot("real-store")

		d, err := c.work.Detail(context.Background(), maria)
		if err != nil {
			t.Fatal(err)
		}
		if d.Contact.Name != "Maria Bianchi Verdi" || len(d.Contact.Tags) != 2 || !d.Standing.Marketing.Allowed || d.Ledger[0].Words != "card at the till" {
			t.Errorf("kept %+v, %+v", d.Contact, d.Ledger)
		}
		s.Press("u")
		s.Sleep(time.Second)
		s.WantNot("Verdi")

		s.Press("esc", "/")
		s.Type("optin and tag:torte")
		s.Press("enter", "w")
		s.Type("friends")
		s.Press("enter")
		s.Sleep(time.Second)
		s.Want("● friends", "1 person of 3")
	})
}

// table writes a file of people into a folder and returns its path.
func table(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const customers = "Nome;Telefono;Gruppo;Scarpe\n" +
	"Maria Bianchi;333 123 4567;vip;38\n" +
	"Luca Conti;333 765 4321;torte;44\n" +
	"Luca Conti;+39 333 7654321;;\n" +
	"Excel;3,9333E+11;;\n"

// A file is looked through before anything is written; what columns mean can
// be said; then it is brought in, and taken back with one key.
func TestImportWizard(t *testing.T) {
	for _, w := range []int{80, 120} {
		t.Run(strconv.Itoa(w), func(t *testing.T) {
			path := table(t, "clienti.csv", customers)
			open(t, w, 30, func(c *counter) {
				c.person(core.Contact{Name: "Maria B", Phone: "+393331234567"})
			}, func(s *uitest.Screen, c *counter) {
				ctx := context.Background()
				s.Press("I")
				s.Want("Import people from a file", "CSV, TSV, Excel or vCard.")
				s.Paste(path)
				s.Press("enter")
				s.Sleep(time.Second)
				s.Want("Import clienti.csv", "4 rows", "+ 1 new", "± 1 updated", "≈ 1 double", "✗ 1 refused", "Nome", "→ name", "→ phone", "Scarpe", "→ leave out")
				s.Shot("wizard-" + strconv.Itoa(w))
				if n, err := c.work.Count(ctx, ""); err != nil || n != 1 {
					t.Fatalf("looking wrote: %d, %v", n, err)
				}
				if w < 110 {
					s.Press("tab")
				}
				s.Want("Luca Conti +39 333 765 4321", "as row 3", "“3,9333E+11” The spreadsheet")
				if w < 110 {
					s.Press("tab")
				}
				s.Press("down", "down", "down", "enter")
				s.Want("What is in “Scarpe”?")
				s.Type("shoe_size")
				s.Press("enter")
				s.Sleep(time.Second)
				s.Want("→ shoe_size")
				s.Press("i")
				s.Sleep(2 * time.Second)
				s.Want("1 new, 1 updated, 1 refused.", "Luca Conti", "2 people")
				d, err := c.work.Detail(ctx, 1)
				if err != nil || d.Profile.Custom["shoe_size"] != "38" || d.Contact.Name != "Maria Bianchi" {
					t.Errorf("%+v, %v", d, err)
				}
				s.Press("u")
				s.Sleep(3 * time.Second)
				if n, err := c.work.Count(ctx, ""); err != nil || n != 1 {
					t.Errorf("undo left %d people, %v", n, err)
				}
			})
		})
	}
}

func TestImportOfWhatIsNoTable(t *testing.T) {
	for name, want := range map[string]string{"photo.csv": "is no table", "nothing.csv": "There is nothing in this file.", "colours.csv": "No column gives a phone number."} {
		content := map[string]string{"photo.csv": "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "nothing.csv": "", "colours.csv": "red,green\n1,2\n"}[name]
		t.Run(name, func(t *testing.T) {
			path := table(t, name, content)
			open(t, 120, 30, func(*counter) {}, func(s *uitest.Screen, _ *counter) {
				s.Press("I")
				s.Paste(path)
				s.Press("enter")
				s.Sleep(time.Second)
				s.Want(want)
				s.Press("i") // nothing to do
				s.Press("esc")
				s.Want("Nobody here yet.")
			})
		})
	}
}

func TestExport(t *testing.T) {
	dir := t.TempDir()
	open(t, 100, 24, func(c *counter) {
		c.person(core.Contact{Name: "Maria", Phone: "+393331234567", Tags: []string{"vip"}})
		c.person(core.Contact{Name: "=Luca", Phone: "+393337654321"})
		c.person(core.Contact{Name: "Anna", Phone: "+393330000001", Tags: []string{"vip"}})
	}, func(s *uitest.Screen, _ *counter) {
		export := func(name string) string {
			path := filepath.Join(dir, name)
			s.Press("x", "ctrl+u")
			s.Paste(path)
			s.Press("enter")
			s.Sleep(time.Second)
			return path
		}
		read := func(path string) string {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			return string(b)
		}
		s.Press("/")
		s.Type("tag:vip")
		s.Press("enter")
		if got := read(export("vip.csv")); !strings.Contains(got, "Maria") || !strings.Contains(got, "Anna") || strings.Contains(got, "Luca") {
			t.Errorf("wrote %q", got)
		}
		s.Want("2 people written to vip.csv.")
		s.Press("esc", "s", "space") // by name: whoever is first
		path := export("vip.csv")
		s.Want("Replace the file?")
		s.Press("y")
		s.Sleep(time.Second)
		s.Want("1 person written to vip.csv.")
		if got := read(path); strings.Count(got, "+39") != 1 {
			t.Errorf("wrote %q", got)
		}
		export("no/such/folder.csv")
		s.Want("could not be written there")
	})
}

// Two records of one person are found, shown side by side, merged, and parted
// again with one key.
func TestMerge(t *testing.T) {
	open(t, 120, 34, func(c *counter) {
		a := c.person(core.Contact{Name: "Maria Bianchi", Phone: "+5511999887766", Tags: []string{"vip"}})
		b := c.person(core.Contact{Name: "Maria B.", Phone: "+393331234567", Language: "pt", Tags: []string{"torte"}})
		for _, id := range []int64{a, b} {
			mail := "maria@example.com"
			if _, err := c.work.Edit(context.Background(), id, "ada", people.Patch{Email: &mail}); err != nil {
				t.Fatal(err)
			}
		}
		c.person(core.Contact{Name: "Luca", Phone: "+393337654321"})
	}, func(s *uitest.Screen, c *counter) {
		s.Press("M")
		s.Sleep(time.Second)
		s.Want("Doubles", "Maria Bianchi", "Maria B.", "e-mail")
		s.Press("enter")
		s.Sleep(time.Second)
		s.Want("Merge these two?", "✓ Maria Bianchi", "✗ Maria B.", "← Portuguese", "+ #torte", "✗ is lost")
		s.Shot("merge-120")
		s.Press("x")
		s.Sleep(time.Second)
		s.Want("✓ Maria B.", "✗ Maria Bianchi")
		s.Press("x")
		s.Sleep(time.Second)
		s.Press("m")
		s.Sleep(time.Second)
		s.Want("No doubles found")
		s.Press("esc")
		s.Want("2 people", "Maria Bianchi", "#torte +1", "Merged.")
		s.Press("u")
		s.Sleep(time.Second)
		s.Want("3 people", "Maria B.")
		s.Press("A", "M") // three are no pair: it looks for doubles
		s.Sleep(time.Second)
		s.Want("Doubles")
		if n, err := c.work.Count(context.Background(), ""); err != nil || n != 3 {
			t.Errorf("%d people, %v", n, err)
		}
	})
}

func TestErase(t *testing.T) {
	open(t, 120, 30, func(c *counter) {
		c.person(core.Contact{Name: "Maria Bianchi", Phone: "+393331234567", LastInAt: start})
		c.person(core.Contact{Name: "Luca", Phone: "+393337654321"})
	}, func(s *uitest.Screen, c *counter) {
		s.Press("D")
		s.Want("Erase Maria Bianchi for good?", "cannot be undone")
		s.Press("enter") // the harmless answer is chosen first
		s.Want("2 people", "Maria Bianchi")
		s.Press("D", "y")
		s.Sleep(time.Second)
		s.Want("1 person erased.", "Luca")
		s.WantNot("Maria Bianchi")
		if n, err := c.work.Count(context.Background(), ""); err != nil || n != 1 {
			t.Errorf("%d people, %v", n, err)
		}
	})
}

func TestNewContact(t *testing.T) {
	open(t, 120, 30, func(c *counter) {
		c.person(core.Contact{Name: "Maria Bianchi", Phone: "+393331234567", LastInAt: start})
	}, func(s *uitest.Screen, _ *counter) {
		s.Press("n")
		s.Type("333 765")
		s.Want("No such phone number.")
		s.Type(" 4321 Luca Conti")
		s.Want("+39 333 765 4321  Luca Conti")
		s.Press("enter")
		s.Sleep(time.Second)
		s.Want("New contact.", "▌ Luca Conti", "2 people")
		s.Press("n")
		s.Type("+39 3331234567")
		s.Press("enter")
		s.Sleep(time.Second)
		s.Want("This number is known already", "▌ Maria Bianchi")
	})
}

// A field of the shop's own is made, filled, and asked for in the filter.
func TestOwnFields(t *testing.T) {
	open(t, 160, 45, func(c *counter) {
		c.person(core.Contact{Name: "Maria", Phone: "+393331234567"})
	}, func(s *uitest.Screen, c *counter) {
		make := func(typed string) {
			s.Press("+")
			s.Type(typed)
			s.Press("enter")
			s.Sleep(time.Second)
		}
		s.Press("enter", "+")
		s.Type("name: number")
		s.Want("There is a field “name” already.")
		s.Press("esc")
		make("Shoe size: number")
		make("Delivery: pickup, courier")
		s.Want("shoe_size", "delivery")
		fs, err := c.work.Store.CustomFields(context.Background())
		if err != nil || len(fs) != 2 || fs[0].Type != core.CustomChoice || fs[1].Type != core.CustomNumber {
			t.Fatalf("%+v, %v", fs, err)
		}
		for range 8 {
			s.Press("j")
		}
		s.Press("enter")
		s.Type("thirty")
		s.Press("enter")
		s.Sleep(time.Second)
		s.Want("Not a number.")
		s.Press("ctrl+u")
		s.Type("38")
		s.Press("enter")
		s.Sleep(time.Second)
		s.Press("/")
		s.Type("shoe_size>37")
		s.Want("1 person of 1")
		s.Press("ctrl+u")
		s.Type("delivery:")
		s.Want("pickup", "courier")
	})
}
