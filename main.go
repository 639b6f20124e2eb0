// Bottega is the shop counter for WhatsApp, in a terminal.
//
// This file wires: it opens the shop, connects ports to what fills them,
// starts what runs, and turns the end into an exit code. What the commands say
// and do is in ui/cli.
package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/assets"
	"bottega/bsp/demo"
	wireprobe "bottega/bsp/probe"
	"bottega/bsp/provider"
	"bottega/bsp/sandbox"
	"bottega/bsp/traffic"
	"bottega/bsp/webhook"
	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/connect"
	"bottega/core/gauge"
	"bottega/core/health"
	"bottega/core/inbox"
	"bottega/core/ledger"
	"bottega/core/offer"
	"bottega/core/people"
	"bottega/storage"
	"bottega/storage/place"
	diskprobe "bottega/storage/probe"
	"bottega/storage/secret"
	"bottega/storage/shop"
	"bottega/ui"
	"bottega/ui/cli"
	"bottega/ui/counter"
	ttyprobe "bottega/ui/probe"
)

func main() { start(program{now: time.Now}) }

// start runs p on this computer's streams and ends the process.
func start(p program) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	p.in, p.out, p.err, p.environ = os.Stdin, os.Stdout, os.Stderr, os.Environ()
	p.term = cli.LookAt(os.Stdin, os.Stdout, p.environ)
	_ = place.NoCore() // where it cannot be, the system decides
	code := p.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// program is bottega as a value: a test runs it with its own clock and streams.
type program struct {
	now      func() time.Time
	in       io.Reader
	out, err io.Writer
	environ  cli.Environ
	term     cli.Terminal
	policy   fs.FS // rules of traffic; nil means assets.Rules
	sealing  int   // work to open the file of keys, as in secret.Places; 0 means the usual
}

// run runs one command line and returns the exit code.
func (p *program) run(ctx context.Context, args []string) int {
	return cli.Run(ctx, cli.Host{
		In: p.in, Out: p.out, Err: p.err, Environ: p.environ, Now: p.now, Build: cli.ThisBuild(), Terminal: p.term,
		Open: func(ctx context.Context, g cli.Globals) (*cli.Shop, error) {
			h, err := p.open(ctx, g, p.now, demo.KeysOf)
			if err != nil {
				return nil, err
			}
			return &h.Shop, nil
		},
		Archives: p.archives(),
		Screen:   p.screen, Demo: p.demo, Serve: p.serve, Sandbox: p.sandbox, Crash: p.crash, Bench: p.bench,
		Decoder: func(n core.ProviderName) (core.Decoder, bool) { d, ok := provider.Decoders()[n]; return d, ok },
		Probe:   cli.Probe{Private: place.Open, Free: place.Free, Size: storage.Size, Folder: func(g cli.Globals) (string, error) { return place.Usable(g.Data) }},
		Table:   shop.OpenTable, NewTable: shop.NewTable,
	}, args)
}

// house is an opened shop with its commands, its traffic and its meters.
type house struct {
	cli.Shop
	Store *shop.Shop
	lines *traffic.Traffic
	meter *cli.Metrics
}

