package webhook

import (
	"encoding/json"
	"net/http"
)

type pong struct {
	Nonce string `json:"bottega_pong"`
}

// maxPing bounds the body of a ping; a provider's callback is longer, and none
// has this one field.
const maxPing = 100

// Ping is the body of a callback of our own: signed as the provider signs, so
// that it goes the provider's whole way through proxy, tunnel and signature
// check, and recognised by this body, which the signature covers. It is
// answered and not kept. nonce is letters and digits, as rand.Text makes them.
func Ping(nonce string) []byte { return []byte(`{"bottega_ping":"` + nonce + `"}`) }

// Pong reports whether an answer's body answers the ping with this nonce.
func Pong(body []byte, nonce string) bool {
	var p pong
	return json.Unmarshal(body, &p) == nil && nonce != "" && p.Nonce == nonce
}

// pinged returns the nonce of a ping.
func pinged(body []byte) (string, bool) {
	if len(body) > maxPing {
		return "", false
	}
	fields := map[string]string{}
	if json.Unmarshal(body, &fields) != nil || len(fields) != 1 {
		return "", false
	}
	nonce, ok := fields["bottega_ping"]
	return nonce, ok && nonce != ""
}

func (h *handler) pong(w http.ResponseWriter, nonce string) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(pong{nonce}) // who has gone hears nothing
}
