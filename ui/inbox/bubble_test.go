package inbox

import (
	"strings"
	"testing"
	"time"

	"bottega/core"
	"bottega/ui/kit"
	"bottega/ui/text"
	"bottega/ui/theme"
)

// drawn is a bubble as plain text, empty ends cut.
func drawn(b *brush, m *core.Message, p picture) string {
	if p.w == 0 {
		p.w = 60
	}
	var out []string
	for _, l := range b.bubble(m, p) {
		out = append(out, strings.TrimRight(l, " "))
	}
	return strings.Trim(strings.Join(out, "\n"), "\n")
}

func TestBubbles(t *testing.T) {
	_, b := plain(t)
	out := func(s core.State, c core.Content) core.Message {
		return core.Message{Direction: core.Out, State: s, At: noon, Author: "ada", Content: c}
	}
	said := core.Content{Type: core.TypeText, Text: "sì"}
	for _, c := range []struct {
		name string
		m    core.Message
		p    picture
		want []string
		not  []string
	}{
		{"in", core.Message{At: noon, Content: said}, picture{}, []string{"  sì  12:00"}, []string{"✓"}},
		{"queued", out(core.Queued, said), picture{tail: true}, []string{"12:00 · queued"}, nil},
		{"leaving", out(core.Queued, said), picture{left: 4 * time.Second}, []string{"12:00 · leaves in 4 s"}, nil},
		{"sending", out(core.Sending, said), picture{tail: true}, []string{"· sending"}, nil},
		{"accepted", out(core.Accepted, said), picture{tail: true}, []string{"✓ accepted"}, nil},
		{"sent", out(core.Sent, said), picture{}, []string{"12:00 ✓"}, []string{"sent"}},
		{"delivered", out(core.Delivered, said), picture{tail: true}, []string{"✓✓ delivered"}, nil},
		{"read", out(core.Read, said), picture{tail: true}, []string{"✓✓ read"}, nil},
		{"chosen", core.Message{At: noon, Content: said}, picture{chosen: true}, []string{"▌ sì"}, nil},
		{"of another agent", core.Message{Direction: core.Out, At: noon, Author: "Luca", Content: said}, picture{}, []string{"Luca"}, nil},
		{"own", out(core.Sent, said), picture{}, nil, []string{"ada"}},
		{"automatic", core.Message{Direction: core.Out, At: noon, Auto: true, Author: "rule 3", Content: said}, picture{}, []string{"↻ automatic"}, []string{"rule 3"}},
		{"echo", core.Message{Direction: core.Out, At: noon, Echo: true, Content: said}, picture{}, []string{"☏ from the phone app"}, nil},
		{"template", out(core.Sent, core.Content{Type: core.TypeTemplate, Text: "ordine 7", Template: &core.TemplateCall{Name: "order_shipped"}}), picture{}, []string{"▤ template order_shipped", "ordine 7"}, nil},
		{"note", core.Message{Direction: core.Out, At: noon, Author: "ada", Content: core.Content{Type: core.TypeNote, Text: "paga"}}, picture{}, []string{"▪ private note · ada", "paga"}, []string{"✓", "·  12"}},
		{"edited", core.Message{At: noon, EditedAt: noon, Content: said}, picture{}, []string{"edited 12:00"}, nil},
		{"revoked", core.Message{At: noon, Revoked: true, Content: said}, picture{}, []string{"⊘"}, []string{"sì"}},
		{"failed for good", core.Message{Direction: core.Out, State: core.Failed, At: noon, Content: said, Error: &core.ProviderError{Code: "131053", Class: core.ClassMedia}}, picture{}, []string{"✗", "(131053)"}, []string{"R sends it again"}},
		{"failed for now", core.Message{Direction: core.Out, State: core.Failed, At: noon, Content: said, Error: &core.ProviderError{Class: core.ClassRetry}}, picture{again: true}, []string{"✗", "R sends it again"}, []string{"by itself"}},
		{"failed without a reason", core.Message{Direction: core.Out, State: core.Failed, At: noon, Content: said}, picture{}, []string{"✗"}, nil},
		{"repeated", core.Message{Direction: core.Out, State: core.Failed, RetriedBy: 9, At: noon, Content: said, Error: &core.ProviderError{Class: core.ClassMedia}}, picture{}, []string{"sent again below"}, []string{"R sends"}},
		{"unsure", out(core.UnsureSent, said), picture{}, []string{"? It is not known", "V it arrived · R send again"}, nil},
		{"file on its way", core.Message{At: noon, Content: core.Content{Type: core.TypeDocument, Media: &core.Media{Filename: "a.pdf", Size: 2000}}}, picture{}, []string{"▤ document · a.pdf · 2 kB · fetching the"}, []string{"o opens"}},
		{"file", core.Message{At: noon, Content: core.Content{Type: core.TypeDocument, Media: &core.Media{Filename: "a.pdf", Path: "p", Caption: "ecco"}}}, picture{}, []string{"o opens it", "ecco"}, nil},
		{"place with a name", core.Message{At: noon, Content: core.Content{Type: core.TypeLocation, Location: &core.Location{Lat: 45.5, Lon: 9, Name: "Duomo"}}}, picture{}, []string{"◎ place · Duomo"}, []string{"45"}},
		{"place without", core.Message{At: noon, Content: core.Content{Type: core.TypeLocation, Location: &core.Location{Lat: 45.5, Lon: 9}}}, picture{}, []string{"45.5; 9"}, nil},
		{"button tapped", core.Message{At: noon, Content: core.Content{Type: core.TypeButton, Choice: &core.Choice{Title: "Sì grazie"}}}, picture{}, []string{"▸ Sì grazie"}, nil},
		{"buttons sent", out(core.Sent, core.Content{Type: core.TypeInteractive, Text: "Quale?", Buttons: []core.Button{{Title: "A"}, {Title: "B"}}}), picture{}, []string{"Quale?", "[ A ]", "[ B ]"}, []string{"▸"}},
		{"unsupported", core.Message{At: noon, Content: core.Content{Type: core.TypeUnsupported}}, picture{}, []string{"▢ not readable", "phone"}, nil},
		{"system", core.Message{At: noon, Content: core.Content{Type: core.TypeSystem, Text: "changed number"}}, picture{}, []string{"· changed number"}, []string{"12:00"}},
		{"ad", core.Message{At: noon, Content: core.Content{Type: core.TypeText, Text: "ciao", Referral: &core.Referral{Headline: "Sconti"}}}, picture{}, []string{"Came from an ad: Sconti"}, nil},
		{"quote", core.Message{At: noon, Content: said, Quote: &core.Quote{Direction: core.Out, Author: "Luca", Text: "prima"}}, picture{}, []string{"┃ Luca: prima"}, nil},
		{"quote of the phone", core.Message{At: noon, Content: said, Quote: &core.Quote{Direction: core.Out, Type: core.TypeImage}}, picture{}, []string{"┃ Shop: ▣ photo"}, nil},
		{"reactions", core.Message{At: noon, Content: said, Reactions: []core.Reaction{{Emoji: "👍"}, {Emoji: "🙏"}}}, picture{}, []string{"👍 🙏"}, nil},
	} {
		got := drawn(b, &c.m, c.p)
		for _, w := range c.want {
			if !strings.Contains(got, w) {
				t.Errorf("%s: no %q in\n%s", c.name, w, got)
			}
		}
		for _, n := range c.not {
			if strings.Contains(got, n) {
				t.Errorf("%s: %q in\n%s", c.name, n, got)
			}
		}
	}
}