// open opens the data folder with its keys, which keysOf finds.
func (p *program) open(ctx context.Context, g cli.Globals, now func() time.Time, keysOf func(context.Context, core.SettingsStore) (core.Keyring, error)) (*house, error) {
	s, err := shop.Open(ctx, shop.Options{Folder: g.Data, ReadOnly: g.ReadOnly, Lookup: g.Lookup(p.environ), Ask: g.AskPassphrase(p.term), Now: now, Rules: assets.Rules(), KeysOf: keysOf, Sealing: p.sealing})
	if err != nil {
		return nil, err
	}
	lines, err := traffic.New(traffic.Options{Store: s.DB, Keys: s.Keys, Feed: s.Feed, Rules: s.Book.Rules, Policy: cmp.Or(p.policy, assets.Rules()), Now: now, Log: s.Log, ID: s.ID, Campaigns: storage.Campaigns{DB: s.DB}, Host: s.Host})
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	customers, err := people.New(s.DB, assets.Rules(), now)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	customers.Rules, customers.Bought = s.Book.Rules, lines.Desk.Rules.Bought
	if !g.ReadOnly {
		if err := customers.Mend(ctx, nil); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	limits, err := health.Load(assets.Rules())
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	h := &house{Store: s, lines: lines}
	h.Shop = cli.Shop{
		Dir: s.Dir(), Inbox: s, People: s, Find: s, Templates: s, Channels: s, Outbox: s, Settings: s, Deliveries: s, Delivery: limits.Delivery, Rules: s.Book.Rules, Feed: s.Feed, Keyring: s.Keys, Rungs: s.Rungs,
		Customers: customers, PricesPath: s.PricesPath(),
		Ledger: &ledger.Desk{Rules: assets.Rules(), File: s.Prices, Save: s.SavePrices, Store: s, Shop: s.Book.Rules, Campaign: campaign.ByRef,
			Home: func() *time.Location { return inbox.Zone(s.Book.Rules().Hours) }},
		Work: h.work(0), Library: lines.Library, Upload: lines.Upload, Check: s.Check, Close: s.Close,
		Gateways: func(k core.Keyring) core.Gateways { set := *lines.Providers; set.Keys = k; return &set },
		Send:     func(ctx context.Context) error { return cli.Together(ctx, s.Run, lines.Send) },
		Offers:   func() (offer.Market, error) { return offer.Load(assets.Rules()) },
		Able:     provider.Capabilities, Own: traffic.Own, Watch: h.watch(limits.Receive, now),
		Ping: func(ctx context.Context, ch core.Channel, address string) core.Pinged {
			return lines.Providers.Ping(ctx, ch, address, limits.Receive.Ping.Timeout.D())
		},
		Checks: limits.Checks,
		Reach: func(ctx context.Context, ch core.Channel) (core.Reached, error) {
			return lines.Providers.Reach(ctx, ch, limits.Checks.Wait.D())
		},
	}
	if h.Connect, err = h.connector(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	h.Live = func(listen string) cli.Job {
		return func(ctx context.Context) error {
			return cli.Together(ctx, append(h.jobs(), func(ctx context.Context) error { return lines.Attend(ctx, listen, h.receiver(g)) })...)
		}
	}
	h.Campaigns, h.Run = h.office(), func(ctx context.Context) error { return cli.Together(ctx, h.jobs()...) }
	h.meter = &cli.Metrics{Shop: &h.Shop, Now: now, Build: cli.ThisBuild(), Calls: lines.Calls}
	return h, nil
}

// watch looks how channels receive.
func (h *house) watch(r health.Receive, now func() time.Time) *health.Watcher {
	zone := func() *time.Location { return inbox.Zone(h.Store.Book.Rules().Hours) }
	return &health.Watcher{Store: h.Store, Receive: r, Can: provider.Can, Zone: zone, Now: now}
}

// work is what agents do; a reply can be taken back for grace.
func (h *house) work(grace core.Duration) *inbox.Service {
	return &inbox.Service{Store: h.Store, Now: h.Store.Now, NewRef: rand.Text, Mark: h.lines.Marks.Mark, Rules: func() core.Rules {
		r := h.Store.Book.Rules()
		r.Policy.UndoGrace = grace
		return r
	}}
}

// connector takes the steps of connecting a number.
func (h *house) connector() (*connect.Service, error) {
	policy, err := connect.LoadPolicy(assets.Rules())
	return &connect.Service{Channels: h.Store, Keys: h.Keyring, Rungs: h.Rungs, Gateways: h.Gateways, Reach: h.lines.Reach,
		Policy: policy, Now: h.Store.Now, NewSecret: func() core.Secret { return core.Secret(rand.Text()) }}, err
}

// office plans campaigns and starts them.
func (h *house) office() *campaign.Office {
	records := storage.Campaigns{DB: h.Store.DB}
	return &campaign.Office{Desk: h.lines.Desk, Audience: records, Records: records, Pulse: records, Leases: h.Store, Owner: h.Store.ID, Channels: h.Store, Templates: h.lines.Forms,
		Parse: h.Customers.Parse, Bands: h.Customers.Bands(), Prices: h.Ledger.MonthOf, Contact: h.Store.Contact, Send: h.work(0).SendTo, SendOwn: h.work(0).SendOwn, Notes: h.Store}
}

// jobs are all that works while a shop is open, but its receiver and screen.
func (h *house) jobs() []cli.Job { return append(h.shift(), h.Store.Run) }

// shift is what one of the processes on a shop does for all: jobs without the
// watch for what the others change.
func (h *house) shift() []cli.Job {
	return append(h.lines.Jobs(),
		func(ctx context.Context) error { return h.work(0).Keep(ctx, h.Store.Log) },
		func(ctx context.Context) error {
			return h.Customers.Keep(ctx, func(err error) { h.Store.Log.Error("people: upkeep failed", "err", err) })
		},
		func(ctx context.Context) error {
			return h.Store.Book.Run(ctx, h.Feed, h.Store.Log, h.work(0).Recompute)
		})
}

// door is where callbacks come in.
func door(o cli.Receiver) traffic.Door {
	return traffic.Door{Listen: o.Listen, Cert: o.Cert, Key: o.Key, Proxies: o.Proxies}
}

// receiver takes callbacks.
func (h *house) receiver(g cli.Globals) http.Handler {
	return h.lines.Receiver(func(c core.Code) (string, string) { return g.Words.Error(core.Fail(c, "webhook", nil)) }, h.meter.Observe)
}

// serve runs everything but the screen.
func (p *program) serve(ctx context.Context, g cli.Globals, o cli.Receiver, ready func(cli.Listening)) (err error) {
	if g.ReadOnly {
		return core.Fail(core.ReadOnly, "main.serve", nil)
	}
	h, err := p.open(ctx, g, p.now, demo.KeysOf)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	if err := h.Store.Unlock(ctx); err != nil {
		return err
	}
	ln, err := h.lines.Open(door(o))
	if err != nil {
		return err
	}
	said, front := cli.Listening{Listening: ln.Addr().String(), TLS: o.Cert != ""}, h.receiver(g)
	jobs := h.jobs()
	if o.Metrics == "" {
		front = h.meter.Beside(front)
	} else {
		own, err := traffic.Listen(o.Metrics)
		if err != nil {
			return errors.Join(err, ln.Close())
		}
		said.Metrics = own.Addr().String()
		jobs = append(jobs, func(ctx context.Context) error {
			return webhook.Serve(ctx, own, h.meter.Beside(http.NotFoundHandler()))
		})
	}
	jobs = append(jobs, func(ctx context.Context) error { return ln.Serve(ctx, front) })
	return cli.Together(ctx, append(jobs, func(context.Context) error { ready(said); return nil })...)
}

// screen opens the counter of the real shop. It takes callbacks as well; where
// another bottega has the address, that one does.
func (p *program) screen(ctx context.Context, g cli.Globals, o cli.Receiver, begin *connect.Start) (err error) {
	h, err := p.open(ctx, g, p.now, demo.KeysOf)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	chs, err := h.Store.Channels(ctx)
	if err != nil {
		return err
	}
	if len(chs) == 0 && begin == nil {
		begin = &connect.Start{}
		door, err := ui.AskDoor(ctx, g.Words, p.environ.Get("BOTTEGA_THEME"), p.terminal()...)
		switch {
		case err != nil || door == ui.DoorNone:
			return err
		case door == ui.DoorDemo:
			return p.demo(ctx, g, cli.DemoOptions{Speed: 1}, nil)
		}
	}
	if err := h.Store.Unlock(ctx); err != nil {
		return err
	}
	jobs, screen := h.jobs(), p.counter(g, h, 1)
	screen.Begin = begin
	if g.ReadOnly { // looks on: nothing is sent, received or woken here
		jobs, screen.Receives = []cli.Job{h.Store.Run}, traffic.Answers(ctx, o.Listen)
	} else if ln, lerr := h.lines.Open(door(o)); lerr == nil {
		jobs = append(jobs, func(ctx context.Context) error { return ln.Serve(ctx, h.meter.Beside(h.receiver(g))) })
	} else if screen.Receives = traffic.Answers(ctx, o.Listen); core.CodeOf(lerr) != core.AddressInUse {
		return lerr
	}
	return screen.Show(ctx, jobs...)
}

// terminal is where the TUI runs.
func (p *program) terminal() []tea.ProgramOption {
	return []tea.ProgramOption{tea.WithInput(p.in), tea.WithOutput(p.out), tea.WithEnvironment(p.environ), tea.WithoutSignalHandler()}
}

// counter is the TUI over a shop.
func (p *program) counter(g cli.Globals, h *house, speed float64) *counter.Screen {
	return &counter.Screen{Shop: &h.Shop, Globals: g, Store: h.Store, Now: h.Store.Now, Log: h.Store.Log, Process: h.Store.ID, Work: h.work(h.Rules().Policy.UndoGrace), Shelf: h.lines.Shelf,
		OpenTable: shop.OpenTable, SaveTable: shop.SaveTable, Environ: p.environ, Terminal: p.terminal(), Receives: true, Speed: speed}
}

// demo opens the demo shop in a folder of its own, with or without a screen.
// Where another bottega keeps it alive already, this one joins.
func (p *program) demo(ctx context.Context, g cli.Globals, o cli.DemoOptions, ready func(context.Context, *cli.Shop) error) (err error) {
	if g.ReadOnly && o.Reset {
		return core.Fail(core.ReadOnly, "main.demo", nil)
	}
	dir, err := place.Dir(g.Data)
	if err != nil {
		return err
	}
	g.Data = filepath.Join(dir, "demo")
	stay, joins := (*place.Stay)(nil), g.ReadOnly // who looks on holds nothing
	if !joins {
		if stay, joins, err = place.Settle(g.Data, o.Reset); err != nil {
			return err
		}
	}
	defer func() { err = errors.Join(err, stay.Leave()) }()
	h, err := p.open(ctx, g, demo.Clock(p.now, o.Speed), func(_ context.Context, s core.SettingsStore) (core.Keyring, error) { return demo.Keys(s), nil })
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	attend := func(ctx context.Context, jobs ...cli.Job) error {
		if ready != nil {
			return cli.Until(ctx, func(ctx context.Context) error { return ready(ctx, &h.Shop) }, jobs...)
		}
		screen := p.counter(g, h, o.Speed)
		screen.Demo = true
		return screen.Show(ctx, jobs...)
	}
	switch {
	case g.ReadOnly:
		return attend(ctx, h.Store.Run)
	case joins: // and takes over when the one who keeps the demo alive is gone
		return attend(ctx, h.Store.Run, func(ctx context.Context) (err error) {
			next, err := place.Succeed(ctx, g.Data)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, next.Leave()) }()
			return h.host(ctx, g, o, func(ctx context.Context, far *demo.Shop) error {
				return cli.Together(ctx, append(h.shift(), far.Live, h.posts(far))...)
			})
		})
	}
	return h.host(ctx, g, o, func(ctx context.Context, far *demo.Shop) error {
		h.Name, h.Agents = far.Name, far.Agents
		return attend(ctx, append(h.jobs(), far.Live, h.posts(far))...)
	})
}

