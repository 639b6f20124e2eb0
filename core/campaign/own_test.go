package campaign_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"bottega/core"
	"bottega/core/campaign"
)

// notes keep settings as a store does.
type notes map[string][]byte

func (n notes) Setting(_ context.Context, key string, v any) (bool, error) {
	b, ok := n[key]
	if !ok {
		return false, nil
	}
	return true, json.Unmarshal(b, v)
}

func (n notes) SetSetting(_ context.Context, key string, v any) (err error) {
	n[key], err = json.Marshal(v)
	return err
}

func TestOwnPhones(t *testing.T) {
	w := engine(t)
	o := campaign.Office{Desk: &w.desk, Notes: notes{}}
	if own, err := o.Own(w.ctx); err != nil || len(own) != 0 {
		t.Errorf("at first %v, %v", own, err)
	}
	own, err := o.AddOwn(w.ctx, "+5511987654321", "+393331234567", "+551187654321") // the same phone with and without the ninth digit
	if err != nil || !slices.Equal(own, []core.Phone{"+5511987654321", "+393331234567"}) {
		t.Fatalf("%v, %v", own, err)
	}
	var many []core.Phone
	for i := range w.rules.OwnPhones.Value - 1 {
		many = append(many, core.Phone(fmt.Sprintf("+39333000%04d", i)))
	}
	if _, err := o.AddOwn(w.ctx, many...); core.CodeOf(err) != core.Refused {
		t.Errorf("more than may be: %v", err)
	}
	if _, err := o.AddOwn(w.ctx, many[1:]...); err != nil {
		t.Errorf("as many as may be: %v", err)
	}
	if _, err := o.RemoveOwn(w.ctx, "+393339999999"); core.CodeOf(err) != core.NotFound {
		t.Errorf("somebody else's: %v", err)
	}
	if own, err := o.RemoveOwn(w.ctx, append(many[1:], "+551187654321")...); err != nil || !slices.Equal(own, []core.Phone{"+393331234567"}) {
		t.Errorf("%v, %v", own, err)
	}
	if again, err := o.Own(w.ctx); err != nil || len(again) != 1 {
		t.Errorf("kept %v, %v", again, err)
	}
}

// TestATestOfAPromotion goes to a phone of the shop's own as a trial, and to
// nobody else who has not agreed; the refusal says what to do.
func TestATestOfAPromotion(t *testing.T) {
	w := engine(t)
	c := draft()
	c.ChannelID = w.channel.ID
	c, err := w.desk.Create(w.ctx, c)
	w.must(err)
	var sent, tried []core.Phone
	var answer error
	send := func(list *[]core.Phone, err *error) func(context.Context, int64, core.Phone, string, core.Content) (core.Message, error) {
		return func(_ context.Context, _ int64, to core.Phone, _ string, content core.Content) (core.Message, error) {
			if content.Template == nil {
				t.Error("no template")
			}
			*list = append(*list, to)
			return core.Message{}, *err
		}
	}
	var fine error
	o := campaign.Office{Desk: &w.desk, Notes: notes{}, Send: send(&sent, &answer), SendOwn: send(&tried, &fine),
		Templates: func(context.Context, int64) ([]core.Template, error) { return forms(), nil }}
	test := func(to core.Phone) error { _, err := o.Test(w.ctx, c.ID, to, "it", "ada"); return err }
	for _, code := range []core.Code{core.NoConsent, core.PromoRest} {
		answer = core.Fail(code, "test", nil)
		rs := campaign.RefusalsOf(test("+393331234567"))
		if len(rs) != 1 || rs[0].Rule != campaign.RuleTest || rs[0].Detail != "+393331234567" || rs[0].Source == "" {
			t.Errorf("%s: %+v", code, rs)
		}
	}
	answer = core.Fail(core.ChannelPaused, "test", nil)
	if err := test("+393331234567"); core.CodeOf(err) != core.ChannelPaused {
		t.Errorf("another reason stays: %v", err)
	}
	if _, err := o.AddOwn(w.ctx, "+393331234567"); err != nil {
		t.Fatal(err)
	}
	if err := test("+393331234567"); err != nil || len(tried) != 1 || len(sent) != 3 {
		t.Errorf("own: %v, %v tried, %v sent", err, tried, sent)
	}
	answer = nil
	if err := test("+393337654321"); err != nil || len(sent) != 4 {
		t.Errorf("somebody who agreed: %v, %v", err, sent)
	}
}
