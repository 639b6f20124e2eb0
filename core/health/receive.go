package health

import (
	"encoding/json"
	"io/fs"

	"bottega/core"
)

// Receive is what is expected of the way in, as data with its source.
type Receive struct {
	Silence Silence     `json:"silence"`
	Ping    PingPolicy  `json:"ping"`
	Answers AnswerGoals `json:"answers"`
}

// Silence says when a shop that hears nothing should wonder.
type Silence struct {
	Weeks     int           `json:"weeks"`      // of history that are looked at
	History   core.Duration `json:"history"`    // from when on the shop's own rhythm counts
	Chance    float64       `json:"chance"`     // below it a silence is none of the shop's own
	Sure      float64       `json:"sure"`       // the most that any hour counts as busy
	Least     core.Duration `json:"least"`      // no shorter silence is told of
	Unknown   core.Duration `json:"unknown"`    // while the rhythm is not known
	Most      core.Duration `json:"most"`       // however quiet the shop is
	StalePoll core.Duration `json:"stale_poll"` // a provider that is asked must have answered within
	Beat      core.Duration `json:"beat"`       // how often the running program says that it runs
	Gone      core.Duration `json:"gone"`       // it does not run when it has not said so for as long
	Source    string        `json:"source"`
	Date      string        `json:"date"`
}

// PingPolicy is how often a public address is tried.
type PingPolicy struct {
	Every   core.Duration `json:"every"`
	Timeout core.Duration `json:"timeout"`
	Source  string        `json:"source"`
	Date    string        `json:"date"`
}

// AnswerGoals are for the answers to callbacks.
type AnswerGoals struct {
	Median core.Duration `json:"median"`
	Limit  core.Duration `json:"limit"`  // of the 99th percentile
	Errors float64       `json:"errors"` // share that is not answered as asked
	Keep   core.Duration `json:"keep"`   // how long the counts are kept
	Source string        `json:"source"`
	Date   string        `json:"date"`
}

// LoadReceive reads receive.json of the rule data. InvalidInput for a file that
// cannot be used.
func LoadReceive(rules fs.FS) (Receive, error) {
	const op = "health.LoadReceive"
	var r Receive
	b, err := fs.ReadFile(rules, "receive.json")
	if err != nil {
		return r, core.Fail(core.NotFound, op, err)
	}
	if err := json.Unmarshal(b, &r); err != nil {
		return r, core.Fail(core.InvalidInput, op, err)
	}
	s, a := &r.Silence, &r.Answers
	if s.Weeks < 1 || s.History <= 0 || s.Chance <= 0 || s.Chance >= 1 || s.Sure <= 0 || s.Sure >= 1 || s.Least <= 0 || s.Unknown < s.Least || s.Most < s.Unknown ||
		s.StalePoll <= 0 || s.Beat <= 0 || s.Gone <= s.Beat || r.Ping.Every <= 0 || r.Ping.Timeout <= 0 ||
		a.Median <= 0 || a.Limit < a.Median || a.Errors <= 0 || a.Errors >= 1 || a.Keep <= 0 {
		return r, core.Fail(core.InvalidInput, op, nil)
	}
	return r, nil
}
