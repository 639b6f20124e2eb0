package campaign

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"slices"
	"time"

	"bottega/core"
)

// Fact is a number with the place it comes from and the day it was read there.
type Fact[T any] struct {
	Value  T      `json:"value"`
	Source string `json:"source"`
	Date   string `json:"date"`
}

func (f Fact[T]) origin() (source, date string) { return f.Source, f.Date }

// Rules are all numbers of this package, from assets/rules/campaign.json.
type Rules struct {
	PerMinute         Fact[int]           `json:"per_minute"`
	PerSecondMax      Fact[int]           `json:"per_second_max"`
	PlatformPerSecond Fact[int]           `json:"platform_per_second"`
	SuccessLeast      Fact[float64]       `json:"success_least"`
	NewFor            Fact[core.Duration] `json:"new_for"`
	NewPerHour        Fact[int]           `json:"new_per_hour"`
	Limits            Fact[[]int]         `json:"limits"`
	LimitUnknown      Fact[int]           `json:"limit_unknown"`
	LimitSpan         Fact[core.Duration] `json:"limit_span"`
	PairEvery         Fact[core.Duration] `json:"pair_every"`
	PairBurst         Fact[int]           `json:"pair_burst"`

	PromoRest   Fact[core.Duration] `json:"promo_rest"`
	CappedRest  Fact[core.Duration] `json:"capped_rest"`
	ColdAfter   Fact[core.Duration] `json:"cold_after"`
	Quiet       Fact[Quiet]         `json:"quiet"`
	NoMarketing Fact[[]string]      `json:"no_marketing"` // ISO 3166 countries

	NightShare    Fact[float64] `json:"night_share"`
	TemplateShare Fact[float64] `json:"template_share"`
	NewReply      Fact[float64] `json:"new_reply"`
	QuotaNear     Fact[float64] `json:"quota_near"`

	Golden       Fact[[]core.Interval] `json:"golden"`
	GoldenWeight Fact[int]             `json:"golden_weight"`
	GoldenSpan   Fact[int]             `json:"golden_span"` // hours
	GoldenMargin Fact[core.Duration]   `json:"golden_margin"`
	BestSpan     Fact[int]             `json:"best_span"` // hours
	UtilitySlot  Fact[WeekSlot]        `json:"utility_slot"`

	Funnel         Fact[Averages]   `json:"funnel"`
	DeliveredLeast Fact[float64]    `json:"delivered_least"`
	ReplyLeast     Fact[float64]    `json:"reply_least"`
	ReplyLow       Fact[float64]    `json:"reply_low"`
	ReplyNotice    Fact[[2]float64] `json:"reply_notice"`
	ReplyAdvert    Fact[[2]float64] `json:"reply_advert"`
	ReplyCurve     Fact[Curve]      `json:"reply_curve"`
	Segmented      Fact[[2]float64] `json:"segmented"`

	PauseFailed  Fact[Threshold]            `json:"pause_failed"`
	PauseBlocked Fact[Threshold]            `json:"pause_blocked"`
	Retry        Fact[map[core.Class]Retry] `json:"retry"`

	SlowBy     Fact[float64]       `json:"slow_by"`
	SlowFloor  Fact[float64]       `json:"slow_floor"`
	SlowRest   Fact[core.Duration] `json:"slow_rest"`
	Recover    Fact[core.Duration] `json:"recover"`
	WarmStart  Fact[int]           `json:"warm_start"`
	WarmGrowth Fact[float64]       `json:"warm_growth"`
	WarmUsed   Fact[float64]       `json:"warm_used"`

	ConvertWithin Fact[core.Duration] `json:"convert_within"`

	SMSWithin Fact[core.Duration] `json:"sms_within"`
	ABLevel   Fact[float64]       `json:"ab_level"`
	ABPower   Fact[float64]       `json:"ab_power"`
	ABLeast   Fact[float64]       `json:"ab_least"`
	Batch     Fact[int]           `json:"batch"`
	OwnPhones Fact[int]           `json:"own_phones"` // how many phones may be the shop's own
}

// Averages are the seeds' marks of the funnel: shares of the sent messages.
type Averages struct {
	Delivered float64 `json:"delivered"`
	Read      float64 `json:"read"`
	Replied   float64 `json:"replied"`
	Converted float64 `json:"converted"`
}

// Curve is how fast customers answer a campaign.
type Curve struct {
	Early      core.Duration `json:"early"`
	EarlyShare float64       `json:"early_share"` // answered by then
	Late       core.Duration `json:"late"`
	LateShare  float64       `json:"late_share"` // answered after that
}

// Threshold is a share that means something from Least messages on.
type Threshold struct {
	Share float64 `json:"share"`
	Least int     `json:"least"`
}

