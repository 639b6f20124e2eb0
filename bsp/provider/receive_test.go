package provider

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"bottega/bsp/bird"
	"bottega/bsp/meta"
	"bottega/bsp/twilio"
	"bottega/bsp/webhook"
	"bottega/bsp/zenvia"
	"bottega/core"
	"bottega/core/coretest"
	"bottega/core/ingest"
)

const (
	whsec     core.Secret = "whsec_Ym90dGVnYS10ZXN0LXNpZ25pbmcta2V5LTAwMDAwMDE="
	plainWord core.Secret = "long-random-value"
)

// counter is a shop with a number at each provider, its receiver and its worker.
type counter struct {
	t    *testing.T
	shop *coretest.Mem
	http http.Handler
	work *ingest.Worker
}

func newCounter(t *testing.T) *counter { return newCounterAt(t, time.Now) }

// newCounterAt is a counter with a clock of its own.
func newCounterAt(t *testing.T, now func() time.Time) *counter {
	t.Helper()
	feed := core.NewFeed()
	c := &counter{t: t, shop: coretest.New(feed)}
	for name, ch := range map[string]core.Channel{
		"tw": {Provider: core.Twilio, Number: "+573005550100", Account: core.Account{SID: "AC00000000000000000000000000000000", PublicURL: "https://relay.example.com/hook"}},
		"bd": {Provider: core.Bird, Number: "+390212345678"},
		"ze": {Provider: core.Zenvia, Number: "+5511900000001"},
		"me": {Provider: core.Meta, Number: "+390555550100"},
	} {
		ch.Name, ch.State, ch.Account.PhoneNumberID = name, core.Active, string(ch.Number)
		if _, err := c.shop.SaveChannel(t.Context(), ch); err != nil {
			t.Fatal(err)
		}
	}
	s := &Set{Keys: ring{"tw": {AuthToken: "12345"}, "bd": {APIKey: "bk_eu1_x", WebhookSecret: whsec}, "ze": {Token: "z", WebhookSecret: plainWord}, "me": {Token: "m", AppSecret: "app", VerifyToken: "v"}}, Client: http.DefaultClient, Now: now, Log: slog.New(slog.DiscardHandler)}
	c.http = webhook.New(webhook.Options{Channel: s.Channel(c.shop), Journal: c.shop, Now: now})
	batch, err := ingest.LoadBatch(os.DirFS("../../assets/rules"))
	if err != nil {
		t.Fatal(err)
	}
	c.work = &ingest.Worker{Batch: batch, Store: c.shop, Decoders: Decoders(), Version: Version, Rules: coretest.Rules, Feed: feed, Now: now, Log: slog.New(slog.DiscardHandler), Owner: "one"}
	return c
}

// ring is a keyring by channel and field.
type ring map[string]map[string]core.Secret

func (r ring) Get(_ context.Context, channel, field string) (core.Secret, error) {
	if v, ok := r[channel][field]; ok {
		return v, nil
	}
	return "", core.Fail(core.NotFound, "test", nil)
}
func (ring) Set(context.Context, string, string, core.Secret) error { return nil }
func (ring) Delete(context.Context, string, string) error           { return nil }
func (ring) Where() string                                          { return "memory" }

