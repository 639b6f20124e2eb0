package template

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestLinks(t *testing.T) {
	for in, want := range map[string][]string{
		"see https://bit.ly/x.":                   {"https://bit.ly/x"},
		"(bit.ly/x)":                              {"bit.ly/x"},
		"HTTPS://BIT.LY/X":                        {"HTTPS://BIT.LY/X"},
		"照片bit.ly/3x，再见":                          {"bit.ly/3x"},
		"https://t.cn/A6abc，请看":                   {"https://t.cn/A6abc"},
		"bit。ly/x":                                {"bit。ly/x"},
		"mail hello@t.co.example.com now":         {"hello@t.co.example.com"},
		"www.example.com and example.com":         {"www.example.com"},
		"and/or 9.30/10.00 S.p.A./x kg/m 1.5kg/m": nil,
		"203.0.113.7/p":                           {"203.0.113.7/p"},
		"https://user:pw@bit.ly/x":                {"https://user:pw@bit.ly/x"},
		"https://x.example/{{1}} now":             {"https://x.example/{{1}}"},
		"pronto.Passa domani":                     nil,
		"https://x.example:8080/a?b=c#d, e":       {"https://x.example:8080/a?b=c#d"},
	} {
		tx := newText(in)
		var got []string
		for _, a := range tx.links {
			start, end := tx.span(a.start, a.end)
			got = append(got, string(tx.src[start:end]))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestShorteners(t *testing.T) {
	for host, want := range map[string]bool{
		"bit.ly": true, "www.bit.ly": true, "go.tinyurl.com": true, "b1t.ly": true, "bіt.ly": true, "t1nyurl.com": true, "g00.gl": true,
		"xn--bt-tja.ly":   true, // bït.ly
		"maps.app.goo.gl": false, "habit.ly": false, "url.ca": false, "bit.ly.example.com": false, "shop.example.com": false, "münchen.de": false,
		"blt.example": false, "t1p.de": true,
	} {
		if got := linter().hosts.shortener(newTextFold(host), &Context{}); got != want {
			t.Errorf("%s: %v", host, got)
		}
	}
	for host, want := range map[string]bool{"203.0.113.7": true, "xn--e1awd7f.com": true, "bіt.ly": true, "shop.example.com": false, "t1p.de": false, "магазин.рф": false} {
		if got := linter().hosts.odd(host); got != want {
			t.Errorf("odd %s: %v", host, got)
		}
	}
}

func newTextFold(s string) string { return string(newText(s).fold) }

func TestPhrases(t *testing.T) {
	for _, c := range []struct {
		phrase, in string
		want       bool
	}{
		{"last chance", "Your LAST  chance!", true},
		{"last chance", "the last. Chance is", false},
		{"limited-time", "limited time", true},
		{"don't miss", "Don’t miss it", true},
		{"поделитесь с друз*", "Поделитесь с друзьями", true},
		{"*gutschein*", "Geburtstagsgutscheine", true},
		{"only # left", "only 3 left", true},
		{"only # left", "only {{1}} left", true},
		{"only # left", "only some left", false},
		{"@ off", "{{1}} off", true},
		{"@ off", "{{1}}, off", false},
		{"@ off", "3 off", false},
		{"share ~ friends", "share it with all your friends", true},
		{"share ~ friends", "share it. Your friends", false},
		{"a|b_c d", "b c d", true},
		{"a|b_c d", "a d", true},
		{"a|b_c d", "b d", false},
		{"限时", "限时送", true},
		{"限时", "限 时", false},
		{"最后#天", "最后 3 天", true},
		{"转发~朋友", "转发给您的朋友", true},
		{"ส่วนลด", "รับส่วนลดวันนี้", true},
		{"sconto", "https://x.example/sconto", false},
		{"gunstiger", "günstiger", true},
		{"ermaßigt", "ERMÄSSIGT", true},
		{"mai ~ knapp", "am 3. Mai werden sie knapp", true},
		{"um ~ knapp", "um 3. Dann wird es knapp", false},
	} {
		ps, err := newPhrases([]string{c.phrase})
		if err != nil {
			t.Fatal(c.phrase, err)
		}
		got := false
		ps.find(newText(c.in), func(hit) { got = true })
		if got != c.want {
			t.Errorf("%q in %q: %v", c.phrase, c.in, got)
		}
	}
	for _, bad := range []string{"", "~ a", "~3 a", "a ~", "a ~3", "a , b", "|a", "a|", "a||b c", "a ~ , b"} {
		if _, err := newPhrases([]string{bad}); err == nil {
			t.Errorf("phrase %q is taken", bad)
		}
	}
}

func TestEmoji(t *testing.T) {
	for in, want := range map[string]int{
		"": 0, "abc 123 © ® ™ #": 0, "🎉🎉": 2, "👨‍👩‍👧‍👦": 1, "🇮🇹🇩🇪": 2, "1️⃣": 1, "👍🏽": 1, "❤️": 1, "❤": 1, "™️": 1, "✓ ★ → ☆": 0, "✅": 1, "🏴󠁧󠁢󠁥󠁮󠁧󠁿": 1, "🇮": 1, "👩‍": 1,
	} {
		if got := len(emojiAt([]rune(in))); got != want {
			t.Errorf("%q: %d emoji, want %d", in, got, want)
		}
	}
}

func TestWords(t *testing.T) {
	for in, want := range map[string]int{"": 0, "one two": 2, "l'ordine": 2, "{{1}} and {{2}}": 1, "您好，王": 3, "A-1042": 2, "नमस्ते जी": 2, "สวัสดี": 4, "e\u0301a b": 2} {
		if got := newText(in).words(); got != want {
			t.Errorf("%q: %d words, want %d", in, got, want)
		}
	}
}

func TestVars(t *testing.T) {
	for in, want := range map[string][]string{
		"{{1}} {{ 2 }} {{03}}": {"1", "2", "3"}, "{{a}}{{First Name}}": {"a", "First Name"}, "{{}} {1} {{1}": nil, "{{{1}}}": {"1"}, "{{a{{b}}": {"b"}, "<<1>> <<x_y>> <a> <<>>": {"1", "x_y"},
	} {
		var got []string
		for _, v := range Vars(Braces(in)) {
			got = append(got, v.Name)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// Folding keeps the way back: each folded rune points at a stretch of the
// original, in rising order, and the whole is covered by words as typed.
func TestFoldMapsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom([]rune("aÀßЁ１é\u0301\u200b 您ﬁ½{}1.ก็👍\n"))).Draw(t, "s")
		tx := newText(s)
		if len(tx.cased) != len(tx.fold) || len(tx.from) != len(tx.fold) || len(tx.to) != len(tx.fold) {
			t.Fatal("uneven")
		}
		last := int32(0)
		for i := range tx.fold {
			if tx.from[i] < last || tx.from[i] >= tx.to[i] || int(tx.to[i]) > len(tx.src) {
				t.Fatalf("%q: rune %d maps to [%d,%d)", s, i, tx.from[i], tx.to[i])
			}
			last = tx.from[i]
		}
		for _, tok := range tx.tokens {
			if tok.start >= tok.end || tok.end > len(tx.fold) || tok.word != string(tx.fold[tok.start:tok.end]) {
				t.Fatalf("%q: token %+v", s, tok)
			}
		}
	})
}

func TestSlug(t *testing.T) {
	for in, want := range map[string]string{"Order-Ready 2": "order_ready_2", "promozione_è_qui": "promozione_e_qui", "Ünïcode!!": "unicode", "订单": "", "__a__": "a", "заказ готов": "", strings.Repeat("a", 600): strings.Repeat("a", 512)} {
		if got := Slug(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestLineCol(t *testing.T) {
	for at, want := range map[int][2]int{0: {1, 1}, 2: {1, 3}, 3: {2, 1}, 5: {2, 3}, 99: {2, 3}} {
		if l, c := LineCol("às\nдa", at); l != want[0] || c != want[1] {
			t.Errorf("%d: %d:%d, want %v", at, l, c, want)
		}
	}
}