// Crossed reports whether n of all reach the threshold.
func (t Threshold) Crossed(n, all int) bool {
	return all >= t.Least && all > 0 && float64(n) >= t.Share*float64(all)
}

// WeekSlot is a part of a weekday in minutes since midnight.
type WeekSlot struct {
	Weekday time.Weekday `json:"weekday"`
	From    int          `json:"from"`
	To      int          `json:"to"`
}

// LoadRules reads campaign.json below the tree of rules. A missing or unknown
// number, one without source or date, or numbers that contradict each other
// give InvalidInput with the name in the cause.
func LoadRules(rules fs.FS) (Rules, error) {
	const op = "campaign.LoadRules"
	var r Rules
	b, err := fs.ReadFile(rules, "campaign.json")
	if err != nil {
		return r, core.Fail(core.InvalidInput, op, err)
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&r); err != nil {
		return r, core.Fail(core.InvalidInput, op, err)
	}
	if err := errors.Join(r.sourced(), r.usable()); err != nil {
		return Rules{}, core.Fail(core.InvalidInput, op, err)
	}
	return r, nil
}

// sourced finds a number that does not say where it comes from.
func (r *Rules) sourced() error {
	var errs []error
	v := reflect.ValueOf(*r)
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("json")
		f, ok := v.Field(i).Interface().(interface{ origin() (string, string) })
		if !ok {
			errs = append(errs, fmt.Errorf("%s: not a fact", name))
			continue
		}
		source, date := f.origin()
		if _, err := time.Parse(time.DateOnly, date); err != nil || source == "" {
			errs = append(errs, fmt.Errorf("%s: no source or no date", name))
		}
	}
	return errors.Join(errs...)
}

// usable finds numbers that the rest cannot work with.
func (r *Rules) usable() error {
	share := func(fs ...float64) bool {
		return !slices.ContainsFunc(fs, func(f float64) bool { return f <= 0 || f > 1 })
	}
	positive := func(ds ...core.Duration) bool {
		return !slices.ContainsFunc(ds, func(d core.Duration) bool { return d <= 0 })
	}
	minutes := func(list ...core.Interval) bool {
		return len(list) > 0 && !slices.ContainsFunc(list, func(i core.Interval) bool { return i.From < 0 || i.From >= i.To || i.To > day })
	}
	q, slot := r.Quiet.Value, r.UtilitySlot.Value
	checks := map[string]bool{
		"pace": r.PerMinute.Value > 0 && r.PerSecondMax.Value > 0 && r.PlatformPerSecond.Value >= r.PerSecondMax.Value &&
			r.NewPerHour.Value > 0 && r.PairBurst.Value > 0 && r.Batch.Value > 0 && r.OwnPhones.Value > 0,
		"limits": len(r.Limits.Value) > 0 && slices.IsSorted(r.Limits.Value) && r.Limits.Value[0] > 0 && r.LimitUnknown.Value > 0,
		"times": positive(r.NewFor.Value, r.LimitSpan.Value, r.PairEvery.Value, r.PromoRest.Value, r.CappedRest.Value, r.ColdAfter.Value,
			r.SlowRest.Value, r.Recover.Value, r.SMSWithin.Value, r.ConvertWithin.Value) && r.GoldenMargin.Value >= 0,
		"quiet":  q.From >= 0 && q.From < day && q.To >= 0 && q.To < day && q.From != q.To,
		"slots":  minutes(r.Golden.Value...) && minutes(core.Interval{From: slot.From, To: slot.To}) && slot.Weekday >= 0 && slot.Weekday <= 6,
		"golden": r.GoldenWeight.Value > 0 && r.GoldenSpan.Value > 0 && r.GoldenSpan.Value < 24 && r.BestSpan.Value > 0 && r.BestSpan.Value < 24,
		"shares": share(r.SuccessLeast.Value, r.NightShare.Value, r.TemplateShare.Value, r.NewReply.Value, r.QuotaNear.Value,
			r.DeliveredLeast.Value, r.ReplyLeast.Value, r.ReplyLow.Value, r.PauseFailed.Value.Share, r.PauseBlocked.Value.Share,
			r.SlowFloor.Value, r.WarmUsed.Value, r.ABLevel.Value, r.ABPower.Value, r.ABLeast.Value),
		"slow": r.SlowBy.Value > 0 && r.SlowBy.Value < 1,
		"warm": r.WarmStart.Value > 0 && r.WarmGrowth.Value > 1,
	}
	var errs []error
	for name, ok := range checks {
		if !ok {
			errs = append(errs, errors.New(name+" cannot be used"))
		}
	}
	for class, p := range r.Retry.Value {
		if !p.usable() {
			errs = append(errs, fmt.Errorf("retry %s cannot be used", class))
		}
	}
	return errors.Join(errs...)
}
