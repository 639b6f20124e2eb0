package inbox

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"bottega/core"
	"bottega/ui/theme"
)

func plain(t *testing.T) (*Pane, *brush) {
	t.Helper()
	p := newPane(t, newShop(nil), theme.Plain(), "en")
	r := p.d.Rules()
	r.Hours = core.Hours{Always: true, TimeZone: "UTC"}
	p.d.Rules = func() core.Rules { return r }
	return p, p.brush()
}

func TestChips(t *testing.T) {
	_, b := plain(t)
	waits := func(d time.Duration) core.Conversation {
		return core.Conversation{State: core.Open, WaitingSince: noon.Add(-d), LastAt: noon.Add(-d)}
	}
	for _, c := range []struct {
		name string
		c    core.Conversation
		want string
	}{
		{"in target", waits(4 * time.Minute), "○ 4m"},
		{"at the first target", waits(5 * time.Minute), "◔ 5m"},
		{"soon", waits(18 * time.Minute), "◔ 18m"},
		{"late", waits(52 * time.Minute), "◑ 52m"},
		{"red", waits(2*time.Hour + 3*time.Minute), "● 2h03"},
		{"days", waits(50 * time.Hour), "● 2d"},
		{"not yet a minute", waits(-20 * time.Second), "○ 0m"},
		{"courtesy", core.Conversation{State: core.Open, CourtesySince: noon}, "✓ thanks"},
		{"answered", core.Conversation{State: core.Open, LastAt: noon.Add(-time.Hour)}, "11:00"},
		{"empty", core.Conversation{State: core.Open}, ""},
		{"snoozed", core.Conversation{State: core.Snoozed, SnoozeUntil: noon.Add(21 * time.Hour)}, "☾ until Tomorrow 09:00"},
		{"done", core.Conversation{State: core.Done}, "✓ done"},
	} {
		if got := b.chip(&c.c); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	b.rules.Hours = core.Hours{TimeZone: "UTC", Week: map[time.Weekday][]core.Interval{time.Tuesday: {{From: 9 * 60, To: 11 * 60}, {From: 15 * 60, To: 19 * 60}}}}
	c := waits(3 * time.Hour)
	if got := b.chip(&c); got != "☾ opens 15:00" {
		t.Errorf("closed: %q", got)
	}
}

// Tags give way to the name and the chip, and those left out are counted.
func TestRowTags(t *testing.T) {
	_, b := plain(t)
	c := &core.Conversation{State: core.Open, WaitingSince: noon.Add(-4 * time.Minute), LastAt: noon, Contact: core.Contact{Name: "Maria", Tags: []string{"vip", "catering", "pane"}}}
	for w, want := range map[int]string{
		60: "Maria #vip #catering +1",
		27: "Maria #vip +2",
		18: "Maria #vip",
		15: "Maria",
	} {
		row := b.row(c, others{}, w, false, false)[0]
		if got := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(row), "○ 4m")); got != want {
			t.Errorf("at %d: %q, want %q", w, got, want)
		}
	}
}

