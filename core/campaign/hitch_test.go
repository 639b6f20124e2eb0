package campaign_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"bottega/core"
	"bottega/core/campaign"
)

// desks are who holds which lease until when, and one channel.
type desks struct {
	owner string
	until time.Time
	err   error
	ch    core.Channel
}

func (d *desks) Leased(_ context.Context, name string) (string, time.Time, error) {
	if name != "campaigns:1" {
		return "", time.Time{}, errors.New("another lease: " + name)
	}
	return d.owner, d.until, d.err
}

func (d *desks) Channel(context.Context, int64) (core.Channel, error) { return d.ch, nil }

// Who works at a campaign, and what keeps its messages beside its own wait.
func TestHitch(t *testing.T) {
	held := t0.Add(10 * time.Second)
	away := core.Health{AwayWhy: core.Unreachable, AwaySince: t0.Add(-time.Hour)}
	night := campaign.Wait{Reason: campaign.QuietHours, Until: t0.Add(time.Hour)}
	full := campaign.Wait{Reason: campaign.HourLimit, Until: t0.Add(time.Hour)}
	for name, c := range map[string]struct {
		state campaign.State
		wait  campaign.Wait
		desks desks
		want  campaign.Hitch
	}{
		"ours":                       {campaign.Running, campaign.Wait{}, desks{owner: "me", until: held}, campaign.Hitch{}},
		"ours, between two steps":    {campaign.Running, campaign.Wait{}, desks{owner: "me", until: t0.Add(-5 * time.Second)}, campaign.Hitch{}},
		"another's":                  {campaign.Running, campaign.Wait{}, desks{owner: "p7", until: held}, campaign.Hitch{Reason: campaign.Elsewhere, Owner: "p7", Until: held}},
		"another's that waits":       {campaign.Waiting, full, desks{owner: "p7", until: held}, campaign.Hitch{Reason: campaign.Elsewhere, Owner: "p7", Until: held}},
		"nobody's yet":               {campaign.Running, campaign.Wait{}, desks{}, campaign.Hitch{Reason: campaign.Unattended}},
		"nobody's any more":          {campaign.Running, campaign.Wait{}, desks{owner: "p7", until: t0.Add(-time.Hour)}, campaign.Hitch{Reason: campaign.Unattended, Since: t0.Add(-time.Hour)}},
		"the provider is away":       {campaign.Running, campaign.Wait{}, desks{owner: "me", until: held, ch: core.Channel{Health: away}}, campaign.Hitch{Reason: campaign.Away, Code: core.Unreachable, Since: away.AwaySince}},
		"night: nobody need be here": {campaign.Waiting, night, desks{}, campaign.Hitch{}},
		"paused":                     {campaign.Paused, campaign.Wait{}, desks{}, campaign.Hitch{}},
		"over":                       {campaign.Finished, campaign.Wait{}, desks{}, campaign.Hitch{}},
	} {
		t.Run(name, func(t *testing.T) {
			o := campaign.Office{Desk: &campaign.Desk{Now: func() time.Time { return t0 }}, Channels: &c.desks, Leases: &c.desks, Owner: "me"}
			got, err := o.Hitch(t.Context(), campaign.Campaign{ID: 3, ChannelID: 1, State: c.state, Wait: c.wait})
			if err != nil || got != c.want {
				t.Errorf("%+v, %v; want %+v", got, err, c.want)
			}
		})
	}
	o := campaign.Office{Desk: &campaign.Desk{Now: func() time.Time { return t0 }}}
	if got, err := o.Hitch(t.Context(), campaign.Campaign{State: campaign.Running}); err != nil || got != (campaign.Hitch{}) {
		t.Errorf("nobody asked: %+v, %v", got, err)
	}
	broken := &desks{err: core.Fail(core.Damaged, "test", nil)}
	o.Channels, o.Leases = broken, broken
	if _, err := o.Hitch(t.Context(), campaign.Campaign{ChannelID: 1, State: campaign.Running}); core.CodeOf(err) != core.Damaged {
		t.Errorf("%v", err)
	}
}

// A runner that ends gives its channels up: whoever takes over need not wait.
func TestRunnerGivesUp(t *testing.T) {
	w := engine(t)
	w.start(draft(), w.people(30)...)
	run := func(owner string) {
		t.Helper()
		w.run.Owner = owner
		ctx, stop := context.WithCancel(w.ctx)
		stop()
		if err := w.run.Run(ctx); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	w.step()
	run(w.run.Owner)
	if ours, err := w.run.Lease.Lease(w.ctx, "campaigns:1", "another", w.now, time.Minute); err != nil || !ours {
		t.Errorf("%v, %v: the lease is still held", ours, err)
	}
}
