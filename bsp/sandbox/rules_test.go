package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"bottega/core"
)

// TestFormIsRefusedAtOnce holds each rule of bsp/meta.md 2 to its code.
func TestFormIsRefusedAtOnce(t *testing.T) {
	b := start(t, func(o *Options) { o.Limits = Unlimited() })
	to := `"to":"+393205550102",`
	long := func(n int) string { return strings.Repeat("x", n) }
	for name, c := range map[string]struct {
		body string
		code int
	}{
		"no JSON":              {`{"to":`, 100},
		"unknown key":          {`{` + to + `"type":"text","text":{"body":"x"},"foo":1}`, 100},
		"unknown key inside":   {`{` + to + `"type":"text","text":{"body":"x","foo":1}}`, 100},
		"wrong type of a key":  {`{` + to + `"type":"text","text":"x"}`, 100},
		"no recipient":         {`{"type":"text","text":{"body":"x"}}`, 131008},
		"no number":            {`{"to":"+39abc","type":"text","text":{"body":"x"}}`, 131009},
		"no user id":           {`{"recipient":"abc","type":"text","text":{"body":"x"}}`, 131009},
		"to ourselves":         {`{"to":"+390555550100","type":"text","text":{"body":"x"}}`, 131021},
		"unknown message type": {`{` + to + `"type":"telepathy"}`, 100},
		"no text":              {`{` + to + `"type":"text"}`, 131008},
		"empty text":           {`{` + to + `"type":"text","text":{"body":""}}`, 131008},
		"long text":            {`{` + to + `"type":"text","text":{"body":"` + long(4097) + `"}}`, 100},
		"long ref":             {`{` + to + `"type":"text","text":{"body":"x"},"biz_opaque_callback_data":"` + long(513) + `"}`, 100},
		"quote of nothing":     {`{` + to + `"type":"text","text":{"body":"x"},"context":{"message_id":"1"}}`, 131009},
		"no media":             {`{` + to + `"type":"image"}`, 131008},
		"media without source": {`{` + to + `"type":"image","image":{}}`, 131008},
		"two sources":          {`{` + to + `"type":"image","image":{"id":"1","link":"https://x.example/a.jpg"}}`, 100},
		"unknown media id":     {`{` + to + `"type":"image","image":{"id":"1"}}`, 131009},
		"caption on audio":     {`{` + to + `"type":"audio","audio":{"link":"https://x.example/a.ogg","caption":"x"}}`, 100},
		"filename on image":    {`{` + to + `"type":"image","image":{"link":"https://x.example/a.jpg","filename":"x"}}`, 100},
		"long caption":         {`{` + to + `"type":"image","image":{"link":"https://x.example/a.jpg","caption":"` + long(1025) + `"}}`, 100},
		"link without host":    {`{` + to + `"type":"image","image":{"link":"file:///etc/passwd"}}`, 100},
		"no place":             {`{` + to + `"type":"location","location":{"name":"x"}}`, 131008},
		"off the planet":       {`{` + to + `"type":"location","location":{"latitude":"91","longitude":0}}`, 131009},
		"no card":              {`{` + to + `"type":"contacts","contacts":[]}`, 131008},
		"card without name":    {`{` + to + `"type":"contacts","contacts":[{"phones":[]}]}`, 131008},
		"reaction to nothing":  {`{` + to + `"type":"reaction","reaction":{"message_id":"x","emoji":"👍"}}`, 131009},
		"no action":            {`{` + to + `"type":"interactive","interactive":{"type":"button","body":{"text":"x"}}}`, 131008},
		"four buttons":         {buttons(to, "a", "b", "c", "d"), 131009},
		"same title twice":     {buttons(to, "a", "a"), 131009},
		"long title":           {buttons(to, long(21)), 131009},
		"no rows":              {`{` + to + `"type":"interactive","interactive":{"type":"list","body":{"text":"x"},"action":{"button":"b","sections":[{"rows":[]}]}}}`, 131009},
		"wrong action name":    {`{` + to + `"type":"interactive","interactive":{"type":"cta_url","body":{"text":"x"},"action":{"name":"x"}}}`, 131009},
		"no template":          {`{` + to + `"type":"template"}`, 131008},
		"no language":          {`{` + to + `"type":"template","template":{"name":"x"}}`, 131008},
		"a group":              {`{` + to + `"recipient_type":"group","type":"text","text":{"body":"x"}}`, 131051},
		"read of our own":      {`{"status":"read","message_id":"` + wamid(1, 1, time.Unix(1, 0), "39", fromShop) + `"}`, 131009},
		"read of nothing":      {`{"status":"read","message_id":"x"}`, 131009},
		"delivered by us":      {`{"status":"delivered","message_id":"wamid.x"}`, 100},
	} {
		status, v := b.send(c.body)
		if got := code(v); got != c.code || status/100 != 4 {
			t.Errorf("%s: %d code %d, want %d", name, status, got, c.code)
		}
	}
	if n := len(b.Ledger()); n != 0 {
		t.Errorf("%d refused messages stand in the ledger", n)
	}
}

