package consent

import (
	"encoding/json"
	"errors"
	"io/fs"

	"bottega/core"
)

// LoadKeywords reads consent.json of the rule data.
func LoadKeywords(rules fs.FS) (Keywords, error) {
	b, err := fs.ReadFile(rules, "consent.json")
	if err != nil {
		return Keywords{}, core.Fail(core.NotFound, "consent.LoadKeywords", err)
	}
	var k Keywords
	if err := json.Unmarshal(b, &k); err != nil {
		return Keywords{}, core.Fail(core.InvalidInput, "consent.LoadKeywords", err)
	}
	for _, texts := range []map[string]string{k.Confirm.Marketing, k.Confirm.Everything} {
		if texts[k.Confirm.Default] == "" {
			return Keywords{}, core.Fail(core.InvalidInput, "consent.LoadKeywords", errors.New("no confirmation in the default language"))
		}
	}
	return k, nil
}
