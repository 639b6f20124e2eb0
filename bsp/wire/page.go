package wire

import (
	"encoding/json"

	"bottega/core"
)

// perBody is how many listed items stand in one body for the journal: a row is
// read whole, in one transaction.
const perBody = 100

// Bodies writes listed items as bodies of the form {"key":[…]}, in order.
func Bodies(key string, items []json.RawMessage) ([][]byte, error) {
	var out [][]byte
	for len(items) > 0 {
		n := min(perBody, len(items))
		b, err := json.Marshal(map[string][]json.RawMessage{key: items[:n]})
		if err != nil {
			return nil, err
		}
		out, items = append(out, b), items[n:]
	}
	return out, nil
}

// NoUpload is the answer of a provider that takes files from the web only.
func NoUpload(op string) error {
	return core.Fail(core.BadMedia, op, &core.ProviderError{Code: "no_upload", Class: core.ClassMedia, Message: "files of this computer cannot be sent by this provider"})
}