func buttons(to string, titles ...string) string {
	var bs []string
	for i, title := range titles {
		bs = append(bs, fmt.Sprintf(`{"type":"reply","reply":{"id":"%d","title":"%s"}}`, i, title))
	}
	return `{` + to + `"type":"interactive","interactive":{"type":"button","body":{"text":"x"},"action":{"buttons":[` + strings.Join(bs, ",") + `]}}}`
}

func TestEveryTypeIsAccepted(t *testing.T) {
	b := start(t, func(o *Options) { o.Limits = Unlimited() })
	to := `"to":"+393205550102",`
	for _, body := range []string{
		`{` + to + `"type":"text","text":{"body":"x","preview_url":true},"context":{"message_id":"wamid.x"}}`,
		`{` + to + `"text":{"body":"without a type"}}`,
		`{` + to + `"type":"image","image":{"link":"https://x.example/a.jpg","caption":"x"}}`,
		`{` + to + `"type":"image","image":{"id":"` + sample("image", "").id + `"}}`,
		`{` + to + `"type":"document","document":{"link":"https://x.example/a.pdf","filename":"a.pdf"}}`,
		`{` + to + `"type":"audio","audio":{"link":"https://x.example/a.ogg"}}`,
		`{` + to + `"type":"sticker","sticker":{"link":"https://x.example/a.webp"}}`,
		`{` + to + `"type":"video","video":{"link":"https://x.example/a.mp4"}}`,
		`{` + to + `"type":"location","location":{"latitude":"43.7","longitude":11.2,"name":"x","address":"y"}}`,
		`{` + to + `"type":"contacts","contacts":[{"name":{"formatted_name":"A B","first_name":"A"},"phones":[{"phone":"+39"}]}]}`,
		`{` + to + `"type":"reaction","reaction":{"message_id":"wamid.x","emoji":""}}`,
		buttons(to, "a", "b", "c"),
		`{` + to + `"type":"interactive","interactive":{"type":"list","body":{"text":"x"},"action":{"button":"b","sections":[{"rows":[{"id":"1","title":"one"}]}]}}}`,
		`{` + to + `"type":"interactive","interactive":{"type":"cta_url","body":{"text":"x"},"action":{"name":"cta_url","parameters":{"display_text":"a","url":"https://x.example"}}}}`,
		`{` + to + `"type":"interactive","interactive":{"type":"location_request_message","body":{"text":"x"},"action":{"name":"send_location"}}}`,
		orderReady("it", "Marta", "1042", "19:30"),
	} {
		if status, v := b.send(body); status != 200 {
			t.Errorf("%s: %d %v", body, status, v)
		}
	}
	if status, v := b.send(`{"status":"read","message_id":"` + wamid(1, 1, time.Unix(1, 0), "39", fromCustomer) + `","typing_indicator":{"type":"text"}}`); status != 200 || v["success"] != true {
		t.Errorf("read: %d %v", status, v)
	}
}

