// Package health judges how well messages arrive: the share that fails or
// comes late, by the country they go to.
package health

import (
	"cmp"
	"encoding/json"
	"io/fs"
	"slices"
	"time"

	"bottega/core"
)

// Thresholds of delivery, as data with their source.
type Thresholds struct {
	// Troubled is the share of failed and late messages from which a country
	// is flagged (S-027: 10 to 15 % are lost or delayed abroad).
	Troubled float64 `json:"troubled"`
	// Least is how many messages a share needs to mean anything.
	Least int `json:"least"`
	// LateAfter is the time from the provider's acceptance to the phone from
	// which a message counts as late; one without a receipt counts so as well.
	LateAfter core.Duration `json:"late_after"`
	Source    string        `json:"source"`
	Date      string        `json:"date"`
}

// LoadThresholds reads delivery.json of the rule data.
func LoadThresholds(rules fs.FS) (Thresholds, error) {
	var t Thresholds
	b, err := fs.ReadFile(rules, "delivery.json")
	if err != nil {
		return t, core.Fail(core.NotFound, "health.LoadThresholds", err)
	}
	if err := json.Unmarshal(b, &t); err != nil {
		return t, core.Fail(core.InvalidInput, "health.LoadThresholds", err)
	}
	if t.Troubled <= 0 || t.Troubled > 1 || t.Least < 1 || t.LateAfter <= 0 {
		return t, core.Fail(core.InvalidInput, "health.LoadThresholds", nil)
	}
	return t, nil
}

// Destination is how messages to one country fared. Each message is counted
// once: Delivered (Late and Read are parts of it), Failed, or Open.
type Destination struct {
	Country   string // ISO 3166, "" where neither number nor user id tells
	Total     int
	Delivered int
	Read      int
	Late      int // delivered after LateAfter, or open for longer than that
	Failed    int
	Open      int // on their way, or unsure
	Troubled  bool
}

// Share is the part of messages that failed or came late, 0 to 1.
func (d Destination) Share() float64 {
	if d.Total == 0 {
		return 0
	}
	return float64(d.Failed+d.Late) / float64(d.Total)
}

// Tally counts deliveries as they are read from the store.
type Tally struct {
	Thresholds Thresholds
	Now        time.Time
	// Country finds the country of a recipient.
	Country func(core.Phone, string) string

	by map[string]*Destination
}

// Add counts one message.
func (t *Tally) Add(d core.Delivery) {
	c := t.Country(d.Phone, d.UserID)
	if t.by == nil {
		t.by = map[string]*Destination{}
	}
	if t.by[c] == nil {
		t.by[c] = &Destination{Country: c}
	}
	x := t.by[c]
	x.Total++
	late := t.Thresholds.LateAfter.D()
	switch d.State {
	case core.Failed:
		x.Failed++
	case core.Delivered, core.Read:
		x.Delivered++
		if d.State == core.Read {
			x.Read++
		}
		if !d.SentAt.IsZero() && !d.DeliveredAt.IsZero() && d.DeliveredAt.Sub(d.SentAt) > late {
			x.Late++
		}
	default:
		x.Open++
		if d.State.Terminal() && t.Now.Sub(d.At) > late {
			x.Late++
		}
	}
}

// Destinations lists the countries, most messages first, and their sum.
func (t *Tally) Destinations() (list []Destination, sum Destination) {
	for _, d := range t.by {
		d.Troubled = d.Total >= t.Thresholds.Least && d.Share() >= t.Thresholds.Troubled
		list = append(list, *d)
		sum.Total += d.Total
		sum.Delivered += d.Delivered
		sum.Read += d.Read
		sum.Late += d.Late
		sum.Failed += d.Failed
		sum.Open += d.Open
	}
	sum.Troubled = sum.Total >= t.Thresholds.Least && sum.Share() >= t.Thresholds.Troubled
	slices.SortFunc(list, func(a, b Destination) int {
		return cmp.Or(cmp.Compare(b.Total, a.Total), cmp.Compare(a.Country, b.Country))
	})
	return list, sum
}
