package setup

import (
	"cmp"
	"context"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/connect"
	"bottega/core/coretest"
	"bottega/ui"
	"bottega/ui/frame"
	"bottega/ui/text"
	"bottega/ui/uitest"
)

var start = time.Date(2026, 11, 24, 14, 5, 0, 0, time.UTC)

// desk is connecting without a provider: it takes what it is given.
type desk struct {
	mu      sync.Mutex
	chs     []core.Channel
	drafts  []connect.Draft
	rotated []map[string]core.Secret
	refuse  error
	tried   []core.Phone
	pass    core.Secret // of the file of keys

	sealed    bool           // keys have no place before a pass phrase is chosen
	hold      chan struct{}  // connecting waits for it
	left      bool           // somebody did not wait
	paste     *connect.Paste // what Subscribe leaves to do
	addresses []string
	ways      []core.Way
	ping      core.Pinged
	at        string // address that is pinged
	pingErr   error
}

func (d *desk) Channels(context.Context) ([]core.Channel, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]core.Channel{}, d.chs...), nil
}

func (d *desk) Connect(ctx context.Context, x connect.Draft, _ bool, tell func(connect.Result)) (core.Channel, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.drafts = append(d.drafts, x)
	if d.sealed && d.pass == "" {
		return core.Channel{}, core.Fail(core.NoKeyring, "desk", &connect.Unsealed{Least: 15})
	}
	if d.hold != nil {
		select {
		case <-d.hold:
		case <-ctx.Done():
			d.left = true
			return core.Channel{}, ctx.Err()
		}
	}
	if d.refuse != nil {
		return core.Channel{}, d.refuse
	}
	ch := x.Channel
	ch.ID, ch.State = int64(len(d.chs)+1), core.Active
	d.chs = append(d.chs, ch)
	tell(connect.Result{Step: connect.StepKey, State: connect.Done, Key: &core.Key{Endless: true}})
	tell(connect.Result{Step: connect.StepKeep, State: connect.Done, Kept: []connect.Kept{{Field: "api_key", Where: "os"}}})
	tell(connect.Result{Step: connect.StepWebhook, State: connect.Skipped, Why: connect.WhyPolled})
	return ch, nil
}

func (d *desk) Check(context.Context, core.Channel, func(connect.Result)) (core.Health, error) {
	return core.Health{}, nil
}

func (d *desk) Subscribe(_ context.Context, _ core.Channel, tell func(connect.Result)) {
	if d.paste != nil {
		tell(connect.Result{Step: connect.StepWebhook, State: connect.ToDo, Why: connect.WhyPaste, Paste: d.paste})
		return
	}
	tell(connect.Result{Step: connect.StepWebhook, State: connect.Skipped, Why: connect.WhyPolled})
}

func (d *desk) Rotate(_ context.Context, _ string, s map[string]core.Secret, tell func(connect.Result)) (core.Channel, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.rotated = append(d.rotated, s)
	if d.refuse != nil {
		return core.Channel{}, d.refuse
	}
	tell(connect.Result{Step: connect.StepKeep, State: connect.Done, Kept: []connect.Kept{{Field: "api_key", Where: "os"}}})
	return d.chs[0], nil
}

func (d *desk) Address(_ context.Context, ch core.Channel, url string) (core.Channel, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.addresses = append(d.addresses, url)
	ch.Account.PublicURL = url
	return ch, nil
}

func (d *desk) Receive(_ context.Context, ch core.Channel, way core.Way, _ bool) (core.Channel, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ways = append(d.ways, way)
	ch.Account.Receive = way
	return ch, nil
}

func (d *desk) Seal(_ context.Context, pass core.Secret) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.pass = pass
	return nil
}

func (d *desk) Remove(_ context.Context, ch core.Channel) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.chs = nil
	return nil
}

func (d *desk) Lies(context.Context, core.Channel) []connect.Kept {
	return []connect.Kept{{Field: "api_key", Where: "os"}, {Field: "webhook_secret"}}
}

// setting is what a screen of the settings is played with.
type setting struct {
	w, h        int
	lang, theme string
	begin       bool // somebody came to connect a number
	readOnly    bool
}

// deps are what the pane works with.
func (d *desk) deps() Deps {
	return Deps{Work: d, Channels: d, Policy: connect.Policy{Expiry: core.Duration(7 * 24 * time.Hour)}, Dir: "/shop", Places: []core.Keyring{&coretest.Chest{}},
		Able: func(c core.Channel) core.Capabilities {
			return core.Capabilities{PollInbound: c.Provider == core.Bird, Reactions: true}
		},
		Try: func(_ context.Context, _ core.Channel, to core.Phone, tell func(connect.Result)) error {
			d.tried = append(d.tried, to)
			tell(connect.Result{Step: connect.StepTest, State: connect.ToDo, Why: connect.WhySent, Test: &connect.Test{State: core.Accepted}})
			tell(connect.Result{Step: connect.StepTest, State: connect.Done, Test: &connect.Test{State: core.Read, Took: 2 * time.Second}})
			return nil
		},
		Ping: func(context.Context, core.Channel) (string, core.Pinged, error) {
			d.mu.Lock()
			defer d.mu.Unlock()
			return d.at, d.ping, d.pingErr
		},
		NewSecret: func() core.Secret { return "made-up-token" },
		Rules:     func() core.Rules { return core.Rules{} },
	}
}

// play opens the settings of a shop.
func (o setting) play(t *testing.T, d *desk, script func(*uitest.Screen)) {
	t.Helper()
	words, err := text.Load(cmp.Or(o.lang, "en"))
	if err != nil {
		t.Fatal(err)
	}
	uitest.Run(t, cmp.Or(o.w, 80), cmp.Or(o.h, 24), func(ctx context.Context) tea.Model {
		env := &frame.Env{Ctx: ctx, Words: words, Agent: "ada", ReadOnly: o.readOnly, Now: func() time.Time { return start }}
		deps := d.deps()
		if o.begin {
			deps.Begin = &connect.Start{}
		}
		return ui.New(env, ui.Deps{Theme: o.theme, Panes: map[string]frame.Pane{Name: New(env, deps)}})
	}, func(s *uitest.Screen) {
		s.Sleep(time.Second)
		if !o.begin {
			s.Press("6")
			s.Sleep(time.Second)
		}
		script(s)
	})
}

func play(t *testing.T, d *desk, begin, readOnly bool, script func(*uitest.Screen)) {
	t.Helper()
	setting{begin: begin, readOnly: readOnly}.play(t, d, script)
}

// bird is a connected number.
func bird() core.Channel {
	return core.Channel{ID: 1, Name: "shop", Provider: core.Bird, Number: "+390212345678", State: core.Active,
		Health: core.Health{Quality: core.QualityGreen, Limit: 2000, Key: core.Key{Expires: start.AddDate(0, 0, 3), At: start}}}
}
