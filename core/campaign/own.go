package campaign

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"bottega/core"
)

// OwnSetting is the key of the phones that are the shop's own.
const OwnSetting = "campaign.own_phones"

// Own are the phones of the people behind the counter, to which a promotion may
// go as a test: whoever enters a phone here has agreed for it.
func (o *Office) Own(ctx context.Context) ([]core.Phone, error) {
	var out []core.Phone
	_, err := o.Notes.Setting(ctx, OwnSetting, &out)
	return out, failed("campaign.Own", err)
}

// AddOwn adds phones, and returns all. Refused when there would be more
// than Rules.OwnPhones: it is no list of customers.
func (o *Office) AddOwn(ctx context.Context, phones ...core.Phone) ([]core.Phone, error) {
	const op = "campaign.AddOwn"
	own, err := o.Own(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range phones {
		if !among(own, p) {
			own = append(own, p)
		}
	}
	if most := o.Rules.OwnPhones.Value; len(own) > most {
		return nil, core.Fail(core.Refused, op, fmt.Errorf("%d phones, at most %d", len(own), most))
	}
	return own, failed(op, o.Notes.SetSetting(ctx, OwnSetting, own))
}

// RemoveOwn removes phones, and returns those that stay. NotFound when one is
// not among them.
func (o *Office) RemoveOwn(ctx context.Context, phones ...core.Phone) ([]core.Phone, error) {
	const op = "campaign.RemoveOwn"
	own, err := o.Own(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range phones {
		n := len(own)
		if own = slices.DeleteFunc(own, func(o core.Phone) bool { return among([]core.Phone{o}, p) }); len(own) == n {
			return nil, core.Fail(core.NotFound, op, errors.New("no phone of the shop's own"))
		}
	}
	return own, failed(op, o.Notes.SetSetting(ctx, OwnSetting, own))
}

// among reports whether a phone is in a list, in any form in which it is written.
func among(list []core.Phone, p core.Phone) bool {
	return slices.ContainsFunc(list, func(o core.Phone) bool { return slices.Contains(o.Forms(), p) })
}