// host keeps the demo shop alive while run works: its simulator and receiver,
// and its past. What the process before it held is free at once.
func (h *house) host(ctx context.Context, g cli.Globals, o cli.DemoOptions, run func(context.Context, *demo.Shop) error) (err error) {
	far, err := demo.Open(ctx, demo.Options{World: assets.Demo(), Policy: assets.Rules(), Seed: 1, Speed: o.Speed, Now: h.Store.Now, Log: h.Store.Log, Ledger: filepath.Join(g.Data, "ledger.jsonl"),
		Store: h.Store, ID: h.Store.ID, Keys: h.Keyring, Receiver: h.receiver(g), Drain: h.lines.Drain, Rules: h.Rules})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, far.Close()) }()
	return cli.Until(ctx, func(ctx context.Context) error {
		if err := far.Furnish(ctx); err != nil {
			return err
		}
		if err := demo.Sell(ctx, assets.Demo(), h.Customers); err != nil {
			return err
		}
		return run(ctx, far)
	}, far.Receive, far.Answer)
}

// posts makes the campaigns of the demo shop.
func (h *house) posts(far *demo.Shop) cli.Job {
	return func(ctx context.Context) error {
		return demo.Post(ctx, assets.Demo(), far.Channel(), h.Campaigns, h.Feed)
	}
}

