package twilio_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"

	"bottega/bsp/bsptest"
	"bottega/bsp/twilio"
	"bottega/bsp/wire"
	"bottega/core"
)

func texting(f *bsptest.Fake, a core.Account, number core.Phone) *twilio.Gateway {
	a.SID, a.BaseURL = ac, f.URL
	return twilio.New(twilio.Config{Account: a, Number: number, Wire: wire.Config{Client: f.Client, Log: f.Log, Now: noon},
		Token: func(context.Context) (core.Secret, error) { return token, nil }})
}

func TestSMS(t *testing.T) {
	bsptest.RunSMS(t, bsptest.SMS{Accepted: accepted(sm + "1"), Status: http.StatusCreated, ID: sm + "1", Path: listPath, Refused: refusedWith(21211, "invalid To"), Limit: 1600, Spec: spec(t)},
		open, func(f *bsptest.Fake) core.Gateway { return texting(f, core.Account{}, "") })
}

// The sender that the account names comes before its messaging service, and
// that before the number; statuses find their way back by the ref.
func TestSMSSender(t *testing.T) {
	service := "MG00000000000000000000000000000001"
	for name, c := range map[string]struct {
		account core.Account
		number  core.Phone
		want    url.Values
	}{
		"named":   {core.Account{SMSFrom: "FornoRossi", Service: service}, shop, url.Values{"From": {"FornoRossi"}}},
		"service": {core.Account{Service: service}, shop, url.Values{"MessagingServiceSid": {service}}},
		"number":  {core.Account{PublicURL: "https://relay.example.com/webhooks/shop"}, shop, url.Values{"From": {string(shop)}, "StatusCallback": {"https://relay.example.com/webhooks/shop?ref=b1%3Asms"}}},
	} {
		f := bsptest.NewFake(t, spec(t))
		f.Answer(http.StatusCreated, accepted(sm+"1"))
		if _, err := texting(f, c.account, c.number).SendSMS(t.Context(), core.SMS{Ref: "b1:sms", To: "+393331234567", Text: "Pronto"}); err != nil {
			t.Fatal(err)
		}
		got, err := url.ParseQuery(string(f.Requests()[0].Body))
		c.want.Set("To", "+393331234567")
		c.want.Set("Body", "Pronto")
		if err != nil || got.Encode() != c.want.Encode() {
			t.Errorf("%s: %s, want %s (%v)", name, got.Encode(), c.want.Encode(), err)
		}
	}
}

// A status of an SMS is one of its message, though it names no WhatsApp address.
func TestSMSStatus(t *testing.T) {
	_, record := twilio.Callback(token, "")
	r, err := http.NewRequest(http.MethodPost, "https://relay.example.com/webhooks/shop?ref=b1%3Asms", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	body := record(r, []byte("MessageSid="+sm+"1&MessageStatus=delivered&From=%2B390212345678&To=%2B393331234567&AccountSid="+ac))
	es, err := twilio.Decoder{}.Decode(body)
	if err != nil || len(es) != 1 || es[0].Kind != core.EvStatus || es[0].Status != core.Delivered || es[0].ID != sm+"1" || es[0].Ref != "b1:sms" {
		t.Errorf("%+v, %v", es, err)
	}
}
