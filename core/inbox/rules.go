package inbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"bottega/core"
	"bottega/core/fold"
)

// sourced is a number with where it comes from.
type sourced[T any] struct {
	Value  *T     `json:"value"`
	Source string `json:"source"`
	Date   string `json:"date"`
}

func (s sourced[T]) check(name string) error {
	switch {
	case s.Value == nil:
		return fmt.Errorf("%s: no value", name)
	case s.Source == "":
		return fmt.Errorf("%s: no source", name)
	}
	if _, err := time.Parse(time.DateOnly, s.Date); err != nil {
		return fmt.Errorf("%s: date: %w", name, err)
	}
	return nil
}

// origin gathers the sources of several numbers and the oldest date.
type origin struct{ sources, date string }

func (o *origin) add(name, source, date string) {
	if o.sources != "" {
		o.sources += "; "
	}
	o.sources += name + ": " + source
	if o.date == "" || date < o.date {
		o.date = date
	}
}

// LoadRules reads targets.json, policy.json, limits.json, hours.json and
// courtesy/*.json from fsys (assets.Rules()). A missing file, an unknown field,
// a number without source or date, or numbers that contradict each other give
// InvalidInput, with file and field in the cause. Hours are the ones of a shop
// that has not set its own.
func LoadRules(fsys fs.FS) (core.Rules, error) {
	var r core.Rules
	for _, load := range []func(fs.FS, *core.Rules) error{loadTargets, loadPolicy, loadLimits, loadHours, loadCourtesies} {
		if err := load(fsys, &r); err != nil {
			return core.Rules{}, core.Fail(core.InvalidInput, "inbox.LoadRules", err)
		}
	}
	return r, nil
}