// archives are backups of the data folder.
func (p *program) archives() cli.Archives {
	told := func(c shop.Copy, err error) (cli.Archive, error) {
		return cli.Archive{File: c.File, Dir: c.Dir, At: c.At, Bytes: c.Bytes(), Schema: c.Schema, Rows: c.Rows, SHA256: c.Parts[storage.DatabasePart].SHA256, Unsure: c.Unsure}, err
	}
	return cli.Archives{
		Backup: func(ctx context.Context, g cli.Globals, file string, progress func(done, total int)) (cli.Archive, error) {
			return told(shop.Backup(ctx, g.Data, file, p.now, progress))
		},
		Verify: func(ctx context.Context, file string) (cli.Archive, error) { return told(shop.Verify(ctx, file)) },
		Restore: func(ctx context.Context, g cli.Globals, file string) (cli.Archive, error) {
			return told(shop.Restore(ctx, g.Data, file))
		},
	}
}

// sandbox runs the simulator alone.
func (p *program) sandbox(ctx context.Context, o cli.SandboxOptions, ready func(cli.SandboxAccount)) error {
	sim, err := demo.Alone(assets.Demo(), assets.Rules(), sandbox.Options{Seed: o.Seed, Now: p.now, Speed: o.Speed, Callback: o.Callback, Life: o.Life}, o.Faults)
	if err != nil {
		return err
	}
	ln, err := traffic.Listen(o.Listen)
	if err != nil {
		return err
	}
	at, k := ln.Addr().String(), sim.Options
	ready(cli.SandboxAccount{Listening: at, BaseURL: "http://" + at, Number: string(k.Number), PhoneNumberID: k.PhoneNumberID, BusinessID: k.BusinessID,
		Token: k.Token.Reveal(), AppSecret: k.AppSecret.Reveal(), VerifyToken: k.VerifyToken.Reveal()})
	return cli.Together(ctx, sim.Run, func(ctx context.Context) error { return sim.Serve(ctx, ln) })
}

