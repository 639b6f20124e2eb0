// Package offer compares what providers take for a shop's own messages: dated
// offers as data, those of today and those of the acceptance table side by side.
// Arithmetic is decimal, and currencies are never added together.
package offer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"bottega/core"
)

// Offer is one provider's price at a time. A figure that nobody publishes is
// nil, and then nothing is reckoned with it.
type Offer struct {
	ID         string            `json:"id"`
	Provider   core.ProviderName `json:"provider,omitempty"` // "" where bottega has no adapter
	Name       string            `json:"name"`
	AsOf       string            `json:"as_of"`          // what time it speaks of
	Seed       bool              `json:"seed,omitempty"` // of the acceptance table, beside today's
	Currency   string            `json:"currency"`
	Monthly    *decimal.Decimal  `json:"monthly,omitempty"`
	PerNumber  *decimal.Decimal  `json:"per_number,omitempty"` // a number and month
	PerMessage *decimal.Decimal  `json:"per_message,omitempty"`
	Failed     *decimal.Decimal  `json:"failed,omitempty"`    // instead of PerMessage, for one that did not arrive
	BothWays   bool              `json:"both_ways,omitempty"` // received messages as well
	Included   int               `json:"included"`            // messages of a month without PerMessage
	Markup     *decimal.Decimal  `json:"markup,omitempty"`    // share on top of the platform's rate
	Overage    bool              `json:"overage,omitempty"`   // there is a quota whose end costs or stops
	ReviewDays [2]int            `json:"review_days"`
	Source     string            `json:"source"`
	Date       string            `json:"date"`
}

// Extra is a cost that contracts hide (S-156 to S-159).
type Extra struct {
	ID       string          `json:"id"`
	Per      Per             `json:"per"`
	Currency string          `json:"currency"`
	Low      decimal.Decimal `json:"low"`
	High     decimal.Decimal `json:"high"`
	Note     string          `json:"note"`
	Source   string          `json:"source"`
	Date     string          `json:"date"`
}

// Per is what an Extra is charged for.
type Per string

// What extras are charged for.
const (
	PerReview   Per = "review"
	PerThousand Per = "thousand" // messages beyond the included ones
	PerNumber   Per = "number"
	PerEdit     Per = "edit" // of a template
)

// Level is a class of providers as the acceptance table has them (S-153 to S-155).
type Level struct {
	ID            string           `json:"id"`
	Example       string           `json:"example"`
	Approval      decimal.Decimal  `json:"approval"` // share of templates
	Days          decimal.Decimal  `json:"days"`     // until a shop is active
	Support       [2]int           `json:"support_minutes"`
	MonthlyFrom   *decimal.Decimal `json:"monthly_from,omitempty"` // USD
	Uptime        *decimal.Decimal `json:"uptime,omitempty"`
	DelayedAbroad *decimal.Decimal `json:"delayed_abroad,omitempty"`
	Source        string           `json:"source"`
	Date          string           `json:"date"`
}

// Choice is what choosing well or badly was found to bring (S-150 to S-152).
type Choice struct {
	DaysWrong   decimal.Decimal `json:"days_wrong"`
	DaysRight   decimal.Decimal `json:"days_right"`
	Hidden      decimal.Decimal `json:"hidden"`
	Slow        decimal.Decimal `json:"slow"`
	InvalidLow  decimal.Decimal `json:"invalid_low"`
	InvalidHigh decimal.Decimal `json:"invalid_high"`
	Source      string          `json:"source"`
	Date        string          `json:"date"`
}

// Market is every offer that is known.
type Market struct {
	Offers []Offer `json:"offers"`
	Extras []Extra `json:"extras"`
	Levels []Level `json:"levels"`
	Choice Choice  `json:"choice"`
}

// Load reads providers.json of the rule data. InvalidInput for a file that
// cannot be used: an unknown field, a price below zero, one without its source.
func Load(rules fs.FS) (Market, error) {
	const op = "offer.Load"
	b, err := fs.ReadFile(rules, "providers.json")
	if err != nil {
		return Market{}, core.Fail(core.NotFound, op, err)
	}
	var m Market
	if err := m.read(b); err != nil {
		return Market{}, core.Fail(core.InvalidInput, op, err)
	}
	return m, nil
}

// With adds the offers of a file of the shop's own, of the same form; one with
// an id that is there replaces it. InvalidInput for a file that cannot be used.
func (m Market) With(file []byte) (Market, error) {
	var own Market
	if err := own.read(file); err != nil {
		return Market{}, core.Fail(core.InvalidInput, "offer.With", err)
	}
	m.Offers = slices.Clone(m.Offers)
	for _, o := range own.Offers {
		if i := slices.IndexFunc(m.Offers, func(x Offer) bool { return x.ID == o.ID }); i >= 0 {
			m.Offers[i] = o
		} else {
			m.Offers = append(m.Offers, o)
		}
	}
	return m, nil
}

func (m *Market) read(b []byte) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(m); err != nil {
		return err
	}
	var errs []error
	seen := map[string]bool{}
	for i := range m.Offers {
		o := &m.Offers[i]
		if seen[o.ID] {
			errs = append(errs, fmt.Errorf("offer %s stands twice", o.ID))
		}
		seen[o.ID] = true
		errs = append(errs, o.check())
	}
	for _, x := range m.Extras {
		known := slices.Contains([]Per{PerReview, PerThousand, PerNumber, PerEdit}, x.Per)
		if !known || x.Low.IsNegative() || x.High.LessThan(x.Low) || x.Currency == "" {
			errs = append(errs, fmt.Errorf("extra %s cannot be", x.ID))
		}
		errs = append(errs, origin("extra "+x.ID, x.Source, x.Date))
	}
	for _, l := range m.Levels {
		errs = append(errs, origin("level "+l.ID, l.Source, l.Date))
	}
	return errors.Join(errs...)
}

func (o *Offer) check() error {
	errs := []error{origin("offer "+o.ID, o.Source, o.Date)}
	for _, d := range []*decimal.Decimal{o.Monthly, o.PerNumber, o.PerMessage, o.Failed, o.Markup} {
		if d != nil && (d.IsNegative() || d.GreaterThan(decimal.NewFromInt(1_000_000))) {
			errs = append(errs, fmt.Errorf("offer %s: a price that cannot be", o.ID))
		}
	}
	if o.ID == "" || o.Name == "" || len(o.Currency) != 3 || o.Included < 0 || o.ReviewDays[0] < 0 || o.ReviewDays[1] < o.ReviewDays[0] {
		errs = append(errs, fmt.Errorf("offer %s lacks something", o.ID))
	}
	return errors.Join(errs...)
}

// origin refuses a figure that does not say where it comes from and when.
func origin(name, source, date string) error {
	if source == "" {
		return fmt.Errorf("%s: no source", name)
	}
	if _, err := time.Parse(time.DateOnly, date); err != nil {
		return fmt.Errorf("%s: date: %w", name, err)
	}
	return nil
}
