package inbox

import (
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"bottega/assets"
	"bottega/core"
	"bottega/core/consent"
	"bottega/core/ledger"
	"bottega/core/template"
	"bottega/ui/keys"
)

func TestBlanks(t *testing.T) {
	form := core.StoredTemplate{Template: core.Template{Header: core.TemplateHeader{Format: "TEXT", Text: "Order {{1}}", Samples: []string{"A-1"}},
		Body: "Hello {{1}}, {{2}} is here, {{1}}.", Samples: []string{"Anna", "bread"},
		Buttons: []core.TemplateButtonDef{{Type: template.QuickReply, Text: "Yes"}, {Type: template.URLButton, Text: "Track", URL: "https://x.example/{{1}}", Example: "https://x.example/77"}, {Type: template.CopyCode, Example: "PANE"}}}}
	var got []string
	for _, b := range blanks(&form) {
		got = append(got, b.key+"="+b.sample)
	}
	if want := []string{"header.1=A-1", "1=Anna", "2=bread", "button.2=77", "button.3=PANE"}; !slices.Equal(got, want) {
		t.Errorf("blanks %q, want %q", got, want)
	}
	named := core.StoredTemplate{Template: core.Template{NamedVars: true, Header: core.TemplateHeader{Format: "TEXT", Text: "Hi {{name}}"}, Body: "{{name}}, {{order}}"}}
	got = nil
	for _, b := range blanks(&named) {
		got = append(got, b.key)
	}
	if want := []string{"name", "order"}; !slices.Equal(got, want) {
		t.Errorf("named blanks %q, want %q", got, want)
	}
}

func TestGuess(t *testing.T) {
	c := &core.Contact{Name: "Maria Bianchi", Phone: "+393331234567"}
	for _, x := range []struct {
		b    blank
		want string
	}{
		{blank{key: "1", before: "Buongiorno "}, "Maria"}, {blank{key: "1", before: "Il tuo ordine è pronto da ritirare: "}, ""},
		{blank{key: "2", before: "Ciao "}, ""}, {blank{key: "first_name"}, "Maria"}, {blank{key: "customer_name"}, "Maria"},
		{blank{key: "shop_name"}, ""}, {blank{key: "phone"}, "+393331234567"}, {blank{key: "header.1", before: "Ordine "}, ""},
	} {
		if got := x.b.guess(c); got != x.want {
			t.Errorf("%s after %q: %q, want %q", x.b.key, x.b.before, got, x.want)
		}
	}
	if got := (blank{key: "1"}).guess(&core.Contact{}); got != "" {
		t.Errorf("nobody is %q", got)
	}
}

func TestAllowed(t *testing.T) {
	in := consent.Entry{ID: 1, Kind: consent.OptIn, Scope: consent.Marketing, At: noon}
	out := consent.Entry{ID: 2, Kind: consent.OptOut, Scope: consent.Marketing, At: noon.Add(time.Hour)}
	all := consent.Entry{ID: 3, Kind: consent.OptOut, Scope: consent.Everything, At: noon.Add(time.Hour)}
	for _, c := range []struct {
		entries  []consent.Entry
		category string
		want     consent.Reason
		ok       bool
	}{
		{nil, template.Marketing, consent.NeverAgreed, false}, {nil, template.Utility, consent.NotObjected, true},
		{[]consent.Entry{in}, template.Marketing, consent.Agreed, true}, {[]consent.Entry{in, out}, template.Marketing, consent.SaidStop, false},
		{[]consent.Entry{in, out}, template.Utility, consent.NotObjected, true}, {[]consent.Entry{in, all}, template.Utility, consent.StoppedAll, false},
		{[]consent.Entry{all}, template.Authentication, consent.StoppedAll, false},
	} {
		st := stand{asked: true, consent: consent.Of(c.entries, false)}
		if why := st.forbids(c.category); (why == "") != c.ok || why != "" && why != string(c.want) {
			t.Errorf("%v for %s: %q", c.entries, c.category, why)
		}
		st.promoted = true
		if why := st.forbids(c.category); c.ok && (why == string(core.PromoRest)) != (c.category == template.Marketing) {
			t.Errorf("%v for %s after a promotion: %q", c.entries, c.category, why)
		}
	}
	if why := (stand{}).forbids(template.Marketing); why != "" {
		t.Errorf("without a ledger: %q", why)
	}
}

