package sandbox

import (
	"encoding/json"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

func mustJSON(t testing.TB, v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// FuzzSend: whatever is posted, the answer is 200 with an id and one line in
// the ledger, or an error of Meta's shape and none.
func FuzzSend(f *testing.F) {
	for _, s := range []string{
		`{"messaging_product":"whatsapp","to":"+393205550102","type":"text","text":{"body":"x"},"context":{"message_id":"wamid.x"}}`,
		`{"messaging_product":"whatsapp","to":"+393205550102","type":"location","location":{"latitude":"43.7","longitude":11.2}}`,
		`{"messaging_product":"whatsapp","recipient":"US.1","type":"template","template":{"name":"order_ready","language":{"code":"it"},"components":[{"type":"button","index":"0","parameters":[]}]}}`,
		`{"messaging_product":"whatsapp","status":"read","message_id":"wamid.` + strings.Repeat("A", 20) + `","typing_indicator":{"type":"text"}}`,
		`{"messaging_product":"whatsapp","to":"+1","type":"interactive","interactive":{"type":"button","action":null}}`,
		`{"messaging_product":"whatsapp","to":"+393200131026","type":"contacts","contacts":[{"name":{"formatted_name":"x"}}]}`,
		`[]`, `{"to":1e999}`,
	} {
		f.Add(s)
	}
	w := world(f)
	f.Fuzz(func(t *testing.T, body string) {
		b := start(t, func(o *Options) { o.Limits, o.World = Unlimited(), w })
		r := httptest.NewRequest("POST", "/v23.0/"+phoneID+"/messages", strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+token)
		rec := httptest.NewRecorder()
		b.Handler().ServeHTTP(rec, r)
		var v map[string]any
		if err := json.Unmarshal(rec.Body.Bytes(), &v); err != nil {
			t.Fatalf("%d answered no JSON", rec.Code)
		}
		_, sent := v["messages"]
		switch {
		case rec.Code == 200 && (sent == (len(b.Ledger()) == 1)) && (sent || v["success"] == true):
		case slices.Contains([]int{400, 401, 403, 404, 500}, rec.Code) && code(v) != 0 && len(b.Ledger()) == 0:
		default:
			t.Fatalf("%d %s, %d in the ledger", rec.Code, rec.Body, len(b.Ledger()))
		}
	})
}

// FuzzWamid: nothing that only looks like an id breaks the reading of one.
func FuzzWamid(f *testing.F) {
	f.Add("wamid.HBgMNTczMDA1NTUwMTAxFQIAERgSQUJD")
	f.Add("wamid.")
	f.Add("wamid.HBj/AAAA")
	f.Fuzz(func(t *testing.T, id string) {
		if by, ok := wamidBy(id); ok && by == 0 && len(id) < 10 {
			t.Errorf("%q read as %x", id, by)
		}
	})
}
