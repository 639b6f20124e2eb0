package wire_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"bottega/bsp/wire"
	"bottega/core"
)

func noon() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

func address(t testing.TB, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestBase(t *testing.T) {
	for raw, want := range map[string]string{
		"https://api.example.com/": "https://api.example.com", "https://api.example.com/v2": "https://api.example.com/v2",
		"http://127.0.0.1:9000": "http://127.0.0.1:9000", "http://localhost:1": "http://localhost:1", "http://[::1]:1": "http://[::1]:1",
		"http://api.example.com": "", "ftp://127.0.0.1": "", "https://": "", "https://a:b@api.example.com": "", "https://api.example.com?x=1": "",
		"https://api.example.com#x": "", "::": "", "": "", "http://127.0.0.1.evil.example": "",
	} {
		u, err := wire.Base(raw)
		if (want == "") != (err != nil) || want != "" && u.String() != want {
			t.Errorf("%q: %v, %v", raw, u, err)
		}
	}
}

func TestScrub(t *testing.T) {
	for in, want := range map[string]string{
		"bad key s3cret given":                      "bad key ••• given",
		"Invalid 'To': whatsapp:+57300555":          "Invalid 'To': whatsapp:+•••55",
		"+12 stays, +1234567 does not":              "+12 stays, +•••67 does not",
		"a\x00b\nc\x1b[31m":                         "a b c [31m",
		"  \xff  ":                                  "\uFFFD",
		"1+1":                                       "1+1",
		"to 5511987654321: no":                      "to •••21: no",
		"template 900000000000001, a_5511987654321": "template 900000000000001, a_5511987654321",
	} {
		if got := wire.Scrub(in, "s3cret", ""); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := wire.Scrub(strings.Repeat("à", 9000)); len([]rune(got)) != 500 {
		t.Errorf("%d characters", len([]rune(got)))
	}
}

func FuzzScrub(f *testing.F) {
	f.Add("Invalid 'To' Phone Number: whatsapp:+573005550101", "s3cret")
	f.Add("+1234567+1234567", "+")
	f.Fuzz(func(t *testing.T, s, secret string) {
		got := wire.Scrub(s, core.Secret(secret))
		if len([]rune(got)) > 500 {
			t.Errorf("%d characters", len([]rune(got)))
		}
		if len(secret) > 8 && strings.Trim(secret, "•") != "" && !strings.ContainsAny(secret, " \t\n\r") && strings.ToValidUTF8(secret, "") == secret && strings.Contains(got, secret) {
			t.Errorf("the secret is still in %q", got)
		}
	})
}

func TestReadTable(t *testing.T) {
	table, err := wire.ReadTable("# a remark\ncode\tgroup\tclass\twait\tmeaning\n1\tSLOW\tthrottle\t90s\ttoo fast\nname\tFIX\tinvalid\t\tours\n")
	if err != nil || len(table) != 2 || table["1"] != (wire.Rule{Group: "SLOW", Class: core.ClassThrottle, Wait: 90 * time.Second}) {
		t.Errorf("%+v, %v", table, err)
	}
	if code, _, known := table.Find("", "nothing", "1"); code != "1" || !known {
		t.Errorf("found %q", code)
	}
	if code, r, known := table.Find("", "nothing"); code != "nothing" || known || r.Class != core.ClassUnknown {
		t.Errorf("found %q", code)
	}
	for _, bad := range []string{"1\tx\tretry\t\n", "1\tx\tretry\tsoon\tm\n", "\tx\tretry\t\tm\n", "1\tx\t\t\tm\n", "1\tx\tretry\t\tm\n1\tx\tretry\t\tm\n"} {
		if _, err := wire.ReadTable(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

// TestRetryAfter: seconds or a date, never below zero or above a day.
func TestRetryAfter(t *testing.T) {
	l := wire.NewLine(wire.Config{Now: noon})
	for v, want := range map[string]time.Duration{
		"30": 30 * time.Second, "Sun, 22 Nov 2026 12:02:00 GMT": 2 * time.Minute, "Sun, 22 Nov 2026 11:00:00 GMT": 0,
		"-5": 0, "999999999999999999": 24 * time.Hour, "9999999": 24 * time.Hour, "soon": 0, "": 0,
	} {
		a := wire.Answer{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {v}}}
		if pe := core.ProviderErrorOf(l.Refusal(wire.Call{Op: "t", Send: true}, a, nil, wire.Said{})); pe.RetryAfter != want || pe.Class != core.ClassThrottle || pe.Uncertain {
			t.Errorf("%q: %+v, want %s", v, pe, want)
		}
	}
}

// TestReadingIsNeverOpen: only a send can leave its outcome open.
func TestReadingIsNeverOpen(t *testing.T) {
	l := wire.NewLine(wire.Config{})
	for _, status := range []int{200, 302, 408, 500, 503} {
		pe := core.ProviderErrorOf(l.Refusal(wire.Call{Op: "t"}, wire.Answer{Status: status}, nil, wire.Said{}))
		if pe.Uncertain {
			t.Errorf("%d: uncertain", status)
		}
		if status >= 500 && pe.Class != core.ClassRetry {
			t.Errorf("%d: class %s", status, pe.Class)
		}
	}
}

func TestUsable(t *testing.T) {
	for name, tt := range map[string]struct {
		key   core.Secret
		err   error
		code  core.Code
		class core.Class
	}{
		"there":        {"key", nil, "", ""},
		"empty":        {"", nil, core.NoSecret, core.ClassAuth},
		"line break":   {"key\n", nil, core.NoSecret, core.ClassAuth},
		"not there":    {"", core.Fail(core.NotFound, "t", nil), core.NoSecret, core.ClassAuth},
		"dark keyring": {"", core.Fail(core.NoKeyring, "t", nil), core.NoKeyring, core.ClassRetry},
		"cancelled":    {"", context.Canceled, core.Internal, core.ClassRetry},
	} {
		got, err := wire.Usable(t.Context(), "t", func(context.Context) (core.Secret, error) { return tt.key, tt.err })
		if core.CodeOf(err) != tt.code || err == nil && got != tt.key {
			t.Errorf("%s: %v", name, err)
		}
		if pe := core.ProviderErrorOf(err); pe != nil && (pe.Class != tt.class || pe.Uncertain) {
			t.Errorf("%s: %+v", name, pe)
		}
	}
}

// TestFetchStaysOutside: whoever names an address, a file is not fetched from
// within a private network, and no credentials go anywhere but to own hosts.
func TestFetchStaysOutside(t *testing.T) {
	near := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "secret page") }))
	defer near.Close()
	client := near.Client()
	l := wire.NewLine(wire.Config{Client: client})
	fetch := func(link string, own bool) (string, error) {
		var out bytes.Buffer
		_, err := l.Fetch(t.Context(), wire.File{Op: "t", URL: address(t, link), Own: func(*url.URL) bool { return own },
			Auth: func(r *http.Request) { r.Header.Set("Authorization", "x") }, Miss: func(wire.Answer) error { return errors.New("no file") }}, 100, &out)
		return out.String(), err
	}
	if got, err := fetch(near.URL, false); core.CodeOf(err) != core.BadMedia || got != "" {
		t.Errorf("a stranger's address on this machine: %q, %v", got, err)
	}
	if got, err := fetch(near.URL, true); err != nil || got != "secret page" {
		t.Errorf("the API's own host: %q, %v", got, err)
	}
	for _, link := range []string{"https://10.0.0.1/x", "https://192.168.1.1/x", "https://169.254.169.254/latest", "https://[fd00::1]/x", "https://100.64.0.1/x", "https://0.0.0.0/x", "http://198.51.100.7/x", "file:///etc/passwd", "https://a:b@198.51.100.7/x"} {
		if _, err := fetch(link, false); core.CodeOf(err) != core.BadMedia {
			t.Errorf("%s: %v", link, err)
		}
	}
}