func TestSidesOfTheChat(t *testing.T) {
	_, b := plain(t)
	in := b.bubble(&core.Message{At: noon, Content: core.Content{Text: "da loro"}}, picture{w: 60})
	out := b.bubble(&core.Message{At: noon, Direction: core.Out, Content: core.Content{Text: "da noi"}}, picture{w: 60})
	if !strings.HasPrefix(in[1], "  da loro") || !strings.HasSuffix(out[1], "·  ") || !strings.HasPrefix(out[1], strings.Repeat(" ", 30)) {
		t.Fatalf("%q\n%q", in[1], out[1])
	}
	if joined := b.bubble(&core.Message{At: noon, Content: core.Content{Text: "x"}}, picture{w: 60, joins: true}); len(joined) != 1 {
		t.Fatalf("a message of the same group stands apart: %q", joined)
	}
}

// Two pictures are never mixed up: whatever a bubble shows is in its key.
func TestPictureKeys(t *testing.T) {
	_, b := plain(t)
	var d bubbles
	base := core.Message{ID: 1, Rev: 1, Direction: core.Out, State: core.Sent, At: noon, Content: core.Content{Text: "a", Media: &core.Media{}}}
	seen := map[string]bool{}
	add := func(m core.Message, p picture) {
		p.w = max(p.w, 50)
		seen[strings.Join(d.message(b, &m, p), "\n")] = true
	}
	add(base, picture{})
	for _, change := range []func(*core.Message, *picture){
		func(m *core.Message, _ *picture) { m.Rev, m.Text = 2, "b" },
		func(m *core.Message, _ *picture) { m.State = core.Read },
		func(m *core.Message, _ *picture) { m.Reactions = []core.Reaction{{Emoji: "👍"}} },
		func(_ *core.Message, p *picture) { p.chosen = true },
		func(_ *core.Message, p *picture) { p.joins = true },
		func(_ *core.Message, p *picture) { p.tail = true },
		func(_ *core.Message, p *picture) { p.left = time.Second },
		func(_ *core.Message, p *picture) { p.w = 61 },
	} {
		m, p := base, picture{}
		change(&m, &p)
		add(m, p)
	}
	if len(seen) != 9 || d.drawn != 9 {
		t.Fatalf("%d pictures, %d drawn, want 9", len(seen), d.drawn)
	}
	add(base, picture{})
	if d.drawn != 9 {
		t.Fatal("drawn again")
	}
}