// post delivers a callback and returns the status and body of the answer.
func (c *counter) post(path, kind, body string, header http.Header) (int, string) {
	c.t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header = header.Clone()
	r.Header.Set("Content-Type", kind)
	w := httptest.NewRecorder()
	c.http.ServeHTTP(w, r)
	out, err := io.ReadAll(w.Result().Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return w.Code, string(out)
}

const form = "application/x-www-form-urlencoded"

// signed are one message of each provider's, signed by its own rules.
func signed() map[string]func(path string) (body, kind string, header http.Header) {
	return map[string]func(string) (string, string, http.Header){
		"tw": func(string) (string, string, http.Header) {
			f := url.Values{"MessageSid": {"SM00000000000000000000000000000011"}, "SmsStatus": {"received"}, "From": {"whatsapp:+573005550101"}, "To": {"whatsapp:+573005550100"}, "Body": {"Hola"}, "NumMedia": {"0"}, "ProfileName": {"Ana"}}
			return f.Encode(), form, http.Header{twilio.SignatureHeader: {twilio.Sign("12345", "https://relay.example.com/hook", f)}}
		},
		"bd": func(string) (string, string, http.Header) {
			body := `{"type":"whatsapp.received","timestamp":"2026-11-22T06:40:12Z","data":{"whatsapp_id":"wam_1","from":{"phone_number":"+393331234567","display_name":"Giulia"},"to":{"phone_number":"+390212345678"},"text":{"body":"Ciao"}}}`
			now, h := time.Now(), http.Header{}
			h.Set(bird.IDHeader, "msg_1")
			h.Set(bird.TimeHeader, stamp(now))
			h.Set(bird.SignatureHeader, bird.Sign(whsec, "msg_1", now, []byte(body)))
			return body, "application/json", h
		},
		"me": func(string) (string, string, http.Header) {
			body := `{"object":"whatsapp_business_account","entry":[{"id":"2","changes":[{"field":"messages","value":{"messaging_product":"whatsapp","metadata":{"phone_number_id":"+390555550100"},"messages":[{"from":"393331234567","id":"wamid.1","timestamp":"1763900000","type":"text","text":{"body":"Olà"}}]}}]}]}`
			return body, "application/json", http.Header{meta.SignatureHeader: {meta.Sign("app", []byte(body))}}
		},
		"ze": func(string) (string, string, http.Header) {
			h := http.Header{}
			h.Set(zenvia.SecretHeader, plainWord.Reveal())
			return `{"id":"e","timestamp":"2026-11-22T06:40:12Z","type":"MESSAGE","channel":"whatsapp","direction":"IN","message":{"id":"m","from":"5511987654321","to":"5511900000001","visitor":{"name":"Ana"},"contents":[{"type":"text","text":"Oi"}]}}`, "application/json", h
		},
	}
}

func stamp(at time.Time) string { return strconv.FormatInt(at.Unix(), 10) }

// TestReceiveOfEachProvider: a signed callback becomes a message, once however
// often it comes; one that is not signed leaves nothing behind. The answer is
// empty: Twilio would send its text to the customer.
func TestReceiveOfEachProvider(t *testing.T) {
	c := newCounter(t)
	for name, make := range signed() {
		body, kind, header := make(name)
		path := "/webhooks/" + name
		for range 2 {
			if status, answer := c.post(path, kind, body, header); status != http.StatusOK || answer != "" {
				t.Errorf("%s: %d %q", name, status, answer)
			}
		}
		before := len(c.shop.Journal())
		for what, h := range map[string]http.Header{"unsigned": {}, "changed": header} {
			b := body
			if what == "changed" {
				b = strings.Replace(b, "O", "0", 1) + " "
			}
			if name == "ze" && what == "changed" {
				continue // a secret header signs no body
			}
			if status, _ := c.post(path, kind, b, h); status != http.StatusUnauthorized {
				t.Errorf("%s, %s: %d", name, what, status)
			}
		}
		if len(c.shop.Journal()) != before {
			t.Errorf("%s: what is not signed was kept", name)
		}
	}
	if _, err := c.work.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	texts := map[string]int{}
	for _, m := range c.shop.Messages() {
		texts[m.Text]++
	}
	if len(texts) != 4 || texts["Olà"] != 1 || texts["Hola"] != 1 || texts["Ciao"] != 1 || texts["Oi"] != 1 {
		t.Errorf("messages %v", texts)
	}
}

// TestKeyedPath: Zenvia is also reached by the path that nobody guesses; others
// are not, and a wrong one is refused though the header is right.
func TestKeyedPath(t *testing.T) {
	c := newCounter(t)
	body, kind, header := signed()["ze"]("ze")
	for path, want := range map[string]int{
		"/webhooks/ze/" + zenvia.PathKey(plainWord): http.StatusOK, "/webhooks/ze/9f2c6c1e": http.StatusUnauthorized, "/webhooks/bd/" + zenvia.PathKey(plainWord): http.StatusNotFound,
	} {
		if status, _ := c.post(path, kind, body, header); status != want {
			t.Errorf("%s: %d, want %d", path, status, want)
		}
	}
}

// TestRefOfAStatusCallback: our reference stands in the address only, and
// resolves a send of unknown outcome.
func TestRefOfAStatusCallback(t *testing.T) {
	c := newCounter(t)
	f := url.Values{"MessageSid": {"SM00000000000000000000000000000012"}, "MessageStatus": {"delivered"}, "From": {"whatsapp:+573005550100"}, "To": {"whatsapp:+573005550101"}}
	header := http.Header{twilio.SignatureHeader: {twilio.Sign("12345", "https://relay.example.com/hook?ref=b1%3A7", f)}}
	if status, _ := c.post("/webhooks/tw?ref=b1%3A7", form, f.Encode(), header); status != http.StatusOK {
		t.Fatalf("%d", status)
	}
	evs, err := twilio.Decoder{}.Decode(c.shop.Journal()[0].Body)
	if err != nil || len(evs) != 1 || evs[0].Ref != "b1:7" {
		t.Errorf("%+v, %v", evs, err)
	}
}

// polledPages are the messages of signed as the providers list them that can be asked.
func polledPages() map[string]string {
	return map[string]string{
		"tw": `{"messages":[{"sid":"SM00000000000000000000000000000011","direction":"inbound","status":"received","from":"whatsapp:+573005550101","to":"whatsapp:+573005550100","body":"Hola","num_media":"0","date_created":"Sat, 21 Nov 2026 15:04:05 +0000"}]}`,
		"bd": `{"data":[{"id":"wam_1","direction":"inbound","status":"received","from":{"phone_number":"+393331234567","display_name":"Giulia"},"to":{"phone_number":"+390212345678"},"text":{"body":"Ciao"},"created_at":"2026-11-22T06:40:12Z"}]}`,
	}
}

// poll puts what a provider listed into the journal.
func (c *counter) poll(name string) {
	c.t.Helper()
	ch, err := c.shop.ChannelByName(c.t.Context(), name)
	if err == nil {
		_, err = c.shop.AppendPolled(c.t.Context(), ch.ID, []byte(polledPages()[name]), time.Now())
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

// call delivers a provider's callback and wants a status.
func (c *counter) call(name string, want int) {
	c.t.Helper()
	body, kind, header := signed()[name](name)
	if status, _ := c.post("/webhooks/"+name, kind, body, header); status != want {
		c.t.Errorf("%s: status %d, want %d", name, status, want)
	}
}

// TestSamePollAndCallback: the same message by poll and by callback is one, at
// every provider that has both and whichever comes first.
func TestSamePollAndCallback(t *testing.T) {
	for name := range polledPages() {
		for _, callFirst := range []bool{true, false} {
			c := newCounter(t)
			if callFirst {
				c.call(name, http.StatusOK)
			}
			c.poll(name)
			c.poll(name)
			if !callFirst {
				c.call(name, http.StatusOK)
			}
			if _, err := c.work.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
			if ms := c.shop.Messages(); len(ms) != 1 {
				t.Errorf("%s, called first %v: %d messages", name, callFirst, len(ms))
			}
		}
	}
}

// TestClockTenMinutesOff: whoever signs the time as well refuses callbacks, and
// polling brings what they said; the others take no notice of our clock.
func TestClockTenMinutesOff(t *testing.T) {
	for _, off := range []time.Duration{-10 * time.Minute, 10 * time.Minute} {
		c := newCounterAt(t, func() time.Time { return time.Now().Add(off) })
		want := map[string]int{"tw": http.StatusOK, "ze": http.StatusOK, "me": http.StatusOK, "bd": http.StatusUnauthorized}
		for name := range signed() {
			c.call(name, want[name])
		}
		c.poll("bd")
		if _, err := c.work.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if ms := c.shop.Messages(); len(ms) != 4 {
			t.Errorf("%v off: %d messages of 4", off, len(ms))
		}
	}
}

// TestSend401OnOneChannel: a key that is wrong on one channel is no other's matter.
func TestSend401OnOneChannel(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Api-Token") != "" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, `{"id":"wam_1","sid":"SM1"}`)
	}))
	defer srv.Close()
	s := &Set{Keys: ring{"tw": {AuthToken: "12345"}, "bd": {APIKey: "bk_eu1_x"}, "ze": {Token: "z"}}, Client: srv.Client(), Now: time.Now, Log: slog.New(slog.DiscardHandler), Books: &Books{}}
	for name, want := range map[core.ProviderName]core.Class{core.Twilio: "", core.Bird: "", core.Zenvia: core.ClassAuth} {
		ch := core.Channel{Name: map[core.ProviderName]string{core.Twilio: "tw", core.Bird: "bd", core.Zenvia: "ze"}[name], Provider: name, Number: "+390212345678",
			Account: core.Account{SID: "AC00000000000000000000000000000000", BaseURL: srv.URL}}
		gw, err := s.Gateway(t.Context(), ch)
		if err != nil {
			t.Fatal(err)
		}
		_, err = gw.Send(t.Context(), core.Outgoing{Ref: "r", To: "+393331234567", Content: core.Content{Type: core.TypeText, Text: "x"}})
		pe := core.ProviderErrorOf(err)
		if (want == "") != (err == nil) || pe != nil && pe.Class != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
