package probe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"bottega/bsp/sandbox"
	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/gauge"
	"bottega/core/ledger"
	"bottega/core/people"
	"bottega/core/segment"
)

// Campaigns measures a plan for so many people, a campaign of as many messages
// as In says to a simulator that answers at once, and one of so many rows:
// its memory, its resume, and what it costs while it waits.
func (o Options) Campaigns(ctx context.Context, plan, rows int) ([]gauge.Reading, error) {
	out, err := o.planning(ctx, plan)
	if err != nil {
		return out, err
	}
	sent, err := o.sending(ctx)
	out = append(out, sent...)
	if err != nil {
		return out, err
	}
	crowd, err := o.million(ctx, rows)
	return append(out, crowd...), err
}

// form is the campaign's template, as the simulator and as the shop have it.
var form = core.Template{Name: "ready", Language: "it", Category: "UTILITY", Status: "APPROVED", Body: "Buongiorno {{1}}, il suo ordine è pronto: la aspettiamo."}

// campaignPace is more messages a minute than anybody sends.
const campaignPace = 1_200_000

// audience fills the house with n people and returns an office that plans for
// them. The pace is no shop's: what is measured is the program.
func (o Options) audience(ctx context.Context, h *house, n int) (*campaign.Office, campaign.Campaign, error) {
	const part = 5000
	for from := 0; from < n; from += part {
		err := h.Write(ctx, func(tx core.Tx) error {
			own, ok := tx.(people.Tx)
			if !ok {
				return core.Fail(core.Internal, "probe.audience", errors.New("the store keeps no people"))
			}
			return own.AddPeople(crowdOf(from, min(part, n-from)))
		})
		if err != nil {
			return nil, campaign.Campaign{}, err
		}
	}
	err := h.Write(ctx, func(tx core.Tx) error {
		now := time.Now()
		return tx.SaveTemplate(&core.StoredTemplate{ChannelID: h.ch.ID, Template: form, Version: 1, State: core.TemplateApproved, CreatedAt: now, UpdatedAt: now, ApprovedAt: now})
	})
	if err != nil {
		return nil, campaign.Campaign{}, err
	}
	book, err := ledger.LoadBook(o.Rules)
	if err != nil {
		return nil, campaign.Campaign{}, err
	}
	off := &campaign.Office{Desk: h.lines.Desk, Audience: h.campaigns, Records: h.campaigns, Pulse: h.campaigns, Channels: h.Store, Templates: h.lines.Forms,
		Parse: func(_ context.Context, expr string) (segment.Query, error) {
			return segment.Parse(expr, segment.Schema{})
		},
		Prices: func(context.Context, core.Channel, time.Time) (*ledger.Book, ledger.Account, *ledger.Month, error) {
			return &book, ledger.Account{Provider: core.Sandbox, Currency: "USD"}, nil, nil
		}}
	c, err := off.Create(ctx, campaign.Campaign{Name: "Ready", ChannelID: h.ch.ID, Templates: []string{form.Name}, Category: ledger.Utility, Urgent: true, IncludeCold: true,
		Pace: campaign.Pace{PerMinute: campaignPace, Override: "bench"}, Values: []campaign.Value{{Variable: "1", Field: "name"}}})
	return off, c, err
}

func crowdOf(from, n int) []people.Person {
	now := time.Now()
	ps := make([]people.Person, n)
	for i := range ps {
		p := core.Phone(fmt.Sprintf("+39333%07d", from+i))
		ps[i].Contact = core.Contact{Name: "Ana", Phone: p, Language: "it", CreatedAt: now}
		ps[i].Identities = []core.Identity{{Kind: core.IdentityPhone, Value: string(p)}}
		ps[i].Country = "IT"
	}
	return ps
}

// house builds a shop for one measurement and tears it down.
func (o Options) house(ctx context.Context, base string, fn func(*house) error) (err error) {
	h, err := o.build(ctx, base)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.end()) }()
	if h.ch.Health.Limit = -1; base != "" {
		if h.ch, err = h.SaveChannel(ctx, h.ch); err != nil {
			return err
		}
	}
	return fn(h)
}

// nowhere is the address of a provider that is not asked.
const nowhere = "http://127.0.0.1:1"

