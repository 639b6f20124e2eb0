package phone

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"bottega/core/template"
	"bottega/ui/kit"
	"bottega/ui/text"
	"bottega/ui/theme"
)

func looks(t testing.TB, tokens theme.Tokens) Look {
	t.Helper()
	w, err := text.Load("en")
	if err != nil {
		t.Fatal(err)
	}
	return Look{Styles: theme.New(tokens), Words: w, Clock: "14:05"}
}

func plainOf(ls []string) string {
	var out []string
	for _, l := range ls {
		out = append(out, strings.TrimRight(ansi.Strip(l), " "))
	}
	return strings.Join(out, "\n")
}

func TestBubble(t *testing.T) {
	l := looks(t, theme.Dark())
	for _, c := range []struct {
		name string
		t    template.Template
		want string
	}{
		{"all parts", template.Template{Header: template.Header{Format: "TEXT", Text: "Order {{1}}", Samples: []string{"A-1"}}, Body: "Hello *{{1}}*, ready.", Samples: []string{"Anna"},
			Footer: "Rossi", Buttons: []template.Button{{Type: template.URLButton, Text: "Track"}, {Type: template.QuickReply, Text: "Thanks"}, {Type: template.PhoneButton, Text: "Call"}, {Type: template.CopyCode, Text: "Code"}, {Type: template.QuickReply}}}, `
╭────────────────────────────╮
│ Order A-1                  │
│ Hello Anna, ready.         │
│ Rossi                      │
│                      14:05 │
├────────────────────────────┤
│          ↗ Track           │
├────────────────────────────┤
│          ↩ Thanks          │
├────────────────────────────┤
│           ☏ Call           │
├────────────────────────────┤
│           ⧉ Code           │
├────────────────────────────┤
│            ↩ …             │
╰────────────────────────────╯`},
		{"a picture above", template.Template{Header: template.Header{Format: "IMAGE"}, Body: "x"}, `
╭────────────────────────────╮
│          ▣ Photo           │
│ ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄ │
│ x                          │
│                      14:05 │
╰────────────────────────────╯`},
		{"from right to left", template.Template{Body: "مرحبا بك"}, `
╭────────────────────────────╮
│                   مرحبا بك │
│                      14:05 │
╰────────────────────────────╯`},
		{"hostile", template.Template{Body: "a\x1b[31mb\u202ec\x07", Footer: "\x1b]52;c;x\x07f"}, `
╭────────────────────────────╮
│ abc                        │
│ f                          │
│                      14:05 │
╰────────────────────────────╯`},
		{"empty", template.Template{}, `
╭────────────────────────────╮
│                      14:05 │
╰────────────────────────────╯`},
	} {
		if got := "\n" + plainOf(l.Bubble(c.t.Preview(), 30)); got != c.want {
			t.Errorf("%s:%s\nwant%s", c.name, got, c.want)
		}
	}
}

// Marks become attributes, also over a line's end, and stay marks where there are none.
func TestMarks(t *testing.T) {
	l := looks(t, theme.Mono())
	lines := l.paint(template.Template{Body: "a *bold words* _it_ ~no~ `m` {{1}}", Samples: []string{"Anna"}}.Preview().Body, 10)
	all := strings.Join(lines, "\n")
	for _, want := range []string{l.Bold.Render("bold"), l.Bold.Render("words"), l.Italic.Render("it"), l.Strike.Render("no")} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q in %q", want, lines)
		}
	}
	if got := plainOf(lines); got != "a bold\nwords it\nno m Anna" {
		t.Errorf("reads %q", got)
	}
	if got := plainOf(looks(t, theme.Plain()).paint(template.Runs("a *b* _c_ ~d~ `e`"), 20)); got != "a *b* _c_ ~d~ `e`" {
		t.Errorf("without attributes %q", got)
	}
}

// Whatever stands in a template: lines of exact width, all its letters there.
func TestBubbleIsExact(t *testing.T) {
	pieces := []string{"ciao", " ", "\n", "*", "_", "~", "`", "```", "{{1}}", "王小明", "👩‍👩‍👧‍👦", "👍🏽", "e\u0301", "שלום", "مرحبا", "\u202e", "\x1b[31m", "\x9b5m", "\u200d", "ﷺ", "\xff",
		"verylongwordwithoutanyplacetobreakitatall", "नमस्ते", "\t", "\u0301"}
	draw := func(rt *rapid.T, name string) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 14).Draw(rt, name), "")
	}
	dark, plain := looks(t, theme.Dark()), looks(t, theme.Plain())
	rapid.Check(t, func(rt *rapid.T) {
		tpl := template.Template{Body: draw(rt, "body"), Footer: draw(rt, "footer"), Samples: []string{draw(rt, "sample")}, Header: template.Header{
			Format: rapid.SampledFrom([]string{"", "TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION", "ODD"}).Draw(rt, "format"), Text: draw(rt, "header")}}
		for range rapid.IntRange(0, 3).Draw(rt, "buttons") {
			tpl.Buttons = append(tpl.Buttons, template.Button{Type: rapid.SampledFrom([]string{"URL", "QUICK_REPLY", "x"}).Draw(rt, "type"), Text: draw(rt, "label")})
		}
		w := rapid.IntRange(1, 80).Draw(rt, "w")
		for _, l := range []Look{dark, plain} {
			for i, s := range l.Bubble(tpl.Preview(), w) {
				if n := ansi.StringWidth(s); n != w {
					rt.Fatalf("line %d has %d cells of %d: %q", i, n, w, s)
				}
				if strings.ContainsAny(ansi.Strip(s), "\x07\x1b\n\t\u202e") {
					rt.Fatalf("line %d holds a control: %q", i, s)
				}
			}
		}
		runs := tpl.Preview().Body
		var all strings.Builder
		for _, r := range runs {
			all.WriteString(kit.Clean(r.Text))
		}
		squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if got, want := squeeze(plainOf(dark.paint(runs, 40))), squeeze(all.String()); got != want {
			rt.Fatalf("lost letters: %q of %q", got, want)
		}
	})
}
