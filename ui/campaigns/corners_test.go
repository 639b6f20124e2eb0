package campaigns

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/ledger"
	"bottega/core/people"
	"bottega/ui/frame"
	"bottega/ui/keys"
	"bottega/ui/kit"
	"bottega/ui/theme"
	"bottega/ui/uitest"
)

// plainLines is what a pane or a dialog shows, without colours.
func plainLines(ls []string) string { return ansi.Strip(strings.Join(ls, "\n")) }

// An audience of several pages is read to its end, once: what versions did,
// who failed and why, and no more names than a list shows.
func TestLongAudience(t *testing.T) {
	s := newShop(t, 2600)
	for _, k := range s.people { // everybody may be written to
		k.Marketing, k.ActiveAt = s.people[0].Marketing, noon
	}
	c := s.draft("Autumn")
	c.Segment, c.Templates = "", []string{"autumn", "autumn_short"}
	live := s.run(c)
	for range 2 {
		s.settle(live.ID, 1000, campaign.Replied, nil)
	}
	for _, n := range []int{200, 250} {
		s.settle(live.ID, n, campaign.Failed, func(x *campaign.Recipient) { x.Class, x.FailedAt = core.ClassUndeliverable, noon })
	}
	s.settle(live.ID, 150, campaign.Skipped, func(x *campaign.Recipient) { x.Why = campaign.OptedOut })
	d := &depth{id: live.ID, mark: (&item{Campaign: live, counts: campaign.Counts{campaign.Failed: 450, campaign.Skipped: 150}}).mark(), skips: map[campaign.Reason]int{}}
	if err := d.read(context.Background(), deps(s), &live); err != nil {
		t.Fatal(err)
	}
	n, hits := 0, 0
	for _, a := range d.arms {
		n, hits = n+a.N, hits+a.Hits
	}
	if len(d.arms) != 2 || hits != 2000 || n < 2000 || n > 2600 || len(d.orders) != 2 || d.orders[0].Hits != 0 {
		t.Errorf("versions: %+v, by orders %+v", d.arms, d.orders)
	}
	if len(d.groups) != 1 || d.groups[0].N != 450 || d.skips[campaign.OptedOut] != 150 {
		t.Errorf("failures %+v, left out %v", d.groups, d.skips)
	}
	ids, all, err := findRecipients(context.Background(), s, live.ID, nil, func(*campaign.Recipient) bool { return true })
	if err != nil || all != 2600 || len(ids) != maxNames || len(slices.Compact(slices.Sorted(slices.Values(ids)))) != maxNames {
		t.Errorf("%d names of %d, %v", len(ids), all, err)
	}
	broken := errors.New("broken on the second page")
	pages := 0
	err = eachRecipient(context.Background(), s, live.ID, nil, func([]campaign.Recipient) error {
		if pages++; pages == 2 {
			return broken
		}
		return nil
	})
	if !errors.Is(err, broken) || pages != 2 {
		t.Errorf("%v after %d pages", err, pages)
	}
}