func orderReady(lang string, values ...string) string {
	var ps []string
	for _, v := range values {
		ps = append(ps, fmt.Sprintf(`{"type":"text","text":%q}`, v))
	}
	return `{"to":"+393205550102","type":"template","template":{"name":"order_ready","language":{"code":"` + lang + `"},"components":[{"type":"body","parameters":[` + strings.Join(ps, ",") + `]}]}}`
}

// fate sends a text and returns what its callbacks said in the end.
func (b *bench) fate(to string) (states []string, codes []int) {
	b.t.Helper()
	id := b.text(to, "hello")
	b.drain(5 * time.Minute)
	return statuses(b.notes(), id)
}

func TestWindow(t *testing.T) {
	b := start(t, nil)
	if states, codes := b.fate(string(known1)); !slices.Equal(states, []string{"failed"}) || codes[0] != 131047 {
		t.Errorf("never wrote: %v %v", states, codes)
	}
	b.writes(Inbound{From: known1, Text: "ciao"})
	b.clock.add(24*time.Hour - 6*time.Minute)
	if states, codes := b.fate(string(known1)); len(codes) > 0 || states[0] != "sent" {
		t.Errorf("a minute before the end: %v %v", states, codes)
	}
	b.clock.add(7 * time.Minute)
	if _, codes := b.fate(string(known1)); !slices.Equal(codes, []int{131047}) {
		t.Errorf("after the end: %v", codes)
	}
	if status, v := b.send(orderReady("it", "a", "b", "c")); status != 200 {
		t.Errorf("a template must pass the closed window: %d %v", status, v)
	}
	for _, in := range []Inbound{{From: known1, Type: "reaction", Target: "wamid.x", Text: "👍"}, {From: known1, Type: "revoke", Target: "wamid.x"},
		{From: known1, Type: "unsupported"}, {From: known1, Type: "preference", Text: "resume"}} {
		b.writes(in)
		if _, codes := b.fate(string(known1)); !slices.Equal(codes, []int{131047}) {
			t.Errorf("%s opened the window: %v", in.Type, codes)
		}
	}
}

func TestDirectAnswersErrorsAtOnce(t *testing.T) {
	b := start(t, func(o *Options) { o.Limits.Direct = true })
	status, v := b.send(`{"to":"+393205550102","type":"text","text":{"body":"x"}}`)
	if status != 400 || code(v) != 131047 {
		t.Errorf("%d %v", status, v)
	}
	if len(b.Ledger()) != 0 {
		t.Error("a refused message stands in the ledger")
	}
}

func TestFreeEntryPoint(t *testing.T) {
	b := start(t, nil)
	b.writes(Inbound{From: known1, Text: "saw your ad", Ad: &core.Referral{Source: "ad", ID: "1", Headline: "x"}})
	b.clock.add(time.Hour)
	b.fate(string(known1)) // the answer opens 72 h
	b.clock.add(70 * time.Hour)
	id := b.text(string(known1), "still here")
	b.drain(5 * time.Minute)
	ns := b.notes()
	if states, codes := statuses(ns, id); len(codes) > 0 {
		t.Fatalf("70 h after the answer: %v %v", states, codes)
	}
	for _, n := range ns {
		for _, s := range n.change.Value.(messagesValue).Statuses {
			if s.Pricing != nil && s.Pricing.Type != "free_entry_point" {
				t.Errorf("pricing %+v", s.Pricing)
			}
		}
	}
	b.clock.add(3 * time.Hour)
	if _, codes := b.fate(string(known1)); !slices.Equal(codes, []int{131047}) {
		t.Errorf("after 73 h: %v", codes)
	}
}

func TestThroughput(t *testing.T) {
	b := start(t, func(o *Options) { o.Limits.Window, o.Limits.PerSecond = -1, 10 })
	took := 0
	for i := range 30 {
		status, v := b.send(fmt.Sprintf(`{"to":"+3932055501%02d","type":"text","text":{"body":"x"}}`, i))
		switch {
		case status == 200:
			took++
		case code(v) != 130429 || status != 400:
			t.Fatal(status, v)
		}
	}
	if took != 10 {
		t.Errorf("%d messages in no time, want the 10 of a second", took)
	}
	b.clock.add(time.Second)
	if status, v := b.send(`{"to":"+393205550199","type":"text","text":{"body":"x"}}`); status != 200 {
		t.Errorf("a second later: %d %v", status, v)
	}
}

