package inbox

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"bottega/core"
	"bottega/ui/kit"
)

var address = regexp.MustCompile(`https?://[^\s<>"'“”«»]+`)

// links finds the web addresses in cleaned text, in order.
func links(s string) []string {
	var out []string
	for _, m := range address.FindAllString(s, -1) {
		m = strings.TrimRight(m, ".,;:!?…*_~")
		if strings.HasSuffix(m, ")") && !strings.Contains(m, "(") {
			m = strings.TrimRight(m, ")")
		}
		if u, err := url.Parse(m); err == nil && u.Host != "" {
			out = append(out, m)
		}
	}
	return out
}

// linksOf is everything in a message that can be opened in a browser.
func linksOf(m *core.Message) []string {
	out := links(kit.Clean(m.Text))
	if m.Media != nil && m.Text == "" {
		out = append(out, links(kit.Clean(m.Media.Caption))...)
	}
	if m.Location != nil {
		out = append(out, mapAddress(m.Location))
	}
	return out
}

// mapAddress is where a place is shown in a browser.
func mapAddress(l *core.Location) string {
	lat, lon := strconv.FormatFloat(l.Lat, 'f', 6, 64), strconv.FormatFloat(l.Lon, 'f', 6, 64)
	return "https://www.openstreetmap.org/?mlat=" + lat + "&mlon=" + lon + "#map=17/" + lat + "/" + lon
}

// text wraps cleaned text and makes its web addresses clickable: each part of
// a broken address leads to the whole, and what is shown is where it leads.
func (b *brush) text(s string, w int) []string {
	ls := kit.Wrap(s, w)
	todo := links(s)
	rest := "" // of an address that goes on on the next line
	for i, l := range ls {
		var out strings.Builder
		if rest != "" {
			part := commonStart(l, rest)
			out.WriteString(b.link(part, todo[0]))
			l, rest = l[len(part):], rest[len(part):]
			if part == "" || rest == "" {
				rest, todo = "", todo[1:]
			}
		}
		for len(todo) > 0 && rest == "" {
			at := strings.Index(l, "http")
			if at < 0 {
				break
			}
			part := commonStart(l[at:], todo[0])
			if len(part) < len("http://") && len(part) < len(l)-at { // some other word
				out.WriteString(b.Text.Render(l[:at+len("http")]))
				l = l[at+len("http"):]
				continue
			}
			out.WriteString(b.Text.Render(l[:at]))
			out.WriteString(b.link(part, todo[0]))
			if part == todo[0] {
				todo = todo[1:]
			} else {
				rest = todo[0][len(part):]
			}
			l = l[at+len(part):]
		}
		out.WriteString(b.Text.Render(l))
		ls[i] = out.String()
	}
	return ls
}

func (b *brush) link(shown, to string) string {
	if shown == "" {
		return ""
	}
	return ansi.SetHyperlink(plainAddress(to)) + b.Link.Render(shown) + ansi.ResetHyperlink()
}

// plainAddress is an address in ASCII: the letter 한 has a byte that ends an
// escape sequence, and browsers read the percent form alike.
func plainAddress(to string) string {
	var out strings.Builder
	for i := range len(to) {
		if c := to[i]; c >= 0x80 {
			fmt.Fprintf(&out, "%%%02X", c)
		} else {
			out.WriteByte(c)
		}
	}
	return out.String()
}

func commonStart(a, b string) string {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	for n > 0 && n < len(a) && a[n]&0xc0 == 0x80 { // not inside a character
		n--
	}
	return a[:n]
}
