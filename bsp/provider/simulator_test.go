package provider_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"bottega/bsp/provider"
	"bottega/bsp/sandbox"
	"bottega/core"
	"bottega/storage/secret"
)

// TestSimulatorSendsSMS: what the simulator takes is in its ledger of SMS, not
// in that of messages; refusals and lost answers say which they are.
func TestSimulatorSendsSMS(t *testing.T) {
	sim := sandbox.New(sandbox.Options{Seed: 1, Token: "key", Limits: sandbox.Unlimited()})
	h := sim.Handler()
	broken := false
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if broken {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		h.ServeHTTP(w, r)
	}))
	defer srv.Close()
	keys := secret.Memory()
	if err := keys.Set(t.Context(), "shop", provider.Token, "key"); err != nil {
		t.Fatal(err)
	}
	set := provider.Set{Keys: keys, Now: time.Now}
	open := func(id string) core.Texter {
		gw, err := set.Gateway(t.Context(), core.Channel{Name: "shop", Provider: core.Sandbox, Account: core.Account{PhoneNumberID: id, BusinessID: "100000000000201", BaseURL: srv.URL}})
		if err != nil {
			t.Fatal(err)
		}
		tx, ok := core.Port[core.Texter](gw)
		if !ok || !gw.Capabilities().SMS {
			t.Fatal("the simulator sends no SMS")
		}
		return tx
	}
	tx := open("100000000000101")
	m := core.SMS{Ref: "s1:2", To: "+393400131026", Text: "Pronto"}
	a, err := tx.SendSMS(t.Context(), m)
	got := sim.Texts()
	if err != nil || len(got) != 1 || got[0].ID != a.ProviderID || got[0].Ref != m.Ref || got[0].To != m.To || got[0].Parts != 1 || len(sim.Ledger()) != 0 {
		t.Errorf("%+v, %v: %+v", a, err, got)
	}
	if _, err := open("900000000000999").SendSMS(t.Context(), m); core.ProviderErrorOf(err) == nil || core.ProviderErrorOf(err).Uncertain {
		t.Errorf("another number: %v", err)
	}
	broken = true
	if _, err := tx.SendSMS(t.Context(), m); core.ProviderErrorOf(err) == nil || !core.ProviderErrorOf(err).Uncertain {
		t.Errorf("an answer that is lost: %v", err)
	}
	if _, err := tx.SendSMS(t.Context(), core.SMS{Ref: "x", To: m.To}); core.CodeOf(err) != core.EmptyMessage {
		t.Errorf("nothing to send: %v", err)
	}
	if n := len(sim.Texts()); n != 1 {
		t.Errorf("%d SMS", n)
	}
}
