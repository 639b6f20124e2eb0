package ui_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"bottega/core"
	"bottega/ui"
	"bottega/ui/frame"
	"bottega/ui/text"
	"bottega/ui/uitest"
)

type fakeDesktop struct {
	shown []string
	err   error
}

func (d *fakeDesktop) Show(_ context.Context, n frame.Notify) error {
	d.shown = append(d.shown, n.Title+"|"+n.Body)
	return d.err
}

func TestNotifications(t *testing.T) {
	desk := &fakeDesktop{}
	play(t, 80, 24, func(w *world) { w.deps.Notifier = desk; w.pane.showing = 5 }, func(s *uitest.Screen, _ *world) {
		ring := frame.Notify{Conversation: 5, Title: "Maria\x1b[31m", Body: "New message", Bell: true, Desktop: true}
		s.Send(ring)
		if s.Bells() != 0 || len(desk.shown) != 0 {
			t.Fatalf("rang %d times for the open conversation", s.Bells())
		}
		s.Focus(false)
		s.Send(ring)
		if s.Bells() != 1 || strings.Join(desk.shown, ";") != "Maria|New message" {
			t.Fatalf("away: %d bells, %q", s.Bells(), desk.shown)
		}
		s.Focus(true)
		ring.Conversation, ring.Desktop = 6, false
		s.Send(ring)
		if s.Bells() != 2 || len(desk.shown) != 1 {
			t.Fatalf("another conversation: %d bells, %q", s.Bells(), desk.shown)
		}
		s.Press("2")
		ring.Conversation = 5
		s.Send(ring)
		if s.Bells() != 3 {
			t.Fatal("the conversation is not in front any more")
		}
		desk.err = errors.New("no bus")
		s.Send(frame.Notify{Desktop: true})
		s.WantNot("✗")
	})
}

func TestResize(t *testing.T) {
	play(t, 120, 40, nil, func(s *uitest.Screen, _ *world) {
		s.Press("j", "j")
		s.Want("▌ 李小龙")
		for _, size := range [][2]int{{1, 1}, {2, 1}, {39, 12}, {40, 11}, {0, 0}, {200, 60}} {
			s.Resize(max(1, size[0]), max(1, size[1]))
			s.Send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		}
		s.Want("▌ 李小龙")
		s.Resize(30, 6)
		s.Want("too small", "40×12")
		s.Press("?", "j")
		s.Resize(80, 24)
		s.Want("▌ 李小龙")
		s.WantNot("Keys ·")
	})
}

func TestThemeFollowsTheTerminal(t *testing.T) {
	play(t, 80, 24, nil, func(s *uitest.Screen, w *world) {
		s.Type("\x1b]11;rgb:ffff/ffff/ffff\x07")
		if w.env.Theme.Name != "light" || !strings.Contains(w.pane.notes(), "frame.Redraw") {
			t.Fatalf("theme %s, told %s", w.env.Theme.Name, w.pane.notes())
		}
		s.Send(frame.SetTheme{Mode: "dark"})
		s.Type("\x1b]11;rgb:ffff/ffff/ffff\x07")
		if w.env.Theme.Name != "dark" {
			t.Fatalf("the user's choice lost to the terminal: %s", w.env.Theme.Name)
		}
		s.Send(tea.ColorProfileMsg{Profile: colorprofile.ANSI})
		if w.env.Theme.Name != "dark16" {
			t.Fatalf("theme %s", w.env.Theme.Name)
		}
	})
}

func TestLanguageChanges(t *testing.T) {
	it, err := text.Load("it")
	if err != nil {
		t.Fatal(err)
	}
	play(t, 100, 24, nil, func(s *uitest.Screen, _ *world) {
		s.Send(frame.SetWords{Words: it})
		s.Want("1 Posta 7", "2 Contatti", "? aiuto", "128 di 250 oggi", "VERDE")
	})
}

// The badge of a counter that only looks on stays on the smallest screen.
func TestReadOnlyBadge(t *testing.T) {
	for _, w := range []int{40, 60, 120} {
		play(t, w, 24, func(w *world) { w.env.ReadOnly = true }, func(s *uitest.Screen, _ *world) {
			s.Want("READ-ONLY", "DEMO", "14:05")
		})
	}
	play(t, 120, 24, nil, func(s *uitest.Screen, _ *world) { s.WantNot("READ-ONLY") })
}