func decode(fsys fs.FS, name string, into any) error {
	f, err := fsys.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	d := json.NewDecoder(f)
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func loadTargets(fsys fs.FS, r *core.Rules) error {
	const name = "targets.json"
	var f struct {
		First     sourced[core.Duration]                    `json:"first"`
		Late      sourced[core.Duration]                    `json:"late"`
		Red       sourced[core.Duration]                    `json:"red"`
		HeadStart map[core.ValueTier]sourced[core.Duration] `json:"head_start"`
	}
	if err := decode(fsys, name, &f); err != nil {
		return err
	}
	var o origin
	t := core.Targets{HeadStart: map[core.ValueTier]core.Duration{}}
	if err := take(name, &o, []number[core.Duration]{{"first", f.First, &t.First}, {"late", f.Late, &t.Late}, {"red", f.Red, &t.Red}}); err != nil {
		return err
	}
	for _, tier := range []core.ValueTier{core.ValueHigh, core.ValueMid, core.ValueLow} {
		s, ok := f.HeadStart[tier]
		if !ok {
			return fmt.Errorf("%s: head_start: no %s", name, tier)
		}
		var d core.Duration
		if err := take(name, &o, []number[core.Duration]{{"head_start." + string(tier), s, &d}}); err != nil {
			return err
		}
		t.HeadStart[tier] = d
	}
	t.Source, t.Date = o.sources, o.date
	r.Targets = t
	return within(name, CheckTargets(t))
}

// number is one field of a file and where it goes.
type number[T any] struct {
	name string
	from sourced[T]
	into *T
}

func take[T any](file string, o *origin, list []number[T]) error {
	for _, n := range list {
		if err := n.from.check(n.name); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		*n.into = *n.from.Value
		o.add(n.name, n.from.Source, n.from.Date)
	}
	return nil
}

func within(file string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", file, err)
}

// CheckTargets returns InvalidInput unless 0 < First < Late < Red and no head
// start is negative.
func CheckTargets(t core.Targets) error {
	const op = "inbox.CheckTargets"
	if t.First <= 0 || t.Late <= t.First || t.Red <= t.Late {
		return core.Fail(core.InvalidInput, op, errors.New("want 0 < first < late < red"))
	}
	for tier, d := range t.HeadStart {
		if d < 0 {
			return core.Fail(core.InvalidInput, op, fmt.Errorf("head start of %s is negative", tier))
		}
	}
	return nil
}

func loadPolicy(fsys fs.FS, r *core.Rules) error {
	const name = "policy.json"
	var f struct {
		Window     sourced[core.Duration] `json:"window"`
		EntryPoint sourced[core.Duration] `json:"entry_point"`
		UndoGrace  sourced[core.Duration] `json:"undo_grace"`
		WindowSoon sourced[core.Duration] `json:"window_soon"`
		CappedRest sourced[core.Duration] `json:"capped_rest"`
		PromoRest  sourced[core.Duration] `json:"promo_rest"`
	}
	if err := decode(fsys, name, &f); err != nil {
		return err
	}
	var o origin
	p := core.Policy{}
	err := take(name, &o, []number[core.Duration]{
		{"window", f.Window, &p.Window}, {"entry_point", f.EntryPoint, &p.EntryPoint},
		{"undo_grace", f.UndoGrace, &p.UndoGrace}, {"window_soon", f.WindowSoon, &p.WindowSoon},
		{"capped_rest", f.CappedRest, &p.CappedRest}, {"promo_rest", f.PromoRest, &p.PromoRest},
	})
	if err != nil {
		return err
	}
	if p.Window <= 0 || p.EntryPoint < p.Window || min(p.UndoGrace, p.WindowSoon, p.CappedRest, p.PromoRest) < 0 {
		return fmt.Errorf("%s: want 0 < window ≤ entry_point and no negative time", name)
	}
	p.Source, p.Date = o.sources, o.date
	r.Policy = p
	return nil
}

func loadLimits(fsys fs.FS, r *core.Rules) error {
	const name = "limits.json"
	var f struct {
		Text        sourced[int] `json:"text"`
		Caption     sourced[int] `json:"caption"`
		Interactive sourced[int] `json:"interactive"`
		Buttons     sourced[int] `json:"buttons"`
		ButtonTitle sourced[int] `json:"button_title"`
		ButtonID    sourced[int] `json:"button_id"`
	}
	if err := decode(fsys, name, &f); err != nil {
		return err
	}
	var o origin
	l := core.Limits{}
	list := []number[int]{
		{"text", f.Text, &l.Text}, {"caption", f.Caption, &l.Caption}, {"interactive", f.Interactive, &l.Interactive},
		{"buttons", f.Buttons, &l.Buttons}, {"button_title", f.ButtonTitle, &l.ButtonTitle}, {"button_id", f.ButtonID, &l.ButtonID},
	}
	if err := take(name, &o, list); err != nil {
		return err
	}
	for _, n := range list {
		if *n.into <= 0 {
			return fmt.Errorf("%s: %s: not above 0", name, n.name)
		}
	}
	l.Source, l.Date = o.sources, o.date
	r.Limits = l
	return nil
}

func loadHours(fsys fs.FS, r *core.Rules) error {
	const name = "hours.json"
	var f struct {
		core.Hours
		Source string `json:"source"`
		Date   string `json:"date"`
	}
	if err := decode(fsys, name, &f); err != nil {
		return err
	}
	if err := (sourced[core.Hours]{&f.Hours, f.Source, f.Date}).check("hours"); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	r.Hours = f.Hours
	return within(name, CheckHours(f.Hours))
}

func loadCourtesies(fsys fs.FS, r *core.Rules) error {
	names, err := fs.Glob(fsys, "courtesy/*.json")
	if err != nil {
		return err
	}
	r.Courtesy = map[string][]string{}
	for _, name := range names {
		var f struct {
			Language   string   `json:"language"`
			Source     string   `json:"source"`
			Date       string   `json:"date"`
			Thanks     []string `json:"thanks"`
			Agreements []string `json:"agreements"`
			Fillers    []string `json:"fillers"`
			Never      []string `json:"never"`
		}
		if err := decode(fsys, name, &f); err != nil {
			return err
		}
		if err := (sourced[string]{&f.Language, f.Source, f.Date}).check("list"); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if f.Language != strings.TrimSuffix(path.Base(name), ".json") {
			return fmt.Errorf("%s: language: %q is not the file's", name, f.Language)
		}
		for _, part := range []struct {
			mark string
			list []string
		}{{"", f.Thanks}, {"~", f.Agreements}, {"+", f.Fillers}, {"-", f.Never}} {
			for _, w := range part.list {
				if strings.TrimSpace(w) != w || w == "" || (part.mark == "" && strings.ContainsAny(w[:1], "~+-")) {
					return fmt.Errorf("%s: bad entry %q", name, w)
				}
				r.Courtesy[f.Language] = append(r.Courtesy[f.Language], part.mark+fold.String(w))
			}
		}
	}
	if len(r.Courtesy) == 0 {
		return errors.New("courtesy: no lists")
	}
	return nil
}
