// Package demo sets up the demo shop: a simulated number on loopback whose
// customers live on, connected to a store like any other number. What they
// wrote before the first start comes in the same way as what they write later:
// signed callbacks over HTTP, through the journal and the decoder.
package demo

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"time"

	"bottega/bsp/meta"
	"bottega/bsp/provider"
	"bottega/bsp/sandbox"
	"bottega/bsp/webhook"
	"bottega/core"
	"bottega/core/inbox"
)

// Ids of the simulated number and of its account.
const (
	phoneNumberID = "100000000000101"
	businessID    = "100000000000201"
)

// Channel is the name of the demo's number.
const Channel = "demo"

// setting remembers that the shop is furnished.
const setting = "demo"

// keeper is the setting that names the process that keeps the demo alive, or
// did last: who succeeds it holds the folder, so the other is gone.
const keeper = "demo.keeper"

// furnished is the setting: what the past was told from, so that a start that
// was killed half way goes on with the same past.
type furnished struct {
	From time.Time `json:"from"`
	Done bool      `json:"done"`
}

// Store is what the demo needs of the store.
type Store interface {
	core.Writer
	core.ChannelStore
	core.SettingsStore
	core.TemplateReader
	// Inherit frees every lease of a process that is known to be gone.
	Inherit(ctx context.Context, owner string) error
}

// Options of the demo. All are needed.
type Options struct {
	World  fs.FS // assets.Demo()
	Policy fs.FS // assets.Rules(), by which templates are reviewed
	Seed   uint64
	Speed  float64 // delays of the simulator are divided by it
	Now    func() time.Time
	Log    *slog.Logger
	Ledger string // file that keeps the simulator's memory over a restart
	Store  Store
	ID     string       // of this process, which is the only one that keeps the demo alive
	Keys   core.Keyring // keeps the number's keys: Keys(Store), for others on the same data
	// Receiver takes the callbacks: webhook.New over the same store and keys.
	Receiver http.Handler
	// Drain returns when everything posted so far is decoded and stored.
	Drain func(context.Context) error
	Rules func() core.Rules
}

// Shop is the demo's far side: simulator and receiver.
type Shop struct {
	o       Options
	sim     *sandbox.Server
	opts    sandbox.Options
	channel core.Channel
	near    net.Listener // the receiver's
	far     net.Listener // the simulator's
	Name    string
	Agents  []string
}

// Open reads the world, listens on two loopback ports and connects the number.
// It starts nothing; Close releases what it holds.
func Open(ctx context.Context, o Options) (s *Shop, err error) {
	s = &Shop{o: o}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if err = s.inherit(ctx); err != nil {
		return s, err
	}
	world, err := sandbox.LoadWorld(o.World)
	if err != nil {
		return s, err
	}
	if known, kerr := o.Store.ChannelByName(ctx, Channel); kerr == nil {
		if world.Templates, err = remembered(ctx, o.Store, known.ID, world.Templates); err != nil {
			return s, err
		}
	} else if core.CodeOf(kerr) != core.NotFound {
		return s, kerr
	}
	review, err := reviewer(o.Policy, o.Now)
	if err != nil {
		return s, err
	}
	s.Name, s.Agents = world.Shop.Name, world.Shop.Agents
	for _, ln := range []*net.Listener{&s.near, &s.far} {
		if *ln, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return s, core.Fail(core.AddressInUse, "demo.Open", err)
		}
	}
	if err = s.keys(ctx); err != nil {
		return s, err
	}
	s.opts = sandbox.Options{
		Token: s.opts.Token, AppSecret: s.opts.AppSecret, VerifyToken: s.opts.VerifyToken,
		Seed: o.Seed, Now: o.Now, Speed: o.Speed, Number: world.Shop.Number, VerifiedName: world.Shop.Name,
		PhoneNumberID: phoneNumberID, BusinessID: businessID,
		Callback: s.callback(), Client: &http.Client{}, World: world, Review: review, Life: true, Log: o.Log,
	}
	s.sim = sandbox.New(s.opts)
	if err = s.sim.OpenLedger(o.Ledger); err != nil {
		return s, err
	}
	return s, s.connect(ctx)
}

// inherit takes over from the process that kept the demo alive before: one that
// was killed gave nothing up, and its jobs need not wait until its leases run out.
func (s *Shop) inherit(ctx context.Context) error {
	var before string
	if _, err := s.o.Store.Setting(ctx, keeper, &before); err != nil {
		return err
	}
	if before != "" && before != s.o.ID {
		if err := s.o.Store.Inherit(ctx, before); err != nil {
			return err
		}
	}
	return s.o.Store.SetSetting(ctx, keeper, s.o.ID)
}

