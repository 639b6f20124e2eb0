package connect

import (
	"context"
	"testing"
	"time"

	"bottega/core"
	"bottega/core/coretest"
)

func noon() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }

// far is a provider that answers what a test tells it. It remembers which key
// each question came with.
type far struct {
	*coretest.Gateway
	field     string // of the key
	asked     []string
	key       map[string]core.Key // by the secret; none means that the key does not open
	health    core.Health
	templates []core.Template
	listErr   error
	hook      func(core.Hook) (core.Hooked, error)
	hooks     []core.Hook
	goes      core.Hooked // where callbacks go by now
	goesErr   error
	noPorts   bool
}

// seat is far with the keyring it was asked for with.
type seat struct {
	*far
	keys core.Keyring
	ch   core.Channel
}

func (f *far) with(keys core.Keyring) core.Gateways { return gateways{f, keys} }

type gateways struct {
	far  *far
	keys core.Keyring
}

func (g gateways) Gateway(ctx context.Context, ch core.Channel) (core.Gateway, error) {
	if _, err := g.keys.Get(ctx, ch.Name, g.far.field); err != nil {
		return nil, core.Fail(core.NoSecret, "far", err)
	}
	s := seat{g.far, g.keys, ch}
	if g.far.noPorts {
		return plain{s}, nil
	}
	return s, nil
}

// plain hides the optional ports.
type plain struct{ core.Gateway }

func (s seat) open(ctx context.Context, what string) (core.Key, error) {
	v, err := s.keys.Get(ctx, s.ch.Name, s.field)
	if err != nil {
		return core.Key{}, err
	}
	s.asked = append(s.asked, what+" "+v.Reveal())
	k, ok := s.key[v.Reveal()]
	if !ok {
		return k, core.Fail(core.ProviderRefused, "far", &core.ProviderError{Code: "190", Class: core.ClassAuth})
	}
	return k, nil
}

func (s seat) Inspect(ctx context.Context) (core.Key, error) { return s.open(ctx, "inspect") }

func (s seat) Health(ctx context.Context) (core.Health, error) {
	_, err := s.open(ctx, "health")
	return s.health, err
}

func (s seat) Templates(ctx context.Context) ([]core.Template, error) {
	return s.templates, s.listErr
}

func (s seat) Subscribe(_ context.Context, h core.Hook) (core.Hooked, error) {
	s.hooks = append(s.hooks, h)
	if s.hook == nil {
		return core.Hooked{URL: h.URL, State: "active"}, nil
	}
	return s.hook(h)
}

func (s seat) ReadHook(_ context.Context, h core.Hook) (core.Hooked, error) {
	s.hooks = append(s.hooks, h)
	return s.goes, s.goesErr
}

// memory is a keyring that fails at the n-th Set, when n is not 0.
type memory struct {
	vals  map[string]core.Secret
	sets  int
	fails int
}

func (m *memory) Get(_ context.Context, channel, field string) (core.Secret, error) {
	if v, ok := m.vals[channel+"/"+field]; ok {
		return v, nil
	}
	return "", core.Fail(core.NotFound, "memory", nil)
}

func (m *memory) Set(_ context.Context, channel, field string, v core.Secret) error {
	if m.sets++; m.sets == m.fails {
		return core.Fail(core.NoKeyring, "memory", nil)
	}
	m.vals[channel+"/"+field] = v
	return nil
}

func (m *memory) Delete(_ context.Context, channel, field string) error {
	delete(m.vals, channel+"/"+field)
	return nil
}

func (*memory) Where() string { return "memory" }

// desk is a service on memory.
type desk struct {
	*Service
	far  *far
	keys *memory
	mem  *coretest.Mem
	told []Result
}

func newDesk(t *testing.T, field string) *desk {
	t.Helper()
	keys := &memory{vals: map[string]core.Secret{}}
	d := &desk{keys: keys, mem: coretest.New(core.NewFeed()), far: &far{Gateway: &coretest.Gateway{Now: noon}, field: field, key: map[string]core.Key{}}}
	d.far.health = core.Health{Number: "+390555550100", VerifiedName: "Bottega", Quality: core.QualityGreen, Limit: 2000, CanSend: core.CanSendAll, At: noon()}
	d.Service = &Service{Channels: d.mem, Keys: keys, Rungs: []core.Keyring{keys}, Gateways: d.far.with, Now: noon,
		Policy: Policy{Expiry: core.Duration(7 * 24 * time.Hour), Ask: core.Duration(24 * time.Hour), Tick: core.Duration(time.Minute)}, NewSecret: func() core.Secret { return "made-up" }}
	return d
}

func (d *desk) tell(r Result) { d.told = append(d.told, r) }

// steps are the steps told so far with their ends: "key done", "webhook todo paste".
func (d *desk) steps() (out []string) {
	for _, r := range d.told {
		s := string(r.Step) + " " + string(r.State)
		if r.Why != "" {
			s += " " + r.Why
		}
		out = append(out, s)
	}
	return out
}

func metaDraft(token core.Secret) Draft {
	return Draft{Channel: core.Channel{Name: "shop", Provider: core.Meta, Account: core.Account{PhoneNumberID: "1", BusinessID: "2"}},
		Secrets: map[string]core.Secret{"token": token, "app_secret": "s", "verify_token": "v"}}
}