// TestFormPrice: the rate card's price for this person's country and category,
// with its day; free where the rules give it away; unknown where it is not.
func TestFormPrice(t *testing.T) {
	p, _ := plain(t)
	b, err := ledger.LoadBook(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	st := stand{prices: &prices{&b, ledger.Account{Provider: core.Meta, Currency: "USD"}}}
	p.conv.Contact = core.Contact{Phone: "+573005550101"}
	at := noon
	p.env.Now = func() time.Time { return at }
	card := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		at       time.Time
		category string
		free     bool
		user     string
		want     string
		detail   string
	}{
		"promotion":       {card, template.Marketing, false, "", "$0.0125 by the rates of 2026-10-01", "Marketing · $0.0125"},
		"utility":         {card, template.Utility, false, "", "$0.0008 by the rates of 2026-10-01", "Utility · $0.0008"},
		"unclear":         {card, "", false, "", "$0.0125 by the rates of 2026-10-01", "$0.0125"}, // P-11
		"entry point":     {card, template.Marketing, true, "", "free until", "Marketing · free"},
		"a user name":     {card, template.Marketing, false, "BR.123", "$0.0625 by the rates", "$0.0625"},
		"a quarter later": {card.AddDate(0, 4, 0), template.Marketing, false, "", "perhaps old", "$0.0125"},
		"before the card": {card.AddDate(-3, 0, 0), template.Marketing, false, "", "price not known", "Marketing"},
	} {
		at, p.conv.FreeUntil = c.at, time.Time{}
		if c.free {
			p.conv.FreeUntil = at.Add(time.Hour)
		}
		p.conv.Contact = core.Contact{Phone: "+573005550101"}
		if c.user != "" {
			p.conv.Contact = core.Contact{Identities: []core.Identity{{Kind: core.IdentityUser, Value: c.user}}}
		}
		if got := p.formCost(c.category, st); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if got := p.formDetail(&core.StoredTemplate{Template: core.Template{Category: c.category}}, st); !strings.HasSuffix(got, c.detail) {
			t.Errorf("%s in the list: %q, want %q", name, got, c.detail)
		}
	}
}

// What is known of the cost is said, and no more.
func TestFormCost(t *testing.T) {
	p, _ := plain(t)
	if got := p.formCost(template.Utility, stand{}); got != "charged by its category" {
		t.Errorf("nothing known: %q", got)
	}
	p.th.msgs = append(p.th.msgs, core.Message{Direction: core.Out, Cost: &core.Money{Amount: "0.0457", Currency: "EUR"},
		Content: core.Content{Template: &core.TemplateCall{Category: template.Utility}}})
	if got := p.formCost(template.Utility, stand{}); !strings.Contains(got, "0.0457") {
		t.Errorf("the last one's: %q", got)
	}
	if got := p.formCost(template.Marketing, stand{}); got != "charged by its category" {
		t.Errorf("another category: %q", got)
	}
	p.conv.FreeUntil = noon.Add(time.Hour)
	if got := p.formCost(template.Marketing, stand{}); got != "free until 13:00" {
		t.Errorf("a free entry point: %q", got)
	}
}

