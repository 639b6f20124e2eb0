package inbox

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"bottega/core"
	"bottega/ui/kit"
	"bottega/ui/theme"
)

func TestLinks(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"vedi https://a.it/x?y=1&z=2#q.", []string{"https://a.it/x?y=1&z=2#q"}},
		{"(https://a.it/b) e http://c.de!", []string{"https://a.it/b", "http://c.de"}},
		{"https://it.wikipedia.org/wiki/Uva_(frutto)", []string{"https://it.wikipedia.org/wiki/Uva_(frutto)"}},
		{"javascript:alert(1) file:///etc/passwd ftp://x", nil},
		{"http:// https://", nil},
		{"http e https", nil},
	} {
		if got := links(c.in); strings.Join(got, " ") != strings.Join(c.want, " ") {
			t.Errorf("%q: %v, want %v", c.in, got, c.want)
		}
	}
	if got := linksOf(&core.Message{Content: core.Content{Location: &core.Location{Lat: 45.4642, Lon: 9.19}}}); len(got) != 1 || !strings.Contains(got[0], "mlat=45.464200&mlon=9.190000") {
		t.Errorf("%v", got)
	}
}

// Whatever the width, the words come out whole and in order, and each piece of
// an address leads to all of it.
func TestWrappedLinksLeadToTheWhole(t *testing.T) {
	p := newPane(t, newShop(nil), theme.Dark(), "en")
	b := p.brush()
	rapid.Check(t, func(rt *rapid.T) {
		var words []string
		for range rapid.IntRange(1, 12).Draw(rt, "n") {
			words = append(words, rapid.SampledFrom([]string{"ciao", "http", "https://", "https://example.com/un/percorso/molto-lungo?a=b", "http://x.y", "王小明", "https://例子.com/路径", "x"}).Draw(rt, "word"))
		}
		said := strings.Join(words, " ")
		w := rapid.IntRange(1, 60).Draw(rt, "w")
		ls, plain := b.text(said, w), kit.Wrap(said, w)
		if len(ls) != len(plain) {
			rt.Fatalf("%d lines, want %d", len(ls), len(plain))
		}
		all := links(said)
		for i, l := range ls {
			if s := ansi.Strip(l); s != plain[i] {
				rt.Fatalf("line %d reads %q, want %q", i, s, plain[i])
			}
			for _, piece := range strings.Split(l, "\x1b]8;;")[1:] {
				target, shown, _ := strings.Cut(piece, "\x07")
				if target == "" {
					continue
				}
				if s := ansi.Strip(shown); !strings.Contains(target, plainAddress(s)) || !contains(all, target) {
					rt.Fatalf("%q leads to %q", s, target)
				}
			}
		}
	})
}

func contains(all []string, s string) bool {
	for _, a := range all {
		if plainAddress(a) == s {
			return true
		}
	}
	return false
}

// An address in any script leaves no byte that could end its own sequence.
func TestLinkTargetsAreASCII(t *testing.T) {
	for in, want := range map[string]string{
		"http://example.com/a?b=c#d": "http://example.com/a?b=c#d",
		"http://\ud55c\uad6d/":       "http://%ED%95%9C%EA%B5%AD/",
	} {
		if got := plainAddress(in); got != want {
			t.Errorf("%q is %q, not %q", in, got, want)
		}
	}
}