func (s *Shop) callback() string { return "http://" + s.near.Addr().String() + "/webhooks/" + Channel }

// keys are those of the start before, so that who has read them goes on with
// them; new ones at the first.
func (s *Shop) keys(ctx context.Context) error {
	for field, v := range map[string]*core.Secret{
		provider.Token: &s.opts.Token, provider.AppSecret: &s.opts.AppSecret, provider.VerifyToken: &s.opts.VerifyToken,
	} {
		known, err := s.o.Keys.Get(ctx, Channel, field)
		if core.CodeOf(err) == core.NotFound {
			known = core.Secret(rand.Text())
			err = s.o.Keys.Set(ctx, Channel, field, known)
		}
		if err != nil {
			return err
		}
		*v = known
	}
	return nil
}

// connect saves the number with this start's address.
func (s *Shop) connect(ctx context.Context) error {
	ch, err := s.o.Store.ChannelByName(ctx, Channel)
	if core.CodeOf(err) == core.NotFound {
		ch, err = core.Channel{Name: Channel, CreatedAt: s.o.Now()}, nil
	}
	if err != nil {
		return err
	}
	ch.Provider, ch.Number, ch.State, ch.PauseClass, ch.Detail = core.Sandbox, s.opts.Number, core.Active, "", ""
	ch.Account = core.Account{PhoneNumberID: s.opts.PhoneNumberID, BusinessID: s.opts.BusinessID, BaseURL: "http://" + s.far.Addr().String()}
	s.channel, err = s.o.Store.SaveChannel(ctx, ch)
	return err
}

// Receive takes callbacks until ctx ends.
func (s *Shop) Receive(ctx context.Context) error { return webhook.Serve(ctx, s.near, s.o.Receiver) }

// Answer speaks the provider's API until ctx ends.
func (s *Shop) Answer(ctx context.Context) error { return webhook.Serve(ctx, s.far, s.sim.Handler()) }

// Live delivers callbacks and lets customers live until ctx ends. Furnish must
// be done.
func (s *Shop) Live(ctx context.Context) error { return s.sim.Run(ctx) }

// Furnish tells the shop its past, once in its life. Receive must run.
func (s *Shop) Furnish(ctx context.Context) error {
	var f furnished
	known, err := s.o.Store.Setting(ctx, setting, &f)
	if err != nil || f.Done {
		return err
	}
	if !known {
		f.From = s.o.Now()
		if err := s.o.Store.SetSetting(ctx, setting, f); err != nil {
			return err
		}
	}
	past, err := s.opts.Demo(f.From)
	if err != nil {
		return err
	}
	if err := sandbox.Load(ctx, past, s.ports()); err != nil {
		return err
	}
	s.sim.Adopt(past)
	f.Done = true
	return s.o.Store.SetSetting(ctx, setting, f)
}

// ports is how the past comes into the store.
func (s *Shop) ports() sandbox.Ports {
	r := s.o.Rules()
	return sandbox.Ports{
		Store: s.o.Store, Channel: s.channel, Post: s.post, Drain: s.o.Drain,
		Answered: func(c *core.Conversation, m *core.Message) { inbox.Answered(c, m, r); inbox.Reached(c, m, r) },
		Failed:   func(c *core.Conversation, m *core.Message) { inbox.AnswerFailed(c, m, r) },
		Refresh:  func(c *core.Conversation) { inbox.Refresh(c, r) },
	}
}

// post sends a callback of the past to our own receiver, signed as the
// provider signs.
func (s *Shop) post(ctx context.Context, body []byte) error {
	const op = "demo.post"
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.callback(), bytes.NewReader(body))
	if err != nil {
		return core.Fail(core.Internal, op, err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(meta.SignatureHeader, meta.Sign(s.opts.AppSecret, body))
	resp, err := s.opts.Client.Do(req)
	if err != nil {
		return core.Fail(core.Unreachable, op, err)
	}
	_, err = io.Copy(io.Discard, resp.Body) // so that the connection is used again
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return core.Fail(core.Unreachable, op, err)
	}
	if resp.StatusCode != http.StatusOK {
		return core.Fail(core.Internal, op, fmt.Errorf("the receiver answered %d", resp.StatusCode))
	}
	return nil
}

// Close releases ports and ledger; what runs must have ended.
func (s *Shop) Close() error {
	var errs []error
	for _, ln := range []net.Listener{s.near, s.far} {
		if ln == nil {
			continue
		}
		if err := ln.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	if s.sim != nil {
		errs = append(errs, s.sim.Close())
	}
	return errors.Join(errs...)
}