func TestSecondLine(t *testing.T) {
	_, b := plain(t)
	shut, open := noon.Add(-time.Hour), noon.Add(20*time.Hour)
	out := func(s core.State) core.Message {
		return core.Message{ID: 1, Direction: core.Out, State: s, Content: core.Content{Type: core.TypeText, Text: "sì"}}
	}
	in := func(c core.Content) core.Message { return core.Message{ID: 1, Content: c} }
	for _, c := range []struct {
		name string
		c    core.Conversation
		want string
	}{
		{"nothing", core.Conversation{}, "no messages yet"},
		{"text", core.Conversation{Last: in(core.Content{Type: core.TypeText, Text: "ciao\ntu"})}, "ciao tu"},
		{"photo", core.Conversation{Last: in(core.Content{Type: core.TypeImage})}, "▣ photo"},
		{"photo with words", core.Conversation{Last: in(core.Content{Type: core.TypeImage, Text: "eccola"})}, "▣ eccola"},
		{"voice", core.Conversation{Last: in(core.Content{Type: core.TypeAudio, Media: &core.Media{Voice: true}})}, "♪ voice note"},
		{"queued", core.Conversation{Last: out(core.Queued)}, "· sì"},
		{"sent", core.Conversation{Last: out(core.Sent)}, "✓ sì"},
		{"read", core.Conversation{Last: out(core.Read)}, "✓✓ sì"},
		{"failed", core.Conversation{Last: out(core.Failed)}, "✗ failed sì"},
		{"unsure", core.Conversation{Last: out(core.UnsureSent)}, "? not sure sì"},
		{"note", core.Conversation{Last: in(core.Content{Type: core.TypeNote, Text: "paga"})}, "▪ paga"},
		{"failed, and they wrote again", core.Conversation{LastOut: core.Failed, Last: in(core.Content{Text: "e?"})}, "✗ e?"},
		{"unsure, and they wrote again", core.Conversation{LastOut: core.UnsureSent, Last: in(core.Content{Text: "e?"})}, "? e?"},
		{"arrived, and they wrote again", core.Conversation{LastOut: core.Read, Last: in(core.Content{Text: "e?"})}, "e?"},
		{"failed, and a draft", core.Conversation{LastOut: core.Failed, Draft: "be", WindowCloses: open, Last: in(core.Content{})}, "✗ ✎ draft be"},
		{"draft", core.Conversation{Draft: "be", WindowCloses: open, Last: out(core.Read)}, "✎ draft be"},
		{"held", core.Conversation{Draft: "be", WindowCloses: shut, Last: out(core.Read)}, "⏸ held be"},
		{"revoked", core.Conversation{Last: core.Message{ID: 1, Revoked: true, Content: core.Content{Text: "segreto"}}}, "⊘ This message was deleted by its sender"},
	} {
		if got := b.snippet(&c.c, others{}); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestRowPutsTheMostImportantFirst(t *testing.T) {
	_, b := plain(t)
	c := &core.Conversation{State: core.Open, WaitingSince: noon.Add(-52 * time.Minute), WindowCloses: noon.Add(130 * time.Minute), Unread: 12,
		Contact: core.Contact{Name: "Maria Bianchi", Tags: []string{"a", "b", "c", "d"}}, Last: core.Message{ID: 1, Content: core.Content{Text: "ciao"}}}
	for w, want := range map[int][2]string{
		60: {"▌ Maria Bianchi ◉ Anna #a #b +2", "◑ 52m"},
		30: {"▌ Maria Bianchi ◉ Anna", "◑ 52m"},
		20: {"▌ Maria Bian", "◑ 52m"},
	} {
		ls := b.row(c, others{names: "Anna"}, w, true, true)
		if len(ls) != rowLines || !strings.HasPrefix(ls[0], want[0]) || !strings.HasSuffix(strings.TrimSpace(ls[0]), want[1]) {
			t.Errorf("%d: %q", w, ls)
		}
		if s := strings.TrimSpace(ls[1]); !strings.HasSuffix(s, "◷ 2h10  12") {
			t.Errorf("%d: %q lacks window and unread count", w, s)
		}
		for _, l := range ls {
			if n := ansi.StringWidth(l); n != w {
				t.Errorf("%d cells, want %d", n, w)
			}
		}
	}
}

func TestNames(t *testing.T) {
	p, _ := plain(t)
	for want, c := range map[string]core.Contact{
		"Maria": {Name: "Maria", Username: "m", Phone: "+39"}, "@m": {Username: "m", Phone: "+39"}, "+39": {Phone: "+39"}, "someone without a name": {},
	} {
		if got := title(&c, p.env.Words); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := addressOf(&core.Contact{Name: "Maria", Username: "m"}); got != "@m" {
		t.Errorf("address %q", got)
	}
}
