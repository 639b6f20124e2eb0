package uitest

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"
)

// hostile are pieces of text as it comes from the wild: wide, joined, turned
// round, broken, and orders to the terminal.
var hostile = []string{"ciao", " ", "\n", "王小明", "👩‍👩‍👧‍👦", "👍🏽", "🇮🇹", "e\u0301", "a\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307", "שלום", "مرحبا", "\u202eevil", "\u2066x\u2069",
	"\x1b[31mred\x1b[0m", "\x1b]8;;http://evil.example\x07click\x1b]8;;\x07", "\x1b]52;c;aGk=\x07", "\x1b[2J", "\x9b5m", "\x07", "\r", "\t", "\u200b", "\u200d", "\ufe0f", "नमस्ते",
	"verylongwordwithoutanyplacetobreakitatall", "한국어", "ﷺ", "\xff\xfe", "🏴\U000e0067\U000e0062\U000e007f", "i\u0307\u0307", "─━│"}

// Nasty makes text as customers may send it, of such pieces and of more that
// only one pane minds.
func Nasty(more ...string) *rapid.Generator[string] {
	pieces := slices.Concat(more, hostile)
	return rapid.Custom(func(t *rapid.T) string {
		if rapid.IntRange(0, 4).Draw(t, "kind") == 0 {
			return rapid.StringN(0, 40, 160).Draw(t, "free")
		}
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 12).Draw(t, "pieces"), "")
	})
}

// colour is the one escape that a pane writes everywhere.
var colour = regexp.MustCompile("\x1b\\[[0-9;:]*m")

// CheckLines fails unless there are h lines of w cells each, without anything
// that could command the terminal but colours.
func CheckLines(t rapid.TB, lines []string, w, h int) {
	t.Helper()
	if len(lines) != h {
		t.Fatalf("%d lines, want %d", len(lines), h)
	}
	for i, l := range lines {
		if n := ansi.StringWidth(l); n != w {
			t.Fatalf("line %d is %d cells, want %d: %q", i, n, w, l)
		}
		for _, r := range colour.ReplaceAllString(l, "") {
			if unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
				t.Fatalf("line %d lets %U through: %q", i, r, l)
			}
		}
	}
}