// The list of names scrolls with keys and wheel, says who is gone and how many
// more there are, and closes.
func TestNames(t *testing.T) {
	s := newShop(t, 40)
	p := newPane(t, s, theme.Dark(), "en")
	ids := []int64{999}
	for i := range 30 {
		ids = append(ids, int64(i+1))
	}
	d := &names{env: p.env, title: "said stop", ids: ids, all: 1200, read: s}
	if got := plainLines(d.Lines(70, 12)); !strings.Contains(got, "Reading names…") {
		t.Errorf("before the answer:\n%s", got)
	}
	tell := func(msgs ...tea.Msg) string {
		for _, m := range msgs {
			if done, _ := d.Handle(m); done {
				t.Fatalf("%v closes it", m)
			}
		}
		return plainLines(d.Lines(70, 12))
	}
	got, err := namesOf(context.Background(), s, ids)
	if err != nil {
		t.Fatal(err)
	}
	if shown := tell(namesMsg{got, nil}); !strings.Contains(shown, "no longer here") || !strings.Contains(shown, "1,200 · said stop") || !strings.Contains(shown, "and 1,169 more") || strings.Contains(shown, "+39 333 100 0030") {
		t.Errorf("the first:\n%s", shown)
	}
	press := func(names ...string) (ms []tea.Msg) {
		for _, n := range names {
			m, ok := keys.Press(n)
			if !ok {
				t.Fatalf("no key %q", n)
			}
			ms = append(ms, m)
		}
		return ms
	}
	for name, c := range map[string]struct {
		keys []string
		want string
	}{
		"to the end":     {[]string{"G"}, "+39 333 100 0030"},
		"and back":       {[]string{"g"}, "no longer here"},
		"a page":         {[]string{"g", "pgdown"}, "+39 333 100 0008"},
		"a page back":    {[]string{"G", "pgup", "pgup", "pgup", "pgup", "pgup"}, "no longer here"},
		"line by line":   {[]string{"g", "j", "down", "k"}, "+39 333 100 0001"},
		"not past there": {[]string{"G", "j", "j"}, "+39 333 100 0030"},
	} {
		if shown := tell(press(c.keys...)...); !strings.Contains(shown, c.want) {
			t.Errorf("%s: no %q in\n%s", name, c.want, shown)
		}
	}
	tell(press("g")...)
	if shown := tell(tea.MouseWheelMsg{Button: tea.MouseWheelDown}); strings.Contains(shown, "no longer here") {
		t.Errorf("the wheel does not scroll:\n%s", shown)
	}
	if shown := tell(tea.MouseWheelMsg{Button: tea.MouseWheelUp}); !strings.Contains(shown, "no longer here") {
		t.Errorf("the wheel does not scroll back:\n%s", shown)
	}
	if shown := tell(namesMsg{nil, core.Fail(core.Damaged, "test", nil)}); !strings.Contains(shown, "damaged") {
		t.Errorf("an error is not told:\n%s", shown)
	}
	if done, _ := d.Handle(press("esc")[0]); !done {
		t.Error("esc does not close it")
	}
}

