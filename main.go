// Bottega is the shop counter for WhatsApp, in a terminal.
//
// This file wires: it opens the shop, connects ports to what fills them,
// starts what runs, and turns the end into an exit code. What the commands say
// and do is in ui/cli.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
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
	"bottega/core/contact"
	"bottega/core/gauge"
	"bottega/core/health"
	"bottega/core/inbox"
	"bottega/core/ledger"
	"bottega/core/library"
	"bottega/core/offer"
	"bottega/core/people"
	"bottega/core/template"
	"bottega/storage"
	"bottega/storage/place"
	diskprobe "bottega/storage/probe"
	"bottega/storage/secret"
	"bottega/storage/shop"
	"bottega/ui"
	"bottega/ui/campaigns"
	"bottega/ui/cli"
	"bottega/ui/contacts"
	"bottega/ui/frame"
	pane "bottega/ui/inbox"
	ttyprobe "bottega/ui/probe"
	"bottega/ui/setup"
	"bottega/ui/templates"
	"bottega/ui/text"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	p := program{now: time.Now, in: os.Stdin, out: os.Stdout, err: os.Stderr, environ: os.Environ()}
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
	begin bool // somebody came to connect a number
}

// open opens the data folder with its keys, which keysOf finds.
func (p *program) open(ctx context.Context, g cli.Globals, now func() time.Time, keysOf func(context.Context, core.SettingsStore) (core.Keyring, error)) (*house, error) {
	s, err := shop.Open(ctx, shop.Options{Folder: g.Data, ReadOnly: g.ReadOnly, Lookup: p.environ.Lookup, Now: now, Rules: assets.Rules(), KeysOf: keysOf})
	if err != nil {
		return nil, err
	}
	lines, err := traffic.New(traffic.Options{Store: s.DB, Keys: s.Keys, Feed: s.Feed, Rules: s.Book.Rules, Policy: assets.Rules(), Now: now, Log: s.Log, ID: s.ID, Campaigns: storage.Campaigns{DB: s.DB}, Host: s.Host})
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
	h.Live = func(listen string) cli.Job { return h.live(g, listen) }
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

// facts are what the header tells.
func (h *house) facts(name string, demo, receives bool) *ui.Facts {
	return &ui.Facts{Channels: h.Store, Sent: h.Store, Now: h.Store.Now, Shop: name, Demo: demo, Receives: receives, KeyWarn: h.Connect.Policy.Expiry.D(),
		Look: h.Watch.Look}
}

// setup is what the tab of settings works with.
func (h *house) setup(g cli.Globals) setup.Deps {
	places := make([]string, len(h.Rungs))
	for i, k := range h.Rungs {
		places[i] = k.Where()
	}
	try := &connect.Tryout{Inbox: h.Store, Feed: h.Feed, Send: h.work(0).SendTo, Gateways: h.lines.Providers, Policy: h.Connect.Policy, Now: h.Store.Now}
	return setup.Deps{Work: h.Connect, Channels: h.Store, Policy: h.Connect.Policy, Able: h.lines.Able, NewSecret: h.Connect.NewSecret, Rules: h.Rules, Dir: h.Dir, Places: places, Begin: h.begin,
		Try: func(ctx context.Context, ch core.Channel, to core.Phone, tell func(connect.Result)) error {
			_, err := try.Run(ctx, ch, to, g.Agent, connect.Words{Text: g.Words.T(text.ConnectTestText)}, tell)
			return err
		}}
}

// live is everything that moves messages. Where another program has the
// address, that one receives.
func (h *house) live(g cli.Globals, listen string) cli.Job {
	return func(ctx context.Context) error {
		jobs := h.jobs()
		if ln, err := traffic.Listen(listen); err == nil {
			jobs = append(jobs, func(ctx context.Context) error { return webhook.Serve(ctx, ln, h.receiver(g)) })
		} else if core.CodeOf(err) != core.AddressInUse {
			return err
		}
		return cli.Together(ctx, jobs...)
	}
}

// office plans campaigns and starts them.
func (h *house) office() *campaign.Office {
	records := storage.Campaigns{DB: h.Store.DB}
	return &campaign.Office{Desk: h.lines.Desk, Audience: records, Records: records, Pulse: records, Channels: h.Store, Templates: h.lines.Forms,
		Parse: h.Customers.Parse, Bands: h.Customers.Bands(), Prices: h.Ledger.MonthOf, Contact: h.Store.Contact, Send: h.work(0).SendTo}
}

// spent is what a campaign has cost so far; nothing when its number is gone.
func (h *house) spent(ctx context.Context, c campaign.Campaign) ([]core.Money, error) {
	t, err := h.spending(ctx, c)
	return t.Amounts.List(), err
}

func (h *house) spending(ctx context.Context, c campaign.Campaign) (ledger.Spending, error) {
	ch, err := h.Store.Channel(ctx, c.ChannelID)
	if core.CodeOf(err) == core.NotFound {
		return ledger.Spending{}, nil
	}
	if err != nil {
		return ledger.Spending{}, err
	}
	return h.Ledger.Spent(ctx, ch, c.ID, c.StartedAt, h.Store.Now())
}

// texts is what went by SMS in place of a campaign's messages, and its cost.
func (h *house) texts(ctx context.Context, c campaign.Campaign) (campaign.Texts, []core.Money, error) {
	n, err := h.Store.Texts(ctx, c.ID)
	if err != nil || n.Total() == 0 {
		return n, nil, err
	}
	t, err := h.spending(ctx, c)
	return n, t.SMS.Amounts.List(), err
}

// checkForm says whether a template may be sent with these values.
func (h *house) checkForm(ctx context.Context, channel int64, name, language string, values []string) error {
	lib, err := h.lines.Library()
	if err != nil {
		return err
	}
	return lib.Check(ctx, channel, name, language, values)
}

// glance tells how the templates stand.
func (h *house) glance(ctx context.Context) ([]library.Entry, error) {
	s, err := h.lines.Shelf()
	if err != nil {
		return nil, err
	}
	return s.Glance(ctx)
}

// templates are the tools of the library's pane.
func (h *house) templates(context.Context) (templates.Tools, error) {
	lib, err := h.lines.Library()
	if err != nil {
		return templates.Tools{}, err
	}
	starter, err := template.Starter(assets.Templates())
	if err != nil {
		return templates.Tools{}, err
	}
	samples, err := templates.ReadSamples(assets.Templates())
	return templates.Tools{Work: lib, Linter: lib.Linter, Cycle: lib.Cycle, Starter: starter, Samples: samples}, err
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
func (p *program) screen(ctx context.Context, g cli.Globals, o cli.Receiver) (err error) {
	h, err := p.open(ctx, g, p.now, demo.KeysOf)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	chs, err := h.Store.Channels(ctx)
	if err != nil {
		return err
	}
	if len(chs) == 0 {
		door, err := ui.AskDoor(ctx, g.Words, p.environ.Get("BOTTEGA_THEME"), p.terminal()...)
		switch {
		case err != nil || door == ui.DoorNone:
			return err
		case door == ui.DoorDemo:
			return p.demo(ctx, g, cli.DemoOptions{Speed: 1}, nil)
		}
		h.begin = true
	}
	jobs, receives := h.jobs(), true
	if g.ReadOnly { // looks on: nothing is sent, received or woken here
		jobs, receives = []cli.Job{h.Store.Run}, traffic.Answers(ctx, o.Listen)
	} else if ln, lerr := h.lines.Open(door(o)); lerr == nil {
		jobs = append(jobs, func(ctx context.Context) error { return ln.Serve(ctx, h.meter.Beside(h.receiver(g))) })
	} else if receives = traffic.Answers(ctx, o.Listen); core.CodeOf(lerr) != core.AddressInUse {
		return lerr
	}
	return p.counter(ctx, g, h, h.facts("", false, receives), 1, jobs)
}

// terminal is where the TUI runs.
func (p *program) terminal() []tea.ProgramOption {
	return []tea.ProgramOption{tea.WithInput(p.in), tea.WithOutput(p.out), tea.WithEnvironment(p.environ), tea.WithoutSignalHandler()}
}

// counter shows the TUI over a shop whose jobs run, until it is left.
func (p *program) counter(ctx context.Context, g cli.Globals, h *house, facts *ui.Facts, speed float64, jobs []cli.Job) error {
	when, err := inbox.LoadWhen(assets.Rules(), g.Words.Lang())
	if err != nil {
		return err
	}
	limits, err := pane.ReadLimits(assets.Rules())
	if err != nil {
		return err
	}
	return cli.Until(ctx, func(ctx context.Context) error {
		env := &frame.Env{Ctx: ctx, Words: g.Words, Now: h.Store.Now, Agent: g.Agent, ReadOnly: g.ReadOnly}
		box := pane.New(env, pane.Deps{
			Read: h.Store, People: h.Store, Find: h.Store, Work: h.work(h.Rules().Policy.UndoGrace), Presence: h.Store, Channels: h.Store, Process: h.Store.ID,
			Rules: h.Rules, Agents: func() []string { return h.Agents }, Limits: limits, Forms: h.Store, CheckForm: h.checkForm, Consents: h.Store.Consents, Promoted: h.Store.Promoted, Book: pane.Rates(assets.Rules()), Upload: h.Upload, Editor: p.environ.Get("EDITOR"),
			Detail: h.Customers.Detail,
			Open:   func(target string) error { return ui.OpenTarget(target, h.Store.MediaPath) },
			When:   func(words string, now time.Time) (time.Time, error) { return inbox.ParseWhen(words, when, now) },
		})
		book := contacts.New(env, contacts.Deps{Lists: h.Customers, Cards: h.Customers, Work: h.Customers, Heat: h.Customers.Heat, Region: h.region(ctx),
			Files: h.Customers, OpenTable: shop.OpenTable, SaveTable: shop.SaveTable, Tray: h.Customers, Pairs: h.Customers})
		forms := templates.New(env, templates.Deps{Read: h.Store, Channels: h.Store, Glance: h.glance, Open: h.templates, ReadOnly: g.ReadOnly, Editor: p.environ.Get("EDITOR")})
		posts := campaigns.New(env, campaigns.Deps{Read: h.Campaigns.Store, Desk: h.Campaigns, Office: h.Campaigns, People: h.Customers, Forms: h.Store, Channels: h.Store, Notes: h.Store, Rules: h.Campaigns.Rules,
			OpenTable: shop.OpenTable, SaveTable: shop.SaveTable, Spent: h.spent, Texts: h.texts, Region: h.region(ctx), When: func(words string, now time.Time) (time.Time, error) { return inbox.ParseWhen(words, when, now) }})
		app := ui.New(env, ui.Deps{Feed: h.Feed, Panes: map[string]frame.Pane{pane.Name: box, templates.Name: forms, contacts.Name: book, campaigns.Name: posts, setup.Name: setup.New(env, h.setup(g))}, Status: facts.Status,
			Notifier: ui.Desktop{App: "bottega"}, Theme: p.environ.Get("BOTTEGA_THEME"), Speed: speed, Log: h.Store.Log, Notice: g.Words.Missing(g.Lang)})
		ui.Thrifty(p.environ.Get)
		_, err := ui.Program(ctx, app, p.terminal()...).Run()
		if !g.ReadOnly { // the last words of a draft; nobody is here any more
			late := context.WithoutCancel(ctx)
			err = errors.Join(err, box.Close(late), forms.Close(late), posts.Close(late), h.Store.ClearPresence(late, h.Store.ID))
		}
		if app.Err() != nil {
			return app.Err()
		}
		if errors.Is(err, tea.ErrProgramKilled) {
			return ctx.Err() // ended from outside
		}
		return err
	}, jobs...)
}

// region is where the shop's first number is from, for numbers that are typed
// or imported without a country code; "" when that is not known.
func (h *house) region(ctx context.Context) string {
	chs, err := h.Store.Channels(ctx)
	if err != nil || len(chs) == 0 {
		return "" // national numbers are refused then, with the reason
	}
	return contact.Country(chs[0].Number)
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
		return p.counter(ctx, g, h, h.facts(h.Name, true, true), o.Speed, jobs)
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
