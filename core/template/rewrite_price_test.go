package template

import (
	"slices"
	"testing"
)

// rewritten applies the rewrite of every price, one after the other.
func rewritten(t *testing.T, tpl Template) Template {
	t.Helper()
	for range 5 {
		fs := linter().Lint(tpl, Context{})
		i := slices.IndexFunc(fs, func(f Finding) bool { return f.Rule == price && f.Fix != nil })
		if i < 0 {
			return tpl
		}
		tpl = tpl.Apply(*fs[i].Fix)
	}
	t.Fatalf("no end of prices in %q", tpl.Body)
	return tpl
}

func TestPriceRewriteInBody(t *testing.T) {
	for _, c := range []struct {
		lang, body string
		samples    []string
		want       string
		left       []string
	}{
		{"en", "Hi {{1}}, the mug costs £14.50 until {{2}} in our shop.", []string{"Ada", "Friday"},
			"Hi {{1}}, the mug costs {{2}} until {{3}} in our shop.", []string{"Ada", "£14.50", "Friday"}},
		{"en", "£14.50 buys {{1}} a mug in our shop.", []string{"Ada"}, "Price: {{1}} buys {{2}} a mug in our shop.", []string{"£14.50", "Ada"}},
		{"en", "Hi {{1}}, the mug costs £14.50.", []string{"Ada"}, "Hi {{1}}, the mug costs {{2}}. Thank you.", []string{"Ada", "£14.50"}},
		{"en", "Hi {{1}}, {{1}}, from £3 to £5 a mug", []string{"Ada"}, "Hi {{1}}, {{1}}, from {{2}} to {{3}} a mug", []string{"Ada", "£3", "£5"}},
		{"it", "Ciao {{nome}}, la tazza costa 19 euro in negozio.", []string{"Ada"}, "Ciao {{nome}}, la tazza costa {{price}} in negozio.", []string{"Ada", "19 euro"}},
		{"it", "19 euro la tazza, passa da {{1}} in via Roma.", []string{"noi"}, "Prezzo: {{1}} la tazza, passa da {{2}} in via Roma.", []string{"19 euro", "noi"}},
		{"ru", "Кружка теперь стоит 900 рублей", nil, "Кружка теперь стоит {{1}}. Спасибо!", []string{"900 рублей"}},
		{"zh_CN", "杯子现在只卖99元", nil, "杯子现在只卖{{1}}. 谢谢。", []string{"99元"}},
		{"de", "Die Tasse kostet 19 Euro!", nil, "Die Tasse kostet {{1}}! Vielen Dank.", []string{"19 Euro"}},
		{"es", "La taza cuesta 19 euros en la tienda.", nil, "La taza cuesta {{1}} en la tienda.", []string{"19 euros"}},
		{"pt_BR", "R$ 30,00 a caneca, aqui na loja.", nil, "Preço: {{1}} a caneca, aqui na loja.", []string{"R$ 30,00"}},
	} {
		tpl := Template{Name: "mug", Language: c.lang, Category: Marketing, Body: c.body, Samples: c.samples, Sampled: len(c.samples) > 0}
		got := rewritten(t, tpl)
		if got.Body != c.want || !slices.Equal(got.Samples, c.left) {
			t.Errorf("%q:\n got %q %q\nwant %q %q", c.body, got.Body, got.Samples, c.want, c.left)
		}
	}
}

func TestPriceRewriteElsewhere(t *testing.T) {
	for _, c := range []struct{ lang, footer, want string }{
		{"en", "Mugs from £5.", "Ask for the price."},
		{"en", "Mugs £5, reply STOP to opt out", "Ask for the price, reply STOP to opt out"},
		{"en", "Reply STOP to opt out or pay £5", "Reply STOP to opt out or pay £5"},
		{"it", "Solo 19,90 euro. Rispondi STOP per non ricevere più messaggi", "Chiedi il prezzo. Rispondi STOP per non ricevere più messaggi"},
		{"ru", "Всего 900 рублей", "Цену подскажем"},
		{"zh_CN", "只要99元。回复退订即可取消", "价格请咨询。回复退订即可取消"},
		{"de", "Ab 19 Euro im Laden", "Preis auf Anfrage"},
		{"es", "Desde 19 €", "Pregunta el precio"},
		{"pt_BR", "A partir de R$ 30,00", "Consulte o preço"},
	} {
		if got := rewritten(t, Template{Name: "mug", Language: c.lang, Category: Marketing, Body: "x", Footer: c.footer}); got.Footer != c.want {
			t.Errorf("footer %q: %q, want %q", c.footer, got.Footer, c.want)
		}
		header := Template{Name: "mug", Language: c.lang, Category: Marketing, Header: Header{Format: HeaderText, Text: c.footer}, Body: "x"}
		if got := rewritten(t, header); got.Header.Text != c.want {
			t.Errorf("header %q: %q, want %q", c.footer, got.Header.Text, c.want)
		}
	}
	button := Template{Name: "mug", Language: "en", Category: Marketing, Body: "x", Buttons: []Button{{Type: QuickReply, Text: "Buy for £5"}}}
	if got := rewritten(t, button); got.Buttons[0].Text != "Ask for the price" {
		t.Errorf("button %q", got.Buttons[0].Text)
	}
}