// What the card says of money: in one currency or two, by SMS, and nothing
// where nothing was spent.
func TestCostOnTheCard(t *testing.T) {
	b := plain(t)
	show := func(d *depth) string {
		s := &sheet{w: 80}
		cost(b, d, s)
		return plainLines(s.lines)
	}
	if got := show(&depth{}); got != "" {
		t.Errorf("nothing spent: %q", got)
	}
	got := show(&depth{spent: []string{"€1.25", "$3.00"}, texts: campaign.Texts{Sent: 3, InLine: 1, Failed: 2, Unsure: 1}, smsFor: []string{"€0.24"}})
	for _, want := range []string{"€1.25 + $3.00 so far", "SMS: 4 sent, 2 failed, 1 unsure", "SMS alone: €0.24"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if got := show(&depth{texts: campaign.Texts{Failed: 2}}); !strings.Contains(got, "0 sent, 2 failed") || strings.Contains(got, "so far") {
		t.Errorf("SMS alone:\n%s", got)
	}
}

// Another campaign like one that is there: all of it, but neither a risk that
// was taken once nor a time that is past.
func TestCopy(t *testing.T) {
	s := newShop(t, 20)
	c := s.draft("Autumn")
	c.Pace, c.Countries, c.HoldBack = campaign.Pace{PerMinute: 4000, Override: "ada"}, []string{"IT", "SM"}, 0.1
	c.Schedule = campaign.Schedule{When: campaign.Golden, At: noon.Add(time.Hour)}
	s.make(c)
	p := newPane(t, s, theme.Dark(), "en")
	uitest.Play(t, p, p.Init())
	uitest.Play(t, p, p.copyChosen())
	got := p.wiz.kept().c
	if got.ID != 0 || got.Name != "Autumn" || got.Pace.Override != "" || got.Pace.PerMinute > p.d.Rules.PerSecondMax.Value*60 || strings.Join(got.Countries, " ") != "IT SM" || got.HoldBack != 0.1 {
		t.Errorf("%+v", got)
	}
	if got.Schedule.When != campaign.Golden || !got.Schedule.At.IsZero() {
		t.Errorf("when: %+v", got.Schedule)
	}
	uitest.Play(t, p, p.beginFor("tag:vip")) // one is open already
	if p.wiz.who.Value() != "tag:vip" || p.wiz.kept().c.HoldBack != 0.1 {
		t.Error("the open one has gone")
	}
}

// The palette finds campaigns by a part of the name, whatever its case, and
// shows the one that is taken.
func TestFind(t *testing.T) {
	s := newShop(t, 20)
	for _, name := range []string{"Autumn", "Late autumn", "Été"} {
		s.make(s.draft(name))
	}
	p := newPane(t, s, theme.Dark(), "en")
	uitest.Play(t, p, p.Init())
	for words, want := range map[string][]string{"AUTUMN": {"Late autumn", "Autumn"}, "ete": {"Été"}, "winter": nil} {
		es, err := p.Find(context.Background(), words, 5)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range es {
			got = append(got, e.Title)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q finds %q, want %q", words, got, want)
		}
	}
	if es, err := p.Find(context.Background(), "a", 1); err != nil || len(es) != 1 || es[0].Detail != "draft" {
		t.Errorf("%+v, %v", es, err)
	} else if to, ok := es[0].Msg.(frame.ShowTab); !ok || to.Pane != Name {
		t.Errorf("%+v", es[0].Msg)
	}
}

// What cannot be read says why and leaves what was there.
func TestReadingFails(t *testing.T) {
	s := newShop(t, 20)
	live := s.run(s.draft("Autumn"))
	p := newPane(t, s, theme.Dark(), "en")
	uitest.Play(t, p, p.Init())
	_, cmd := p.Handle(frame.Shown{Front: true})
	uitest.Play(t, p, cmd)
	uitest.Play(t, p, p.dig())
	had := p.card.deep
	s.settle(live.ID, 1, campaign.Failed, func(x *campaign.Recipient) { x.Class = core.ClassUndeliverable })
	p.d.Read = &closed{Read: s}
	p.all = true
	if errs := failing(p, p.load()); len(errs) != 1 || p.err == nil || len(p.items) != 1 {
		t.Errorf("%v told, %v, %d campaigns", errs, p.err, len(p.items))
	}
	p.d.Read = &closed{Read: s, onlyRows: true} // the rows of failures alone are behind
	if errs := failing(p, p.load()); len(errs) != 1 || p.err != nil || p.card.deep != had {
		t.Errorf("%v told, %v; what the card knew is kept: %v", errs, p.err, p.card.deep == had)
	}
	p.d.Read = s
	uitest.Play(t, p, p.dig())
	if len(p.card.deep.groups) != 1 {
		t.Errorf("%+v", p.card.deep.groups)
	}
}

// failing carries out a command and returns the errors that it tells.
func failing(p *Pane, cmd tea.Cmd) (errs []error) {
	if cmd == nil {
		return nil
	}
	switch m := cmd().(type) {
	case tea.BatchMsg:
		for _, c := range m {
			errs = append(errs, failing(p, c)...)
		}
	case kit.To:
		_, next := p.Handle(m.Msg)
		errs = append(errs, failing(p, next)...)
	case frame.Failed:
		errs = append(errs, m.Err)
	}
	return errs
}

// closed is a store that does not answer.
type closed struct {
	Read
	onlyRows bool
}

func (c *closed) Campaigns(ctx context.Context, in ...campaign.State) ([]campaign.Campaign, error) {
	if c.onlyRows {
		return c.Read.Campaigns(ctx, in...)
	}
	return nil, core.Fail(core.Damaged, "test", nil)
}

func (c *closed) Recipients(context.Context, campaign.RecipientQuery) ([]campaign.Recipient, error) {
	return nil, core.Fail(core.Damaged, "test", nil)
}

// Reasons stand in the engine's order; one that it does not know comes last.
func TestReasonsInOrder(t *testing.T) {
	got := sortedReasons(map[campaign.Reason]int{"zebra": 1, campaign.Gone: 2, campaign.HeldBack: 1, campaign.OptedOut: 3, "apple": 1})
	if got[0] != campaign.OptedOut || got[1] != campaign.HeldBack || len(got) != 5 || slices.Index(got, "apple") > slices.Index(got, "zebra") {
		t.Errorf("%q", got)
	}
}

// What a line in the list ends with: when it ended, else began, else was made.
func TestWhenOfACampaign(t *testing.T) {
	b := plain(t)
	c := campaign.Campaign{}
	for _, want := range []string{"", "10:00", "11:00", "11:30"} {
		switch want {
		case "10:00":
			c.CreatedAt = noon.Add(-2 * time.Hour)
		case "11:00":
			c.StartedAt = noon.Add(-time.Hour)
		case "11:30":
			c.EndedAt = noon.Add(-30 * time.Minute)
		}
		if got := b.when(&c); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// What holds for the number, and how long the audience takes at a pace.
func TestPaceBeside(t *testing.T) {
	s := newShop(t, 60)
	s.make(s.draft("Autumn"))
	p := newPane(t, s, theme.Dark(), "en")
	uitest.Play(t, p, p.Init())
	uitest.Play(t, p, p.open(s.all()[0], stepPace))
	w := p.wiz
	if got := w.limits(); !slices.Equal(got, []string{"2,000 people in 24 hours at most"}) {
		t.Errorf("%q", got)
	}
	w.world.channels[0].CreatedAt, w.world.channels[0].Health.Limit = noon.AddDate(0, 0, -3), 0
	if got := w.limits(); !slices.Equal(got, []string{"250 people in 24 hours at most", "at most 5,000 an hour"}) {
		t.Errorf("a new number: %q", got)
	}
	if got := w.lasts(10); got != "30 people take about 3 min, nights aside" {
		t.Errorf("%q", got)
	}
	w.counted.ok = false
	if got := w.lasts(10); got != "10 a minute" {
		t.Errorf("nobody counted: %q", got)
	}
	if w.c.ChannelID = 99; w.channelName() != "" || w.limits() != nil {
		t.Error("another number has a name and limits")
	}
}

// A draft that a command made may ask for what cannot be: it can be taken out.
func TestUsefulOnly(t *testing.T) {
	s := newShop(t, 20)
	p := newPane(t, s, theme.Dark(), "en")
	w := &wizard{p: p, c: campaign.Campaign{Category: ledger.Marketing, SMS: true}}
	sms := w.paceFields()[1]
	if sms.do(); w.c.SMS {
		t.Error("SMS of a promotion cannot be switched off")
	}
	sms = w.paceFields()[1]
	if sms.do(); w.c.SMS {
		t.Error("SMS of a promotion can be switched on")
	}
	w.c.Category = ledger.Utility
	sms = w.paceFields()[1]
	if sms.do(); !w.c.SMS {
		t.Error("SMS of a notice cannot be switched on")
	}
}

// Countries are read as people type them.
func TestCountries(t *testing.T) {
	for typed, want := range map[string][2]string{
		"":                      {"", ""},
		"it":                    {"IT", ""},
		" it,SM ; ch\tit ":      {"IT SM CH", ""},
		"it, italia, zz":        {"IT", "ITALIA"},
		"it, x":                 {"IT", "X"},
		"🇮🇹":                    {"", "🇮🇹"},
		strings.Repeat(",", 50): {"", ""},
	} {
		codes, bad := countries(typed)
		if strings.Join(codes, " ") != want[0] || bad != want[1] {
			t.Errorf("%q: %q and %q, want %q", typed, codes, bad, want)
		}
	}
}

// Who has neither name nor user name is called by the number.
func TestNamesOfThoseGone(t *testing.T) {
	s := newShop(t, 3)
	s.people[1].Listed.Name = ""
	got, err := namesOf(context.Background(), s, []int64{1, 2, 77})
	if err != nil || len(got) != 2 || got[1].name != "Luca 1" || got[2].name != got[2].phone {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := namesOf(context.Background(), silent{s}, []int64{1}); core.CodeOf(err) != core.Damaged {
		t.Errorf("%v", err)
	}
}

// silent has people that cannot be read.
type silent struct{ People }

func (silent) Rows(context.Context, []int64) ([]people.Listed, error) {
	return nil, core.Fail(core.Damaged, "test", nil)
}