func TestPairLimit(t *testing.T) {
	b := start(t, func(o *Options) { o.Limits.Window, o.Limits.PerSecond = -1, -1 })
	for i := range 45 {
		b.text(string(known1), fmt.Sprint("burst ", i))
	}
	if status, v := b.send(`{"to":"+393205550102","type":"text","text":{"body":"x"}}`); status != 400 || code(v) != 131056 {
		t.Fatalf("the 46th: %d %v", status, v)
	}
	b.text("+393205550103", "others go on")
	b.clock.add(6 * time.Second)
	b.text(string(known1), "after 6 s")
	if _, v := b.send(`{"to":"+393205550102","type":"text","text":{"body":"x"}}`); code(v) != 131056 {
		t.Errorf("two after 6 s: %v", v)
	}
}

// TestNumbersThatName gives strangers whose last six digits are a code that code.
func TestNumbersThatName(t *testing.T) {
	b := start(t, func(o *Options) { o.Limits = Unlimited() })
	for _, c := range []int{131026, 131049, 131050, 130472, 131053} {
		if _, codes := b.fate(fmt.Sprintf("+393200%d", c)); !slices.Equal(codes, []int{c}) {
			t.Errorf("%d: %v", c, codes)
		}
	}
	for c, want := range map[int]int{131000: 500, 131016: 500, 130429: 400, 131056: 400, 131057: 500} {
		status, v := b.send(fmt.Sprintf(`{"to":"+393200%d","type":"text","text":{"body":"x"}}`, c))
		if code(v) != c || status != want {
			t.Errorf("%d: %d %v", c, status, v)
		}
	}
	if states, codes := b.fate("+393200999999"); len(codes) > 0 || states[0] != "sent" {
		t.Errorf("a stranger: %v %v", states, codes)
	}
}

func TestMarketing(t *testing.T) {
	b := start(t, func(o *Options) { o.Limits.PairEvery, o.Limits.PerSecond = -1, -1 })
	promo := func(to string) []int {
		status, v := b.send(`{"to":"` + to + `","type":"template","template":{"name":"oven_news","language":{"code":"en"},"components":[{"type":"body","parameters":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]}}`)
		if status != 200 {
			t.Fatal(status, v)
		}
		b.drain(5 * time.Minute)
		_, codes := statuses(b.notes(), v["messages"].([]any)[0].(map[string]any)["id"].(string))
		return codes
	}
	colombian := "+573005550104"
	for i, want := range [][]int{nil, nil, {131049}} {
		if got := promo(colombian); !slices.Equal(got, want) {
			t.Errorf("promotion %d: %v, want %v", i+1, got, want)
		}
	}
	b.writes(Inbound{From: core.Phone(colombian), Text: "hola"})
	if got := promo(colombian); got != nil {
		t.Errorf("inside the window the cap does not count: %v", got)
	}
	b.clock.add(25 * time.Hour)
	if got := promo(colombian); got != nil {
		t.Errorf("a day later: %v", got)
	}
	for range 4 {
		if got := promo("+393205550102"); got != nil {
			t.Errorf("the cap is not active in Italy (P-33): %v", got)
		}
	}
	if got := promo("+12025550104"); !slices.Equal(got, []int{131049}) {
		t.Errorf("to the United States (P-34): %v", got)
	}
	b.writes(Inbound{From: "+393205550102", Type: "preference", Text: "stop"})
	if got := promo("+393205550102"); !slices.Equal(got, []int{131050}) {
		t.Errorf("after stop: %v", got)
	}
	b.writes(Inbound{From: "+393205550102", Type: "preference", Text: "resume"})
	if got := promo("+393205550102"); got != nil {
		t.Errorf("after resume: %v", got)
	}
}

