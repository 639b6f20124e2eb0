package connect

import (
	"encoding/json"
	"io/fs"

	"bottega/core"
)

// Policy holds the waits and thresholds of connecting, as data with their
// sources: assets/rules/connect.json.
type Policy struct {
	Expiry core.Duration // how long before its end a key is warned of
	Ask    core.Duration // how often a key is asked about itself
	Tick   core.Duration // how long the tick of a test message may take
	TLS    string        // the oldest version that a callback's address may speak
	// Passphrase is how many characters a new pass phrase must have at least.
	Passphrase int
	// Cannot says where it is written that a provider cannot do something, by
	// provider and the name of the Ability.
	Cannot map[core.ProviderName]map[string]Source
}

// Source is where a fact stands, and when it was read there.
type Source struct {
	Source string `json:"source"`
	Date   string `json:"date"` // 2026-11-22
}

// LoadPolicy reads connect.json below the tree of rules. InvalidInput for a
// file that cannot be used.
func LoadPolicy(rules fs.FS) (Policy, error) {
	const op = "connect.LoadPolicy"
	type number[T any] struct {
		Value  T      `json:"value"`
		Source string `json:"source"`
		Date   string `json:"date"`
	}
	var file struct {
		Expiry number[core.Duration] `json:"expiry"`
		Ask    number[core.Duration] `json:"ask"`
		Tick   number[core.Duration] `json:"tick"`
		TLS    number[string]        `json:"tls"`
		Pass   number[int]           `json:"passphrase"`

		Cannot map[core.ProviderName]map[string]Source `json:"cannot"`
	}
	b, err := fs.ReadFile(rules, "connect.json")
	if err != nil {
		return Policy{}, core.Fail(core.NotFound, op, err)
	}
	if err := json.Unmarshal(b, &file); err != nil {
		return Policy{}, core.Fail(core.InvalidInput, op, err)
	}
	p := Policy{Expiry: file.Expiry.Value, Ask: file.Ask.Value, Tick: file.Tick.Value, TLS: file.TLS.Value, Passphrase: file.Pass.Value, Cannot: file.Cannot}
	if p.Expiry <= 0 || p.Ask <= 0 || p.Tick <= 0 || p.TLS == "" || p.Passphrase <= 0 {
		return Policy{}, core.Fail(core.InvalidInput, op, nil)
	}
	return p, nil
}