func TestHeader(t *testing.T) {
	st := shopStatus(t.Context())
	for _, c := range []struct {
		name string
		w    int
		set  func(*ui.Status)
		want []string
		not  []string
	}{
		{"all", 120, func(*ui.Status) {}, []string{"⇅ live", "● GREEN", "128 of 250 today", "+390551234567", "DEMO", "14:05"}, nil},
		{"narrow", 40, func(*ui.Status) {}, []string{"Ferramenta Ros…", "DEMO", "14:05"}, []string{"250"}},
		{"silent", 80, func(s *ui.Status) { s.Receiver, s.SilentSince = ui.ReceiverSilent, start.Add(-42*time.Minute) }, []string{"⚠ silent 42 min"}, nil},
		{"off", 80, func(s *ui.Status) { s.Receiver = ui.ReceiverOff }, []string{"⚠ not receiving"}, nil},
		{"stale of several", 90, func(s *ui.Status) {
			s.Receiver, s.SilentSince, s.SilentOn = ui.ReceiverStale, start.Add(-42*time.Minute), "tw"
		}, []string{"⚠ tw: no answer 42 min"}, nil},
		{"own address lost", 90, func(s *ui.Status) { s.Receiver, s.SilentSince = ui.ReceiverBlocked, start.Add(-42*time.Minute) }, []string{"⚠ own address lost 42 min"}, nil},
		{"two ways", 100, func(s *ui.Status) { s.Receiver, s.Ways = ui.ReceiverLive, "callback polling" }, []string{"⇅ callback · polling"}, nil},
		{"polling", 80, func(s *ui.Status) { s.Receiver = ui.ReceiverPolling }, []string{"⇅ polling"}, nil},
		{"yellow", 80, func(s *ui.Status) { s.Quality = core.QualityYellow }, []string{"◐ YELLOW"}, nil},
		{"red", 80, func(s *ui.Status) { s.Quality = core.QualityRed }, []string{"▲ RED"}, nil},
		{"near the limit", 100, func(s *ui.Status) { s.Used = 240 }, []string{"! 240 of 250 today"}, nil},
		{"no limit", 100, func(s *ui.Status) { s.Limit = -1 }, []string{"128 today, no limit"}, nil},
		{"unknown", 100, func(s *ui.Status) { *s = ui.Status{} }, []string{"bottega"}, []string{"today", "●", "DEMO", "⇅"}},
		{"paused", 80, func(s *ui.Status) { s.Paused = core.ClassAuth }, []string{"⏸ sending paused"}, nil},
		{"paused and narrow", 40, func(s *ui.Status) { s.Paused = core.ClassAuth }, []string{"⏸ sending paused", "DEMO"}, []string{"Ferramenta"}},
		{"away", 100, func(s *ui.Status) { s.AwaySince, s.AwayWhy = start.Add(-42*time.Minute), core.Unreachable }, []string{"✗ provider not reached since 13:23"}, nil},
		{"no keys and narrow", 64, func(s *ui.Status) { s.AwaySince, s.AwayWhy = start.Add(-26*time.Hour), core.NoKeyring }, []string{"✗ keys cannot be read since Yesterday"}, []string{"GREEN"}},
		{"two warnings", 60, func(s *ui.Status) { s.Paused, s.Receiver = core.ClassAuth, ui.ReceiverOff }, []string{"⏸ sending paused", "⚠ not rec", "DEMO"}, []string{"Ferramenta"}},
		{"a long name and a warning", 80, func(s *ui.Status) { s.Shop, s.Receiver = strings.Repeat("Premiata ", 9), ui.ReceiverOff }, []string{"⚠ not receiving"}, nil},
		{"a key that ends", 80, func(s *ui.Status) { s.KeyEnds = start.Add(48 * time.Hour) }, []string{"! key runs out Thu"}, nil},
		{"a key that has ended", 40, func(s *ui.Status) { s.KeyEnds = start.Add(-time.Hour) }, []string{"! key has run out"}, nil},
		{"hostile name", 80, func(s *ui.Status) { s.Shop = "Evil\x1b[2J\u202e" }, []string{"Evil  ·"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s2 := st
			c.set(&s2)
			play(t, c.w, 24, func(w *world) { w.deps.Status = func(context.Context) ui.Status { return s2 } }, func(s *uitest.Screen, _ *world) {
				s.Want(c.want...)
				s.WantNot(c.not...)
			})
		})
	}
}
