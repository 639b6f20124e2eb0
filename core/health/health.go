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
	// Text and Media are the usual shares delivered of messages without and
	// with a file, from and to (S-040, S-041).
	Text  [2]float64 `json:"text"`
	Media [2]float64 `json:"media"`
	// Upload is how long the upload of a file usually takes, from and to (S-041).
	Upload [2]core.Duration `json:"upload"`
	Source string           `json:"source"`
	Date   string           `json:"date"`
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
	if t.Troubled <= 0 || t.Troubled > 1 || t.Least < 1 || t.LateAfter <= 0 || !share(t.Text) || !share(t.Media) || t.Upload[0] <= 0 || t.Upload[1] < t.Upload[0] {
		return t, core.Fail(core.InvalidInput, "health.LoadThresholds", nil)
	}
	return t, nil
}

// share reports whether a range lies between nothing and all.
func share(r [2]float64) bool { return r[0] > 0 && r[0] <= r[1] && r[1] <= 1 }

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

// Arrived is the part of messages that was delivered, 0 to 1; those still on
// their way count as not delivered.
func (d Destination) Arrived() float64 {
	if d.Total == 0 {
		return 0
	}
	return float64(d.Delivered) / float64(d.Total)
}

// Tally counts deliveries as they are read from the store.
type Tally struct {
	Thresholds Thresholds
	Now        time.Time
	// Country finds the country of a recipient.
	Country func(core.Phone, string) string

	by          map[string]*Destination
	text, media Destination
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
	t.count(t.by[c], d)
	switch d.Type {
	case core.TypeText:
		t.count(&t.text, d)
	case core.TypeImage, core.TypeVideo, core.TypeAudio, core.TypeDocument, core.TypeSticker:
		t.count(&t.media, d)
	}
}

// Kinds are the messages of all countries without and with a file; templates,
// places and cards are in neither.
func (t *Tally) Kinds() (text, media Destination) { return t.text, t.media }

func (t *Tally) count(x *Destination, d core.Delivery) {
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
