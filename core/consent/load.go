package consent

import (
	"encoding/json"
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
	return k, nil
}
