package contacts_test

import (
	"context"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/assets"
	"bottega/core"
	"bottega/core/people"
	"bottega/storage"
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
		pane := contacts.New(env, contacts.Deps{Lists: c.work, Cards: c.work, Work: c.work, Heat: c.work.Heat})
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