func TestActivities(t *testing.T) {
	_, b := plain(t)
	for want, a := range map[string]core.Activity{
		"Luca marked it done":           {Kind: core.ActDone, Actor: "Luca"},
		"you marked it done":            {Kind: core.ActDone, Actor: "ada"},
		"Anna gave it to Luca":          {Kind: core.ActAssigned, Actor: "Anna", Detail: "Luca"},
		"Anna took it":                  {Kind: core.ActAssigned, Actor: "Anna", Detail: "Anna"},
		"Anna let go of it":             {Kind: core.ActAssigned, Actor: "Anna"},
		"Anna put it off until 15:00":   {Kind: core.ActSnoozed, Actor: "Anna", Detail: noon.Add(3 * time.Hour).Format(time.RFC3339)},
		"Anna added #vip":               {Kind: core.ActTagged, Actor: "Anna", Detail: "vip"},
		"bottega opened it again":       {Kind: core.ActReopened},
		"The customer changed number":   {Kind: core.ActIdentity},
		"":                              {Kind: core.ActAnswered, Detail: "240000"},
		"The customer blocked the shop": {Kind: core.ActBlocked},
		"Back from its snooze":          {Kind: core.ActWoken},
		"Anna: no, this one waits":      {Kind: core.ActNoCourtesy, Actor: "Anna"},

		"The provider does not accept the key any more; sending is paused.": {Kind: core.ActChannel, Detail: "paused auth"},
		"The number sends faster than the provider allows (130429).":        {Kind: core.ActChannel, Detail: "error throttle 130429"},
		"Sending from this number goes on":                                  {Kind: core.ActChannel, Detail: "active"},
		"News of the template spring_sale from WhatsApp":                    {Kind: core.ActChannel, Detail: "template spring_sale it APPROVED"},
		"WhatsApp rates the number YELLOW":                                  {Kind: core.ActChannel, Detail: "number ONBOARDING yellow TIER_2K"},
		"News of the number from WhatsApp":                                  {Kind: core.ActChannel, Detail: "number THROUGHPUT_UPGRADE"},
		"News of the account from WhatsApp":                                 {Kind: core.ActChannel, Detail: "account RESTRICTED_BIZ_INITIATED_MESSAGING"},
		"The number changed its state":                                      {Kind: core.ActChannel, Detail: "novelty"},
		"Another customer has the same address":                             {Kind: core.ActIdentity, Detail: "two phone"},
		"The customer wants no more offers":                                 {Kind: core.ActPreference, Detail: "marketing_messages stop"},
		"The customer wants offers again":                                   {Kind: core.ActPreference, Detail: "marketing_messages resume"},
		"The customer changed what they want to receive":                    {Kind: core.ActPreference, Detail: "marketing_messages "},
	} {
		if got := b.activity(&a); got != want {
			t.Errorf("%+v: %q, want %q", a, got, want)
		}
		if tells(a.Kind) != (want != "") {
			t.Errorf("%s: told or not told", a.Kind)
		}
	}
}

func TestFilterBar(t *testing.T) {
	_, b := plain(t)
	n := &core.Counts{Open: 7, Mine: 2, Unassigned: 5, Waiting: 4, Snoozed: 1, Done: 1200}
	bar, spots := b.filterBar(core.ListQuery{View: core.ViewWaiting, Order: core.OrderNewest}, n, 100)
	if want := " open 7  ‹waiting 4›  mine 2  unassigned 5  snoozed 1  done 1,200"; !strings.HasPrefix(bar, want) || !strings.HasSuffix(bar, "↕ newest ") {
		t.Fatalf("%q", bar)
	}
	for _, s := range spots { // the mouse finds what the eye sees
		at := []rune(bar)[s.x : s.x+s.w]
		if word := b.words.T(filterWord(s.view)); !strings.Contains(string(at), word) {
			t.Errorf("%q stands where %q is said to be", string(at), word)
		}
	}
	for _, v := range filters { // the chosen one is always there
		bar, _ := b.filterBar(core.ListQuery{View: v}, n, 30)
		if !strings.Contains(bar, "‹"+b.words.T(filterWord(v))) {
			t.Errorf("%s is not in %q", v, bar)
		}
	}
	for _, o := range orders { // and so is the order in use, down to a narrow list
		bar, _ := b.filterBar(core.ListQuery{View: core.ViewWaiting, Order: o}, n, 36)
		if !strings.HasSuffix(bar, "↕ "+b.words.T(orderWord(o))+" ") || !strings.Contains(bar, "‹waiting 4›") || kit.Width(bar) != 36 {
			t.Errorf("%s: %q", o, bar)
		}
	}
	bar, _ = b.filterBar(core.ListQuery{View: core.ViewOpen}, n, 43)
	if want := " open 7  waiting 4  mine 2  …"; !strings.HasPrefix(strings.NewReplacer("‹", "", "›", "").Replace(bar), want) {
		t.Errorf("what is left out is not marked beside the last: %q", bar)
	}
	if bar, _ := b.filterBar(core.ListQuery{View: core.ViewOpen, Tag: "vip"}, n, 60); !strings.Contains(bar, "‹open #vip›") {
		t.Errorf("%q", bar)
	}
}

