package template

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestNumberWords: whole words that are made of number parts count, others that
// merely begin like one do not.
func TestNumberWords(t *testing.T) {
	for lang, c := range map[string]struct{ yes, no []string }{
		"en": {[]string{"nineteen", "forty", "hundred"}, []string{"tent", "often", "sixpence", ""}},
		"it": {[]string{"venti", "trentacinque", "quarantanove", "duecentocinquanta"}, []string{"ventilatore", "centro", "trentino", "duello"}},
		"ru": {[]string{"двести", "пятисот", "тысяч", "двадцать"}, []string{"стол", "семия", "стоит", "тысячелетие"}},
		"zh": {[]string{"两", "百", "八"}, []string{"元", "两件"}},
		"de": {[]string{"neunundvierzig", "zweihundert", "dreissig", "zwolf"}, []string{"undvierzig", "vierzigund", "achtung", "achtzigste"}},
		"es": {[]string{"veintidos", "cincuenta", "doscientos", "quinientos"}, []string{"ciencia", "milagro", "docena"}},
		"pt": {[]string{"dezenove", "noventa", "quinhentos"}, []string{"dezembro", "cinquentenario", "milho"}},
	} {
		n := linter().numerals[lang]
		if n == nil {
			t.Fatalf("%s has no number words", lang)
		}
		for _, w := range c.yes {
			if !n.is(w) {
				t.Errorf("%s: %q is a number", lang, w)
			}
		}
		for _, w := range c.no {
			if n.is(w) {
				t.Errorf("%s: %q is no number", lang, w)
			}
		}
	}
}

// A number stays one whatever its parts; the work on a word is bounded.
func TestNumberWordsComposed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lang := rapid.SampledFrom([]string{"it", "de", "es", "ru"}).Draw(t, "lang")
		n := linter().numerals[lang]
		parts := slices.Concat(n.parts[byte("t"[0])], n.parts[byte("d"[0])], n.parts[0xd0])
		w := ""
		for range rapid.IntRange(1, 3).Draw(t, "parts") {
			w += rapid.SampledFrom(parts).Draw(t, "part")
		}
		if got, want := n.is(w), len(w) <= longestNumeral; got != want {
			t.Fatalf("%s: %q is a number: %v", lang, w, got)
		}
		if n.is(w + "q") {
			t.Fatalf("%s: %q with a tail is none", lang, w)
		}
	})
}

// TestAmountsInWords: what is marked as a price, and what only looks like one.
func TestAmountsInWords(t *testing.T) {
	for _, c := range []struct{ lang, body, want string }{
		{"en", "The lunch is nineteen euros today, come in.", "nineteen euros"},
		{"en", "A kit for one hundred and twenty dollars, ask us.", "one hundred and twenty dollars"},
		{"en", "Wash and cut for thirty-five pounds at Luca's.", "thirty-five pounds"},
		{"en", "The bag is yours for 10 bucks, reply to keep it.", "10 bucks"},
		{"en", "A posy on your desk for a fiver every Monday.", "a fiver"},
		{"en", "Spend 40 pounds and tea is on the table.", "40 pounds"},
		{"en", "We packed five pounds of flour for you.", ""},
		{"en", "Our parcel weighs 12 pounds, two people carry it.", ""},
		{"en", "Bring ten friends and two chairs along.", ""},
		{"it", "Il pranzo costa trentacinque euro, scrivi.", "trentacinque euro"},
		{"it", "Restano cinque eurini di resto per te.", "cinque eurini"},
		{"it", "Abbiamo venti europei a tavola, evviva.", ""},
		{"ru", "Обед за две тысячи рублей, ждём вас.", "две тысячи рублей"},
		{"ru", "Стрижка 1500 р., запишитесь ответом.", "1500 р."},
		{"ru", "Принимайте 2 р. в день после еды.", ""},
		{"ru", "Пейте 2 р. утром и вечером, как сказал врач.", ""},
		{"ru", "Сумки по 20 баксов, отложим для вас.", "20 баксов"},
		{"ru", "Три тысячи друзей уже с нами, спасибо.", ""},
		{"zh_CN", "午餐三十八元，十二点开始。", "三十八元"},
		{"zh_CN", "花束只要50块，要试试吗？", "50块"},
		{"zh_CN", "给您留了3块蛋糕，请来取。", ""},
		{"zh_CN", "三元牛奶到货了，欢迎来店。", ""},
		{"zh_CN", "二〇二七年元旦照常营业。", ""},
		{"de", "Die Durchsicht kostet neunundvierzig Euro, komm vorbei.", "neunundvierzig Euro"},
		{"de", "Zwölf Europäer kamen zum Fest, es war schön.", ""},
		{"es", "La revisión son cuarenta y nueve euros, escribe.", "cuarenta y nueve euros"},
		{"es", "Doce europeos vinieron a la fiesta de ayer.", ""},
		{"pt_BR", "O corte sai por cento e vinte reais, responda.", "cento e vinte reais"},
		{"pt_BR", "A manicure sai por 50 pila na quarta.", "50 pila"},
	} {
		got := ""
		for _, f := range linter().Lint(Template{Name: "a", Language: c.lang, Category: Utility, Body: c.body}, Context{}) {
			if f.Rule == price {
				got += f.Text
			}
		}
		if got != c.want {
			t.Errorf("%s %q: %q, want %q", c.lang, c.body, got, c.want)
		}
	}
}

// FuzzNumbers: no text makes the reader of number words fail or point astray.
func FuzzNumbers(f *testing.F) {
	for _, s := range []string{"zweiundzwanzig Euro", "undundund", "cento e vinte reais", "三十八元", "a fiver", "12 pounds of", "two-three {{1}} euros", ""} {
		f.Add(s, "de")
		f.Add(s, "zh")
	}
	f.Fuzz(func(t *testing.T, s, lang string) {
		in := newText(valid(s))
		linter().numerals[lang].count(in)
		last := 0
		for _, a := range linter().prices.find(in, lang) {
			if a.start < last || a.end <= a.start || a.end > len(in.fold) {
				t.Fatalf("amount [%d,%d) after %d of %d", a.start, a.end, last, len(in.fold))
			}
			last = a.end
		}
	})
}
