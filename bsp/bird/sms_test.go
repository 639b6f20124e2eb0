package bird_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"bottega/bsp/bird"
	"bottega/bsp/bsptest"
	"bottega/bsp/wire"
	"bottega/core"
)

func texting(f *bsptest.Fake) core.Gateway {
	return bird.New(bird.Config{Account: core.Account{BaseURL: f.URL, SMSFrom: "FornoRossi"}, Number: shop, Key: fixed, Wire: wire.Config{Client: f.Client, Log: f.Log, Now: noon}})
}

func TestSMS(t *testing.T) {
	bsptest.RunSMS(t, bsptest.SMS{Accepted: `{"id":"sms_01kb0ttegaexamp1e000000001","status":"accepted"}`, Status: http.StatusAccepted, ID: "sms_01kb0ttegaexamp1e000000001",
		Path: "/v1/sms/messages", Refused: refused("validation_error", "E1", "SMSInvalidRecipient"), Limit: 804, Spec: spec(t)}, texting, open)
}

// It is sent once under our ref, as transactional, and the ref comes back.
func TestSMSBody(t *testing.T) {
	f := bsptest.NewFake(t, spec(t))
	f.Answer(http.StatusAccepted, `{"id":"sms_01kb0ttegaexamp1e000000001"}`)
	tx, _ := core.Port[core.Texter](texting(f))
	if _, err := tx.SendSMS(t.Context(), core.SMS{Ref: "b1:sms", To: "+393331234567", Text: "Pronto"}); err != nil {
		t.Fatal(err)
	}
	r := f.Requests()[0]
	var b struct {
		From, Category string
		Metadata       map[string]string
	}
	if err := json.Unmarshal(r.Body, &b); err != nil || b.From != "FornoRossi" || b.Category != "transactional" || b.Metadata["local_id"] != "b1:sms" || r.Header.Get("Idempotency-Key") != "b1:sms" {
		t.Errorf("%s, %v, %v", r.Body, r.Header, err)
	}
}
