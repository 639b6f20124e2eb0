package template

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var (
	bold   = Style{Bold: true}
	italic = Style{Italic: true}
	strike = Style{Strike: true}
	mono   = Style{Mono: true}
	none   = Style{}
)

func TestRuns(t *testing.T) {
	for in, want := range map[string][]Run{
		"":                         nil,
		"plain":                    {{"plain", none, false}},
		"a *b* c":                  {{"a ", none, false}, {"b", bold, false}, {" c", none, false}},
		"_i_ ~s~ `m`":              {{"i", italic, false}, {" ", none, false}, {"s", strike, false}, {" ", none, false}, {"m", mono, false}},
		"*a _b_ c*":                {{"a ", bold, false}, {"b", Style{Bold: true, Italic: true}, false}, {" c", bold, false}},
		"2*3*4 snake_case_name":    {{"2*3*4 snake_case_name", none, false}},
		"* not* *open\nline*":      {{"* not* *open\nline*", none, false}},
		"**twice**":                {{"*", none, false}, {"twice", bold, false}, {"*", none, false}},
		"`*a*`":                    {{"*a*", mono, false}},
		"x\n```two\n*lines*```\ny": {{"x\n", none, false}, {"two\n*lines*", mono, false}, {"\ny", none, false}},
		"(*in brackets*), *end*.":  {{"(", none, false}, {"in brackets", bold, false}, {"), ", none, false}, {"end", bold, false}, {".", none, false}},
		"您好*重要*通知":                 {{"您好", none, false}, {"重要", bold, false}, {"通知", none, false}},
		"```never closed":          {{"```never closed", none, false}},
		"*cross _over* there_":     {{"cross _over", bold, false}, {" there_", none, false}},
	} {
		if got := Runs(in); !slices.Equal(got, want) {
			t.Errorf("%q:\n got %+v\nwant %+v", in, got, want)
		}
	}
}

func TestPreview(t *testing.T) {
	p := Template{Header: Header{Text: "Order <<1>>", Samples: []string{"*42*"}}, Body: "Hi *{{name}}*, {{when}} at {{where}}.", Footer: "Shop",
		Format: Named, Samples: []string{"Ann_a_", "noon"}, Buttons: []Button{{Type: "url", Text: "See", URL: "https://x.example/{{1}}", Example: "42"},
			{Type: URLButton, URL: "https://x.example/{{1}}", Example: "https://x.example/7"}}}.Preview()
	if want := []Run{{"Order ", none, false}, {"*42*", none, true}}; !slices.Equal(p.Header, want) || p.Format != HeaderText {
		t.Errorf("header %+v %s", p.Header, p.Format)
	}
	want := []Run{{"Hi ", none, false}, {"Ann_a_", bold, true}, {", ", none, false}, {"noon", none, true}, {" at {{where}}.", none, false}}
	if !slices.Equal(p.Body, want) {
		t.Errorf("body %+v", p.Body)
	}
	if p.Buttons[0].URL != "https://x.example/42" || p.Buttons[1].URL != "https://x.example/7" || p.RightToLeft {
		t.Errorf("%+v", p)
	}
	if !(Template{Body: "{{1}} مرحبا"}).Preview().RightToLeft {
		t.Error("Arabic reads from right to left")
	}
}

// Marks are taken away, nothing else is: the runs hold the text without some of
// its marks, in order.
func TestRunsKeepTheText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOfN(rapid.RuneFrom([]rune("*_~` ab\nя汉👍")), 0, 40, -1).Draw(t, "s")
		var b strings.Builder
		for _, r := range Runs(s) {
			if r.Text == "" {
				t.Fatal("an empty run")
			}
			b.WriteString(r.Text)
		}
		rest := []rune(b.String())
		for _, r := range s {
			if len(rest) > 0 && rest[0] == r {
				rest = rest[1:]
			} else if !isMarkup(r) {
				t.Fatalf("%q became %q", s, b.String())
			}
		}
		if len(rest) > 0 {
			t.Fatalf("%q became %q", s, b.String())
		}
	})
}

func TestMeasure(t *testing.T) {
	m := linter().Measure(Template{Body: "Hi {{1}}, your order {{2}} is here 👍", Samples: []string{"Ann", "42"}, Footer: "Shop"})
	if m.Body != 36 || m.Rendered != 31 || m.Words != 5 || m.Variables != 2 || m.WordsWanted != 6 || m.Emoji != 1 || m.Footer != 4 || m.TargetMax != 100 {
		t.Errorf("%+v", m)
	}
	if m := linter().Measure(Template{Body: "您好，订单已经发出"}); m.TargetMin != 20 || m.TargetMax != 30 || m.WordsWanted != 0 {
		t.Errorf("%+v", m)
	}
}
