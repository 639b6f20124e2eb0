package bsptest

import (
	"net/http"
	"strings"
	"testing"

	"bottega/core"
)

// SMS is what the suite must know of a provider that sends SMS.
type SMS struct {
	Accepted string // body of the answer to one that was taken
	Status   int    // of that answer
	ID       string // that Accepted gives
	Path     string // where they are sent to
	Refused  string // body of a refusal without a wait
	Limit    int    // longest text in characters
	Spec     *Spec
}

// RunSMS holds an adapter to the contract of core.Texter. open builds it for an
// account that has a sender of SMS, bare for one that has none.
func RunSMS(t *testing.T, d SMS, open, bare Open) {
	m := core.SMS{Ref: "b1:sms", To: "+393331234567", Text: "Forno Rossi: il suo ordine 881 è pronto."}
	texter := func(gw core.Gateway) core.Texter {
		tx, ok := core.Port[core.Texter](gw)
		if !ok {
			t.Fatal("sends no SMS")
		}
		return tx
	}
	t.Run("taken", func(t *testing.T) {
		f := NewFake(t, d.Spec)
		f.Answer(d.Status, d.Accepted)
		gw := open(f)
		a, err := texter(gw).SendSMS(t.Context(), m)
		if err != nil || a.ProviderID != d.ID || !gw.Capabilities().SMS {
			t.Errorf("%+v, %v, able: %v", a, err, gw.Capabilities().SMS)
		}
		rs := f.Requests()
		if len(rs) != 1 || rs[0].Path != d.Path || strings.Contains(string(rs[0].Body), "whatsapp:") || strings.Contains(string(rs[0].Body), "channels/whatsapp") {
			t.Fatalf("%+v", rs)
		}
	})
	t.Run("refused, lost, cut", func(t *testing.T) {
		for name, c := range map[string]struct {
			answer func(*Fake)
			want   core.Code
		}{
			"refused": {func(f *Fake) { f.Answer(http.StatusBadRequest, d.Refused) }, core.ProviderRefused},
			"cut":     {func(f *Fake) { f.Half("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{") }, core.OutcomeUnsure},
			"no id":   {func(f *Fake) { f.Answer(d.Status, `{}`) }, core.OutcomeUnsure},
			"away":    {func(f *Fake) { f.Stop() }, core.Unreachable},
		} {
			f := NewFake(t, nil)
			c.answer(f)
			_, err := texter(open(f)).SendSMS(t.Context(), m)
			if core.CodeOf(err) != c.want || core.ProviderErrorOf(err) == nil {
				t.Errorf("%s: %v, want %s", name, err, c.want)
			}
			if len(f.Requests()) > 1 {
				t.Errorf("%s: sent %d times", name, len(f.Requests()))
			}
		}
	})
	t.Run("before the network", func(t *testing.T) {
		f := NewFake(t, d.Spec)
		long, nobody, odd, empty, nameless := m, m, m, m, m
		long.Text, nobody.To, odd.To, empty.Text, nameless.Ref = strings.Repeat("a", d.Limit+1), "", "333 12", " \n", ""
		for want, ms := range map[core.Code][]core.SMS{core.TextTooLong: {long}, core.NoRecipient: {nobody}, core.InvalidInput: {odd, nameless}, core.EmptyMessage: {empty}} {
			for _, m := range ms {
				if _, err := texter(open(f)).SendSMS(t.Context(), m); core.CodeOf(err) != want {
					t.Errorf("%+v: %v, want %s", m, err, want)
				}
			}
		}
		if gw := bare(f); gw.Capabilities().SMS {
			t.Error("able without a sender")
		} else if _, err := texter(gw).SendSMS(t.Context(), m); core.CodeOf(err) != core.Unsupported {
			t.Errorf("without a sender: %v", err)
		}
		if len(f.Requests()) != 0 {
			t.Errorf("%d requests", len(f.Requests()))
		}
	})
}