// TestFetchBreaks: a disk that is full is ours, a line that breaks is theirs.
func TestFetchBreaks(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/cut" {
			w.Header().Set("Content-Length", "100")
		}
		if r.URL.Path == "/large" {
			w.Header().Set("Content-Length", "1000")
			return
		}
		_, _ = io.WriteString(w, "part")
	}))
	defer srv.Close()
	l := wire.NewLine(wire.Config{Client: srv.Client()})
	full := errors.New("disk full")
	for path, tt := range map[string]struct {
		w    io.Writer
		want func(error) bool
	}{
		"/":      {writer(func(p []byte) (int, error) { return 0, full }), func(err error) bool { return errors.Is(err, full) }},
		"/cut":   {io.Discard, func(err error) bool { return core.CodeOf(err) == core.Unreachable }},
		"/large": {io.Discard, func(err error) bool { return core.CodeOf(err) == core.TooLarge }},
	} {
		_, err := l.Fetch(t.Context(), wire.File{Op: "t", URL: address(t, srv.URL+path), Near: true, Miss: func(wire.Answer) error { return nil }}, 100, tt.w)
		if !tt.want(err) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

type writer func([]byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

func TestForms(t *testing.T) {
	for s, want := range map[string]bool{"CO.9000": true, "US.ENT.9a": true, "co.9000": false, "CO.": false, "C.9": false, "CO.9/..": false, "CO": false, "+573005550101": false, "ÄÖ.9": false} {
		if wire.UserID(s) != want {
			t.Errorf("user id %q: %v", s, !want)
		}
	}
	for s, want := range map[string]bool{"wam_01-a": true, "": false, "a/b": false, "..": false, "a b": false, "à": false} {
		if wire.ID(s) != want {
			t.Errorf("id %q: %v", s, !want)
		}
	}
	for s, want := range map[string]bool{"https://x.example/a": true, "http://x.example": true, "ftp://x.example": false, "https://": false, "https://a:b@x.example": false, "x": false} {
		if wire.Link(s) != want {
			t.Errorf("link %q: %v", s, !want)
		}
	}
	if p, other := wire.Address("573005550101"); p != "+573005550101" || other != "" {
		t.Errorf("%s %s", p, other)
	}
	if p, other := wire.Address("CO.9000"); p != "" || other != "CO.9000" {
		t.Errorf("%s %s", p, other)
	}
}

func TestLenient(t *testing.T) {
	var v struct {
		A wire.Text `json:"a"`
		B wire.Flag `json:"b"`
		C wire.List `json:"c"`
		D wire.Text `json:"d"`
	}
	if err := wire.Lenient([]byte(`{"a":12e2,"b":"true","c":{},"d":[]}`), &v); err != nil || v.A != "1200" || !v.B.Yes() || v.C != nil || v.D != "" {
		t.Errorf("%+v, %v", v, err)
	}
	if err := wire.Lenient([]byte(`{`), &v); err == nil {
		t.Error("half of a JSON was read")
	}
	for in, want := range map[wire.Text]string{
		"1763000000": "2025-11-13T02:13:20Z", "1763000000000": "2025-11-13T02:13:20Z", "2026-11-22T03:40:02-03:00": "2026-11-22T06:40:02Z", "-1": "", "soon": "", "": "", "1e300": "", "0001-01-01T00:00:00Z": "2001",
	} {
		got := in.Time()
		if want == "" && !got.IsZero() || len(want) > 4 && got.Format(time.RFC3339) != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
	if ms := wire.Members([]byte(`{"b":1,"a":2}`)); len(ms) != 2 || ms[0].Key != "b" || string(ms[1].Value) != "2" || wire.Members([]byte(`[]`)) != nil {
		t.Errorf("%+v", ms)
	}
}

func TestCheck(t *testing.T) {
	l := wire.Limits{Ref: 10, Text: 10, Caption: 5, Interactive: 8, Buttons: 2, ButtonTitle: 3, ButtonID: 3}
	ok := core.Outgoing{Ref: "r", To: "+393331234567", Content: core.Content{Text: "ciao"}}
	if err := l.Check("t", ok); err != nil {
		t.Fatal(err)
	}
	buttons := func(bs ...core.Button) core.Content {
		return core.Content{Type: core.TypeInteractive, Text: "x", Buttons: bs}
	}
	for name, tt := range map[string]struct {
		change func(*core.Outgoing)
		want   core.Code
	}{
		"no ref":       {func(m *core.Outgoing) { m.Ref = "" }, core.InvalidInput},
		"strange user": {func(m *core.Outgoing) { m.To, m.ToUser = "", "a b" }, core.InvalidInput},
		"no buttons":   {func(m *core.Outgoing) { m.Content = buttons() }, core.InvalidInput},
		"too many":     {func(m *core.Outgoing) { m.Content = buttons(make([]core.Button, 3)...) }, core.InvalidInput},
		"same id": {func(m *core.Outgoing) {
			m.Content = buttons(core.Button{ID: "a", Title: "b"}, core.Button{ID: "a", Title: "c"})
		}, core.InvalidInput},
		"long title":      {func(m *core.Outgoing) { m.Content = buttons(core.Button{ID: "a", Title: "four"}) }, core.InvalidInput},
		"long text above": {func(m *core.Outgoing) { m.Content = buttons(core.Button{ID: "a", Title: "b"}); m.Text = "123456789" }, core.TextTooLong},
		"long caption": {func(m *core.Outgoing) {
			m.Content = core.Content{Type: core.TypeImage, Text: "123456", Media: &core.Media{ID: "1"}}
		}, core.TextTooLong},
		"sticker with words": {func(m *core.Outgoing) {
			m.Content = core.Content{Type: core.TypeSticker, Text: "1", Media: &core.Media{ID: "1"}}
		}, core.InvalidInput},
		"off the earth": {func(m *core.Outgoing) {
			m.Content = core.Content{Type: core.TypeLocation, Location: &core.Location{Lat: 91}}
		}, core.InvalidInput},
		"nowhere": {func(m *core.Outgoing) {
			m.Content = core.Content{Type: core.TypeLocation, Location: &core.Location{Lat: math.NaN()}}
		}, core.InvalidInput},
		"no place": {func(m *core.Outgoing) { m.Content = core.Content{Type: core.TypeLocation} }, core.InvalidInput},
		"reaction to a path": {func(m *core.Outgoing) {
			m.Content = core.Content{Type: core.TypeReaction, Reaction: &core.Reaction{Target: "../x"}}
		}, core.InvalidInput},
		"nameless template": {func(m *core.Outgoing) {
			m.Content = core.Content{Type: core.TypeTemplate, Template: &core.TemplateCall{Language: "it"}}
		}, core.InvalidInput},
		"no template": {func(m *core.Outgoing) { m.Content = core.Content{Type: core.TypeTemplate} }, core.InvalidInput},
		"a note":      {func(m *core.Outgoing) { m.Type = core.TypeNote }, core.InvalidInput},
	} {
		m := ok
		tt.change(&m)
		if err := l.Check("t", m); core.CodeOf(err) != tt.want {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
}

// TestBodies: a long list is several bodies, in order, and an empty one none.
func TestBodies(t *testing.T) {
	var items []json.RawMessage
	for i := range 250 {
		items = append(items, json.RawMessage(strconv.Itoa(i)))
	}
	bodies, err := wire.Bodies("data", items)
	if err != nil || len(bodies) != 3 {
		t.Fatalf("%d bodies, %v", len(bodies), err)
	}
	n := 0
	for _, b := range bodies {
		var page struct{ Data []int }
		if err := json.Unmarshal(b, &page); err != nil {
			t.Fatal(err)
		}
		for _, v := range page.Data {
			if v != n {
				t.Fatalf("%d stands where %d should", v, n)
			}
			n++
		}
	}
	if none, err := wire.Bodies("data", nil); err != nil || none != nil || n != 250 {
		t.Errorf("%v, %v, %d", none, err, n)
	}
}