func TestHeading(t *testing.T) {
	_, b := plain(t)
	c := &core.Conversation{State: core.Open, WaitingSince: noon.Add(-112 * time.Minute), DueAt: noon.Add(-107 * time.Minute), WindowCloses: noon.Add(192 * time.Minute), Assignee: "Luca",
		Contact: core.Contact{Name: "Maria", Phone: "+393331234567", Value: core.ValueHigh, Tags: []string{"vip"}}}
	ls := b.head(c, others{names: "Anna", typing: true}, 110, 3, false)
	for i, want := range []string{"Maria  +393331234567 #vip", "window 3 h 12 min · with Luca · ✎ Anna types…", "────"} {
		if !strings.Contains(ls[i], want) {
			t.Errorf("line %d: %q", i, ls[i])
		}
	}
	if !strings.Contains(ls[1], "high value · waiting 1 h 52 min") {
		t.Errorf("%q", ls[1])
	}
	for left, want := range map[time.Duration]string{-40 * time.Minute: "window shut 40 min ago", 2 * time.Hour: "window 2 h"} {
		c.WindowCloses = noon.Add(left)
		if got := b.windowWords(c); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	c.WindowCloses, c.Assignee = time.Time{}, "ada"
	if got := b.standing(c, others{}); got != "no window yet · yours" {
		t.Errorf("%q", got)
	}
}

func TestCard(t *testing.T) {
	_, b := plain(t)
	d := &cardData{
		contact: core.Contact{Name: "Maria", Username: "mari", Phone: "+39333", Language: "it", TimeZone: "Europe/Rome", Value: core.ValueHigh, Tags: []string{"vip", "tools"},
			Identities: []core.Identity{{Kind: core.IdentityPhone, Value: "+39333"}, {Kind: core.IdentityUser, Value: "IT.9"}, {Kind: core.IdentityParent, Value: "IT.ENT.1"}, {Kind: core.IdentityAddress, Value: "x"}}},
		stats: core.ContactStats{In: 12, Out: 8, Sent: 8, Read: 6, FirstAt: noon.AddDate(0, 0, -1), LastInAt: noon},
	}
	got := strings.Join(b.cardLines(d, []core.Activity{{Kind: core.ActTagged, Actor: "Anna", Detail: "vip", At: noon}}, 40), "\n")
	for _, want := range []string{"@mari", "high value", "Europe/Rome", "#vip #tools", "12", "75%", "Yesterday", "WhatsApp id", "Group id", "Anna added #vip"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	d.contact.Phone, d.contact.TimeZone = "+393331234567", ""
	if got := strings.Join(b.cardLines(d, nil, 40), "\n"); !strings.Contains(got, "≈ Europe/Rome") {
		t.Errorf("no guess of the time zone in\n%s", got)
	}
}

// Both languages have a word for every state, type, filter, order and tier.
func TestEverythingHasAName(t *testing.T) {
	for _, lang := range []string{"en", "it"} {
		p := newPane(t, newShop(nil), theme.Plain(), lang)
		var ks []text.K
		for _, s := range []core.State{core.Queued, core.Sending, core.Accepted, core.Sent, core.Delivered, core.Read, core.Failed, core.UnsureSent} {
			ks = append(ks, stateWord(s))
		}
		for _, v := range filters {
			ks = append(ks, filterWord(v))
		}
		for _, o := range orders {
			ks = append(ks, orderWord(o))
		}
		for _, v := range []core.ValueTier{core.ValueNone, core.ValueLow, core.ValueMid, core.ValueHigh} {
			ks = append(ks, tierWord(v))
		}
		for _, k := range activityWords {
			ks = append(ks, k)
		}
		for _, k := range ks {
			if !p.env.Words.Has(k) {
				t.Errorf("%s: no words for %s", lang, k)
			}
		}
	}
}