// bench measures this very program on this computer.
func (p *program) bench(ctx context.Context, o gauge.Options, tell func(string)) (gauge.Report, error) {
	if o.Leave != "" {
		return gauge.Report{}, diskprobe.Leave(ctx, o.Leave, 64<<20, func() { _, _ = io.WriteString(p.out, "full\n") })
	}
	targets, err := gauge.LoadTargets(assets.Rules())
	if err != nil {
		return gauge.Report{}, err
	}
	exe, err := os.Executable()
	if err != nil {
		return gauge.Report{}, core.Fail(core.Internal, "main.bench", err)
	}
	open := func(dir string, feed *core.Feed) (wireprobe.Store, traffic.Campaigns, error) {
		db, err := storage.Open(dir, feed, storage.Options{Now: p.now})
		return db, storage.Campaigns{DB: db}, err
	}
	return gauge.Measure(ctx, o, targets, gauge.Parts{Store: diskprobe.Bench{Rounds: 1000, Rules: assets.Rules()}, Screen: ttyprobe.Options{Program: exe, Env: p.environ},
		Traffic: wireprobe.Options{Open: open, Keys: secret.Memory(), Rules: assets.Rules()}}, tell)
}

// crash keeps what is known of a panic in the state folder.
func (p *program) crash(g cli.Globals, err error) (file string, crashed bool) {
	if !ui.Crashed(err) {
		return "", false
	}
	if dir, derr := place.State(g.Data); derr == nil {
		// Without a file the sentence does without its name.
		file, _ = ui.CrashReport(dir, err, ui.CrashFacts{Version: cli.ThisBuild().Version, Now: time.Now(), Getenv: p.environ.Get})
	}
	return file, true
}
