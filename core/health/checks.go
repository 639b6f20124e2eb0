package health

import (
	"encoding/json"
	"io/fs"

	"bottega/core"
)

// Checks are what doctor holds a computer and its channels to, as data with
// its source.
type Checks struct {
	ClockWarn  core.Duration `json:"clock_warn"`  // how far the clock may be from a provider's
	ClockLimit core.Duration `json:"clock_limit"` // from here on callbacks are refused
	Templates  core.Duration `json:"templates"`   // how old the list of templates may be
	Wait       core.Duration `json:"wait"`        // for a provider's answer
	Cores      int           `json:"cores"`       // that a server should have (S-126)
	Memory     int64         `json:"memory"`      // and its memory in bytes
	Review     core.Duration `json:"review"`      // how long a technical review may take (S-101)
	Source     string        `json:"source"`
	Date       string        `json:"date"`
}

// LoadChecks reads doctor.json of the rule data.
func LoadChecks(rules fs.FS) (Checks, error) {
	const op = "health.LoadChecks"
	var c Checks
	b, err := fs.ReadFile(rules, "doctor.json")
	if err != nil {
		return c, core.Fail(core.NotFound, op, err)
	}
	if err := json.Unmarshal(b, &c); err != nil {
		return c, core.Fail(core.InvalidInput, op, err)
	}
	if c.ClockWarn <= 0 || c.ClockLimit < c.ClockWarn || c.Templates <= 0 || c.Wait <= 0 || c.Cores <= 0 || c.Memory <= 0 || c.Review <= 0 {
		return c, core.Fail(core.InvalidInput, op, nil)
	}
	return c, nil
}