// planning plans a few times; each plan is a whole one.
func (o Options) planning(ctx context.Context, n int) (rs []gauge.Reading, err error) {
	err = o.house(ctx, nowhere, func(h *house) error {
		off, c, err := o.audience(ctx, h, n)
		if err != nil {
			return err
		}
		var took gauge.Samples
		for range 5 {
			err := took.Time(func() error { _, err := planned(ctx, off, c.ID, n); return err })
			if err != nil {
				return err
			}
		}
		r := took.Reading("campaign-plan")
		r.Value /= 1000
		rs = append(rs, r)
		return nil
	})
	return rs, err
}

// planned plans and holds the plan to the people that it must take in.
func planned(ctx context.Context, off *campaign.Office, id int64, n int) (*campaign.Report, error) {
	r, err := off.Plan(ctx, id)
	if err == nil && r.Included != n {
		err = core.Fail(core.Internal, "probe.planned", fmt.Errorf("%d of %d people are included", r.Included, n))
	}
	return r, err
}

// launch starts a campaign to n people. Its pace is no shop's, which is no
// reason to refuse it here.
func launch(ctx context.Context, off *campaign.Office, c campaign.Campaign, n int) error {
	rep, err := planned(ctx, off, c.ID, n)
	if err != nil {
		return err
	}
	rep.Refusals = nil
	_, err = off.Start(ctx, c.ID, rep, "probe")
	return err
}

// world is the simulator's: the template, approved.
func world() (w sandbox.World, err error) {
	text, err := json.Marshal(form.Body)
	if err != nil {
		return w, core.Fail(core.Internal, "probe.world", err)
	}
	seeds := fmt.Sprintf(`[{"name":%q,"language":%q,"category":%q,"status":%q,"components":[{"type":"BODY","text":%s}]}]`,
		form.Name, form.Language, form.Category, form.Status, text)
	if err := json.Unmarshal([]byte(seeds), &w.Templates); err != nil {
		return w, core.Fail(core.Internal, "probe.world", err)
	}
	return w, nil
}

// sending runs a campaign through the engine and the sender until the simulator
// has all of it and every row knows, against the bare requests.
func (o Options) sending(ctx context.Context) (rs []gauge.Reading, err error) {
	w, err := world()
	if err != nil {
		return nil, err
	}
	sim := sandbox.New(sandbox.Options{Seed: 1, Speed: 1000, Token: token, AppSecret: appSecret, Limits: sandbox.Unlimited(), World: w, Log: slog.New(slog.DiscardHandler)})
	url, end, err := listen(ctx, sim.Handler())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, end()) }()
	err = o.house(ctx, url, func(h *house) error {
		off, c, err := o.audience(ctx, h, o.Sends)
		if err != nil {
			return err
		}
		direct, err := h.direct(ctx, o.Sends)
		if err != nil {
			return err
		}
		before := len(sim.Ledger())
		if err := launch(ctx, off, c, o.Sends); err != nil {
			return err
		}
		took, err := h.campaign(ctx, c.ID)
		if err != nil {
			return err
		}
		if n := len(sim.Ledger()) - before; n != o.Sends {
			return core.Fail(core.Internal, "probe.sending", fmt.Errorf("%d of %d arrived", n, o.Sends))
		}
		n := float64(o.Sends)
		rs = []gauge.Reading{{ID: "campaign-send", Value: n / took.Seconds(), N: o.Sends},
			{ID: "campaign-overhead", Value: (took - direct).Seconds() * 1000 / n, N: o.Sends}}
		return nil
	})
	return rs, err
}

// campaign runs engine and sender until the campaign is finished.
func (h *house) campaign(ctx context.Context, id int64) (time.Duration, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	sub := h.feed.Subscribe(core.Campaigns)
	defer sub.Close()
	done := make(chan error, 2)
	start := time.Now()
	for _, run := range []func(context.Context) error{h.lines.Send, h.lines.Campaign} {
		go func() { done <- core.Guard(ctx, "probe", run)() }()
	}
	var err error
	for err == nil {
		var c campaign.Campaign
		if c, err = h.campaigns.Campaign(ctx, id); err != nil || c.State == campaign.Finished {
			break
		}
		if c.State == campaign.Paused {
			err = core.Fail(core.Internal, "probe.campaign", fmt.Errorf("paused: %s %s", c.Pause, c.PauseDetail))
			break
		}
		_, err = sub.Wait(ctx, 50*time.Millisecond)
	}
	took := time.Since(start)
	stop()
	for range 2 {
		if e := <-done; !errors.Is(e, context.Canceled) {
			err = errors.Join(err, e)
		}
	}
	return took, err
}
