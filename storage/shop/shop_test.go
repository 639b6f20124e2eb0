package shop_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bottega/assets"
	"bottega/core"
	"bottega/core/inbox"
	"bottega/storage/secret"
	"bottega/storage/shop"
)

func options(dir string) shop.Options {
	none := func(string) (string, bool) { return "", false }
	return shop.Options{Folder: dir, Lookup: none, Now: time.Now, Rules: assets.Rules()}
}

func TestOpen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "shop")
	o := options(dir)
	o.ReadOnly = true
	if _, err := shop.Open(t.Context(), o); core.CodeOf(err) != core.NoChannel {
		t.Errorf("read-only where nothing is: %v", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("read-only made a folder")
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := shop.Open(t.Context(), options(filepath.Join(file, "below"))); core.CodeOf(err) != core.NoHome {
		t.Errorf("a folder below a file: %v", err)
	}
	o.ReadOnly = false
	s, err := shop.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if s.Dir() != dir || s.ID == "" || len(s.Rungs) != 3 || s.Book.Rules().Targets.First.D() != 5*time.Minute {
		t.Errorf("opened %s as %q with %d places for keys", s.Dir(), s.ID, len(s.Rungs))
	}
	other, err := shop.Open(t.Context(), o) // two bottegas at once
	if err != nil {
		t.Fatal(err)
	}
	if other.ID == s.ID {
		t.Error("two processes with one name")
	}
	for _, x := range []*shop.Shop{s, other} {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "bottega.log")); err != nil {
		t.Errorf("no log: %v", err)
	}
}

// The shop's own hours count from the next start on, and wrong ones are said.
func TestOwnRules(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	o := options(dir)
	o.Keys = secret.Memory()
	set := func(h core.Hours) {
		t.Helper()
		s, err := shop.Open(ctx, o)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.SetSetting(ctx, inbox.SettingHours, h); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	set(core.Hours{TimeZone: "Europe/Rome", Week: map[time.Weekday][]core.Interval{time.Monday: {{From: 540, To: 780}, {From: 900, To: 1140}}}})
	s, err := shop.Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	if h := s.Book.Rules().Hours; h.Always || h.TimeZone != "Europe/Rome" || len(s.Rungs) != 1 {
		t.Errorf("hours %+v, %d places for keys", h, len(s.Rungs))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	set(core.Hours{TimeZone: "Atlantis/Centre"})
	if _, err := shop.Open(ctx, o); core.CodeOf(err) != core.InvalidInput {
		t.Errorf("a zone that does not exist: %v", err)
	}
}

// TestACopiedFolderSendsNothingByItself: what waited in line there is for a
// person to decide; in the folder that it was copied from it goes on.
func TestACopiedFolderSendsNothingByItself(t *testing.T) {
	ctx, dir, there := t.Context(), filepath.Join(t.TempDir(), "shop"), filepath.Join(t.TempDir(), "copy")
	s, err := shop.Open(ctx, options(dir))
	if err != nil {
		t.Fatal(err)
	}
	host := s.Host
	ch, err := s.DB.SaveChannel(ctx, core.Channel{Name: "shop", Provider: core.Sandbox, State: core.Active})
	if err != nil {
		t.Fatal(err)
	}
	var m core.Message
	err = s.DB.Write(ctx, func(tx core.Tx) error {
		k := core.Contact{Name: "Ana", Phone: "+393331234567"}
		if err := tx.SaveContact(&k); err != nil {
			return err
		}
		c := core.Conversation{ChannelID: ch.ID, ContactID: k.ID, State: core.Open}
		if err := tx.SaveConversation(&c); err != nil {
			return err
		}
		m = core.Message{ConversationID: c.ID, ChannelID: ch.ID, Direction: core.Out, State: core.Queued, Ref: "r1", Content: core.Content{Type: core.TypeText, Text: "ciao"}}
		if _, err := tx.InsertMessage(&m); err != nil {
			return err
		}
		return tx.Enqueue(m, core.PriorityReply)
	})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(there, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		dir  string
		same bool
		want core.State
	}{{there, false, core.UnsureSent}, {there, false, core.UnsureSent}, {dir, true, core.Queued}} {
		s, err := shop.Open(ctx, options(x.dir))
		if err != nil {
			t.Fatal(err)
		}
		var got core.Message
		err = s.DB.Write(ctx, func(tx core.Tx) (err error) { got, err = tx.Message(m.ID); return err })
		due, derr := s.DB.NextDue(ctx, ch.ID)
		if err := errors.Join(err, derr, s.Close()); err != nil {
			t.Fatal(err)
		}
		if got.State != x.want || due.IsZero() == x.same || (s.Host == host) != x.same {
			t.Errorf("%s: the message is %s, in line from %v, named %s", filepath.Base(x.dir), got.State, due, s.Host)
		}
	}
}