func TestBlocks(t *testing.T) {
	b := start(t, nil)
	b.writes(Inbound{From: known1, Text: "ciao"})
	b.crowd.change(b.crowd.find(string(known1)), func(p *person) { p.blocked = true })
	if _, codes := b.fate(string(known1)); !slices.Equal(codes, []int{131026}) {
		t.Errorf("to who blocks us: %v", codes)
	}
	body := `{"messaging_product":"whatsapp","block_users":[{"user":"+393205550103"}]}`
	if status, v := b.call("POST", "/v23.0/"+phoneID+"/block_users", body); status != 200 {
		t.Fatal(status, v)
	}
	b.writes(Inbound{From: "+393205550103", Text: "ciao"})
	if _, codes := b.fate("+393205550103"); !slices.Equal(codes, []int{130403}) {
		t.Errorf("to whom we block: %v", codes)
	}
	_, v := b.call("GET", "/v23.0/"+phoneID+"/block_users", "")
	if list := v["data"].([]any); len(list) != 1 || list[0].(map[string]any)["wa_id"] != "393205550103" {
		t.Errorf("block list %v", v)
	}
	if status, _ := b.call("DELETE", "/v23.0/"+phoneID+"/block_users", body); status != 200 {
		t.Error(status)
	}
	if _, codes := b.fate("+393205550103"); len(codes) > 0 {
		t.Errorf("unblocked: %v", codes)
	}
}

func TestExpiredToken(t *testing.T) {
	b := start(t, nil)
	if status, v := b.call("POST", "/sandbox/number", `{"expired":true}`); status != 200 {
		t.Fatal(status, v)
	}
	if status, v := b.send(`{"to":"+393205550102","type":"text","text":{"body":"x"}}`); status != 401 || code(v) != 190 {
		t.Errorf("%d %v", status, v)
	}
	b.writes(Inbound{From: known1, Text: "still comes"})
	if ns := b.notes(); len(ns) != 1 {
		t.Error("callbacks need no token")
	}
}

// TestStatuses holds the states' order, their price and the ref to bsp/meta.md 6.4.
func TestStatuses(t *testing.T) {
	b := start(t, func(o *Options) { o.Limits = Unlimited() })
	prices, reads := map[string]int{}, 0
	for i := range 60 {
		id := b.text(fmt.Sprintf("+3932055502%02d", i), fmt.Sprint(i))
		b.drain(10 * time.Minute)
		ns := b.notes()
		states, _ := statuses(ns, id)
		if !slices.IsSortedFunc(states, func(x, y string) int { return int(rankOf(x)) - int(rankOf(y)) }) || states[0] != "sent" {
			t.Fatalf("states %v", states)
		}
		n := 0
		for _, note := range ns {
			for _, s := range note.change.Value.(messagesValue).Statuses {
				if s.Ref != fmt.Sprint("ref-", i) {
					t.Fatalf("ref %q", s.Ref)
				}
				if s.Pricing != nil {
					n++
					prices[s.Pricing.Category+" "+s.Pricing.Type]++
				}
			}
		}
		if n != 2 {
			t.Errorf("%d prices in %v, want one with sent and one after it", n, states)
		}
		if states[len(states)-1] == "read" {
			reads++
		}
	}
	if reads < 30 || reads == 60 {
		t.Errorf("%d of 60 strangers read", reads)
	}
	if len(prices) != 1 || prices["service regular"] == 0 {
		t.Errorf("prices %v", prices)
	}
}

func rankOf(s string) int { return slices.Index([]string{"accepted", "sent", "delivered", "read"}, s) }

func TestPriceBeforeOctober2026(t *testing.T) {
	b := start(t, func(o *Options) { o.Limits = Unlimited() })
	b.clock.t = time.Date(2026, 9, 30, 12, 0, 0, 0, time.UTC)
	p := b.crowd.meet(Person{Phone: known1})
	if got := b.price(p, nil, b.clock.now()); got.Billable || got.Type != "free_customer_service" {
		t.Errorf("%+v", got)
	}
}
