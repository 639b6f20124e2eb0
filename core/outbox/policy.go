package outbox

import (
	"encoding/json"
	"io/fs"
	"math"
	"time"

	"bottega/core"
)

// Policy is how the sender waits, as data with its source: assets/rules/outbox.json.
type Policy struct {
	First    core.Duration `json:"first"`     // wait after the first failed try
	Max      core.Duration `json:"max"`       // longest wait
	Jitter   float64       `json:"jitter"`    // part of a wait that is left to chance, 0 to 1
	Tries    int           `json:"tries"`     // tries of one message that the provider answers with "retry"
	PairBase float64       `json:"pair_base"` // pair limit: PairBase^X seconds, X from 0
	PairMax  core.Duration `json:"pair_max"`  // longest wait for one recipient
	Trip     int           `json:"trip"`      // open answers in a row after which a lane tries one message at a time

	PerSecond float64       `json:"per_second"` // messages of one channel; 0 for no limit
	Floor     float64       `json:"floor"`      // slowest rate that throttling leads to
	Recover   core.Duration `json:"recover"`    // time in which a slowed channel comes from nothing to its full rate

	SendTimeout core.Duration `json:"send_timeout"` // of one request
	Claim       core.Duration `json:"claim"`        // lease of a claimed message; longer than SendTimeout
	Hold        core.Duration `json:"hold"`         // lease of a channel
	Poll        core.Duration `json:"poll"`         // look for work that nobody announced
	Grace       core.Duration `json:"grace"`        // what a stop waits for requests on their way

	Source string `json:"source"`
	Date   string `json:"date"`
}

// LoadPolicy reads outbox.json below the tree of rules. It returns
// InvalidInput for a file that cannot be used.
func LoadPolicy(rules fs.FS) (Policy, error) {
	const op = "outbox.LoadPolicy"
	b, err := fs.ReadFile(rules, "outbox.json")
	if err != nil {
		return Policy{}, core.Fail(core.NotFound, op, err)
	}
	var p Policy
	if err := json.Unmarshal(b, &p); err != nil {
		return Policy{}, core.Fail(core.InvalidInput, op, err)
	}
	if !p.usable() {
		return Policy{}, core.Fail(core.InvalidInput, op, nil)
	}
	return p, nil
}

func (p *Policy) usable() bool {
	waits := p.First > 0 && p.Max >= p.First && p.Jitter >= 0 && p.Jitter <= 1 && p.PairBase >= 1 && p.PairMax > 0
	rate := p.PerSecond >= 0 && (p.PerSecond == 0 || p.Floor > 0 && p.Floor <= p.PerSecond) && p.Recover > 0
	leases := p.SendTimeout > 0 && p.Claim > p.SendTimeout && p.Hold > 0 && p.Poll > 0 && p.Grace >= 0
	return waits && rate && leases && p.Tries > 0 && p.Trip > 0
}

// backoff is the wait before try n+1, n from 1: First doubled each time up to
// Max, the last Jitter of it scaled by chance in [0,1).
func (p *Policy) backoff(n int, chance float64) time.Duration {
	d := p.First.D()
	for ; n > 1 && d < p.Max.D(); n-- {
		d *= 2
	}
	d = min(d, p.Max.D())
	return time.Duration(float64(d) * (1 - p.Jitter*chance))
}

// pair is the wait for one recipient after n pair-limit answers in a row, n from 1.
func (p *Policy) pair(n int) time.Duration {
	s := math.Pow(p.PairBase, float64(n-1))
	return time.Duration(min(s, p.PairMax.D().Seconds()) * float64(time.Second))
}
