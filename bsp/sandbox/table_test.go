package sandbox

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"bottega/core"
)

// TestEveryCodeOfTheTable: bottega's adapter reads each code that the simulator
// knows as a certain refusal of a known class; those of six digits can be had
// from a number that names them, with the status of the table.
func TestEveryCodeOfTheTable(t *testing.T) {
	b := start(t, func(o *Options) { o.Limits = Unlimited(); o.Limits.Direct = true })
	now := 0
	said := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { b.writeError(w, refuse(now, "because")) }))
	defer said.Close()
	g := gateway(b, said.URL, said.Client())
	seen := 0
	for c := range 200_000 {
		k, ok := knownError(c)
		if !ok {
			continue
		}
		seen++
		now = c
		_, err := g.Send(t.Context(), core.Outgoing{Ref: "r", To: known1, Content: core.Content{Type: core.TypeText, Text: "x"}})
		pe := core.ProviderErrorOf(err)
		switch {
		case pe == nil || pe.Code != strconv.Itoa(c) || pe.Uncertain:
			t.Errorf("%d: the adapter reads %+v", c, pe)
		case pe.Class == core.ClassUnknown:
			t.Errorf("%d: of no class", c)
		}
		if c < 100_000 {
			continue
		}
		status, v := b.send(fmt.Sprintf(`{"to":"+393200%d","type":"text","text":{"body":"x"}}`, c))
		if status != k.status || code(v) != c {
			t.Errorf("%d: %d %v, want status %d", c, status, v, k.status)
		}
	}
	if seen < 40 {
		t.Errorf("only %d codes", seen)
	}
	if n := len(b.Ledger()); n != 0 {
		t.Errorf("%d refused messages stand in the ledger", n)
	}
}

// TestLateRefusals: what Meta tells in a callback only comes so: a 200 first,
// and a failed status with the code after it.
func TestLateRefusals(t *testing.T) {
	b := start(t, func(o *Options) { o.Limits = Unlimited() })
	for c := 130_000; c < 135_000; c++ {
		if k, ok := knownError(c); !ok || !k.async {
			continue
		}
		to := fmt.Sprintf("+393200%06d", c)
		status, v := b.send(`{"to":"` + to + `","type":"text","text":{"body":"x"}}`)
		if status != 200 {
			t.Errorf("%d: %d %v, want a 200 first", c, status, v)
			continue
		}
		b.drain(5 * time.Minute)
		es := b.ledger.list(ledgerQuery{})
		if e := es[len(es)-1]; e.State != core.Failed || e.Error != c {
			t.Errorf("%d: the ledger has %s with %d", c, e.State, e.Error)
		}
	}
}

// form is a message and the code of its refusal, 0 when it is accepted.
type form struct {
	body string
	code int
}