// Whatever a template and its values hold: exact lines, and the cursor inside.
func TestFormIsExact(t *testing.T) {
	p, _ := plain(t)
	rapid.Check(t, func(rt *rapid.T) {
		draw := func(name string) string { return nasty().Draw(rt, name) }
		v := core.StoredTemplate{Template: core.Template{Name: draw("name"), Language: "it", Category: draw("category"), Footer: draw("footer"),
			Body: draw("body") + rapid.SampledFrom([]string{"", "{{1}}", "{{1}} {{2}} {{3}}", "{{first_name}}"}).Draw(rt, "vars"), Samples: []string{draw("sample")},
			Header: core.TemplateHeader{Format: rapid.SampledFrom([]string{"", "TEXT", "IMAGE"}).Draw(rt, "format"), Text: draw("header") + "{{1}}"}}}
		if rapid.Bool().Draw(rt, "link") {
			v.Buttons = []core.TemplateButtonDef{{Type: template.URLButton, Text: draw("label"), URL: "https://x.example/{{1}}"}}
		}
		p.conv.Contact = core.Contact{Name: draw("contact"), Phone: "+393331234567"}
		d := p.newForm(v, stand{})
		for range rapid.IntRange(0, 6).Draw(rt, "keys") {
			if rapid.Bool().Draw(rt, "paste") {
				d.Handle(tea.PasteMsg{Content: draw("typed")})
				continue
			}
			k, _ := keys.Press(rapid.SampledFrom([]string{"tab", "shift+tab", "ctrl+n", "backspace", "left", "x"}).Draw(rt, "key"))
			d.Handle(k)
		}
		if rapid.Bool().Draw(rt, "refused") {
			d.why = draw("why")
		}
		w, h := rapid.IntRange(1, 140).Draw(rt, "w"), rapid.IntRange(1, 45).Draw(rt, "h")
		ls := d.Lines(w, h)
		if len(ls) > h || len(ls) == 0 {
			rt.Fatalf("%d lines of %d", len(ls), h)
		}
		for i, l := range ls {
			if n := ansi.StringWidth(l); n > w || n != ansi.StringWidth(ls[0]) {
				rt.Fatalf("line %d has %d cells of %d: %q", i, n, w, l)
			}
			if strings.ContainsAny(ansi.Strip(l), "\x07\x1b\n\t\r\u202e") {
				rt.Fatalf("line %d holds a control: %q", i, l)
			}
		}
		if c := d.Cursor(); c != nil && w >= formLabel+8 && h >= 8 {
			if c.X >= w || c.Y >= len(ls) || !strings.Contains(ansi.Strip(ls[c.Y]), "▌") {
				rt.Fatalf("cursor at %d,%d of %d×%d:\n%s", c.X, c.Y, w, len(ls), ansi.Strip(strings.Join(ls, "\n")))
			}
		}
	})
}

// TestPricesOfTheAccount: a template costs what this shop is billed, by its own
// prices and in its own currency, not what the newest card says.
func TestPricesOfTheAccount(t *testing.T) {
	const own = `{"accounts": [{"provider": "meta", "currency": "EUR"}],
 "cards": [{"provider": "meta", "currency": "EUR", "from": "2026-10-01", "source": "my card", "date": "2026-11-20", "markets": {"Italy": {"marketing": "0.0701"}}}]}`
	for name, c := range map[string]struct{ file, want string }{
		"its own":          {own, "€0.0701 by the rates of 2026-10-01"},
		"nothing said":     {"", "$0.0"},
		"a mistake in it":  {"{", "charged by its category"},
		"another provider": {`{"accounts": [{"provider": "bird", "currency": "EUR"}]}`, "$0.0"},
	} {
		p, _ := plain(t)
		p.env.Now = func() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }
		p.conv.Contact = core.Contact{Phone: "+393331234567"}
		desk := ledger.Desk{Rules: assets.Rules(), File: func() ([]byte, error) { return []byte(c.file), nil }, Home: func() *time.Location { return time.UTC }}
		p.d.Prices = func(ch core.Channel) (*ledger.Book, ledger.Account, error) {
			ch.Provider = core.Meta
			return desk.Account(ch)
		}
		chs, err := p.d.Channels.Channels(t.Context())
		if err != nil || len(chs) == 0 {
			t.Fatal(chs, err)
		}
		var st stand
		if st.prices, err = p.prices(t.Context(), chs[0].ID); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := p.formCost(template.Marketing, st); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
