package zenvia_test

import (
	"net/http"
	"testing"

	"bottega/bsp/bsptest"
	"bottega/bsp/wire"
	"bottega/bsp/zenvia"
	"bottega/core"
)

func TestSMS(t *testing.T) {
	texting := func(f *bsptest.Fake) core.Gateway {
		return zenvia.New(zenvia.Config{Account: core.Account{BaseURL: f.URL, SMSFrom: "padaria.rossi"}, Number: shop, Token: fixed, Wire: wire.Config{Client: f.Client, Log: f.Log, Now: noon}})
	}
	bsptest.RunSMS(t, bsptest.SMS{Accepted: `{"id":"a1","externalId":"b1:sms","from":"padaria.rossi","to":"393331234567","direction":"OUT","channel":"sms","contents":[]}`, Status: http.StatusOK, ID: "a1",
		Path: "/v2/channels/sms/messages", Refused: `{"code":"VALIDATION_ERROR","message":"no","details":[{"path":"to","message":"bad"}]}`, Limit: 1520, Spec: spec(t)}, texting, open)
}