// interactiveForms are messages with buttons or a list, each just inside or just
// outside what bsp/meta.md 2.2 allows.
func interactiveForms() map[string]form {
	long := func(n int) string { return strings.Repeat("x", n) }
	message := func(kind, body, rest, action string) string {
		return `{"to":"+393205550102","type":"interactive","interactive":{"type":"` + kind + `","body":{"text":"` + body + `"}` + rest + `,"action":` + action + `}}`
	}
	button := func(kind, id, title string) string {
		return `{"buttons":[{"type":"` + kind + `","reply":{"id":"` + id + `","title":"` + title + `"}}]}`
	}
	row := func(id, title, text string) string {
		return `{"id":"` + id + `","title":"` + title + `","description":"` + text + `"}`
	}
	rows := func(n int) string {
		var rs []string
		for i := range n {
			rs = append(rs, row(fmt.Sprint(i), "t", "d"))
		}
		return strings.Join(rs, ",")
	}
	list := func(button, sections string) string {
		return `{"button":"` + button + `","sections":[` + sections + `]}`
	}
	one := button("reply", "a", "Sì")
	return map[string]form{
		"body of buttons":           {message("button", long(1024), "", one), 0},
		"longer body of buttons":    {message("button", long(1025), "", one), 100},
		"body of a list":            {message("list", long(4096), "", list("b", `{"rows":[`+rows(1)+`]}`)), 0},
		"longer body of a list":     {message("list", long(4097), "", list("b", `{"rows":[`+rows(1)+`]}`)), 100},
		"no body":                   {message("button", "", "", one), 131008},
		"footer":                    {message("button", "x", `,"footer":{"text":"`+long(60)+`"}`, one), 0},
		"longer footer":             {message("button", "x", `,"footer":{"text":"`+long(61)+`"}`, one), 100},
		"header":                    {message("button", "x", `,"header":{"type":"text","text":"`+long(60)+`"}`, one), 0},
		"longer header":             {message("button", "x", `,"header":{"type":"text","text":"`+long(61)+`"}`, one), 100},
		"empty header":              {message("button", "x", `,"header":{"type":"text","text":""}`, one), 100},
		"button of another kind":    {message("button", "x", "", button("url", "a", "Sì")), 131009},
		"button without id":         {message("button", "x", "", button("reply", "", "Sì")), 131009},
		"id of a button":            {message("button", "x", "", button("reply", long(256), "Sì")), 0},
		"longer id of a button":     {message("button", "x", "", button("reply", long(257), "Sì")), 131009},
		"button without title":      {message("button", "x", "", button("reply", "a", "")), 131009},
		"list without button":       {message("list", "x", "", list("", `{"rows":[`+rows(1)+`]}`)), 131009},
		"list without sections":     {message("list", "x", "", list("b", "")), 131009},
		"ten rows":                  {message("list", "x", "", list("b", `{"rows":[`+rows(10)+`]}`)), 0},
		"eleven rows":               {message("list", "x", "", list("b", `{"rows":[`+rows(11)+`]}`)), 131009},
		"two sections":              {message("list", "x", "", list("b", `{"title":"A","rows":[`+row("1", "t", "")+`]},{"title":"B","rows":[`+row("2", "t", "")+`]}`)), 0},
		"two sections, no title":    {message("list", "x", "", list("b", `{"rows":[`+row("1", "t", "")+`]},{"title":"B","rows":[`+row("2", "t", "")+`]}`)), 131009},
		"an id twice":               {message("list", "x", "", list("b", `{"rows":[`+row("1", "t", "")+`,`+row("1", "u", "")+`]}`)), 131009},
		"row":                       {message("list", "x", "", list("b", `{"rows":[`+row(long(200), long(24), long(72))+`]}`)), 0},
		"longer id of a row":        {message("list", "x", "", list("b", `{"rows":[`+row(long(201), "t", "")+`]}`)), 131009},
		"longer title of a row":     {message("list", "x", "", list("b", `{"rows":[`+row("1", long(25), "")+`]}`)), 131009},
		"longer text of a row":      {message("list", "x", "", list("b", `{"rows":[`+row("1", "t", long(73))+`]}`)), 131009},
		"kind that there is not":    {message("carousel", "x", "", one), 131009},
		"request of a location":     {message("location_request_message", "x", "", `{"name":"send_location"}`), 0},
		"request of something else": {message("location_request_message", "x", "", `{"name":"send_money"}`), 131009},
	}
}

// TestInteractiveLimits holds the parts of a message with buttons or a list to
// their lengths and counts; a refusal tells the right limit.
func TestInteractiveLimits(t *testing.T) {
	b := start(t, func(o *Options) { o.Limits = Unlimited() })
	limitOf := map[string]string{"longer body of buttons": "1024", "longer body of a list": "4096", "longer footer": "60", "longer header": "60"}
	for name, c := range interactiveForms() {
		before := len(b.Ledger())
		status, v := b.send(c.body)
		if got := code(v); got != c.code || (status == 200) != (c.code == 0) {
			t.Errorf("%s: %d code %d, want %d: %v", name, status, got, c.code, v)
		}
		if c.code == 100 && !strings.Contains(fmt.Sprint(v), limitOf[name]) {
			t.Errorf("%s: %v does not tell the limit of %s", name, v, limitOf[name])
		}
		if taken := len(b.Ledger()) - before; taken == 1 != (c.code == 0) {
			t.Errorf("%s: %d more in the ledger", name, taken)
		}
	}
}
