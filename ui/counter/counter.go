// Package counter puts the panes together to the screen over an opened shop,
// and shows it until it is left.
package counter

import (
	"context"
	"errors"
	"log/slog"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/assets"
	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/connect"
	"bottega/core/consent"
	"bottega/core/inbox"
	"bottega/core/library"
	"bottega/ui"
	"bottega/ui/campaigns"
	"bottega/ui/cli"
	"bottega/ui/contacts"
	"bottega/ui/frame"
	pane "bottega/ui/inbox"
	"bottega/ui/setup"
	"bottega/ui/templates"
	"bottega/ui/text"
)

// Store is what the screen reads of a shop, and the little it writes past its
// services.
type Store interface {
	core.InboxReader
	core.Searcher
	core.ChannelStore
	core.DeliveryReader
	core.TemplateReader
	core.SettingsStore
	pane.People
	pane.Presence
	Consents(ctx context.Context, contact int64) ([]consent.Entry, error)
	Promoted(ctx context.Context, contact int64, since time.Time) (time.Time, error)
	MediaPath(name string) (string, error)
	Texts(ctx context.Context, campaign int64) (campaign.Texts, error)
}

// Screen is the counter over one shop. All fields but Begin are required.
type Screen struct {
	Shop    *cli.Shop
	Globals cli.Globals
	Store   Store
	Now     func() time.Time
	Log     *slog.Logger
	Process string // unique per running bottega
	// Work can take a reply back for the shop's grace.
	Work pane.Work
	// Shelf is Shop.Library without the rules of the review.
	Shelf func() (*library.Service, error)
	// OpenTable and SaveTable read and write spreadsheets.
	OpenTable contacts.Opener
	SaveTable contacts.Saver
	Environ   cli.Environ
	Terminal  []tea.ProgramOption
	// Demo tells that the customers are made up, Receives that callbacks are
	// taken, here or by another bottega on the same data.
	Demo, Receives bool
	Speed          float64        // how many seconds of Now pass in one
	Begin          *connect.Start // somebody came to connect a number
}

// Show runs the screen beside jobs and returns when it is left. What was begun
// in a pane is kept.
func (s *Screen) Show(ctx context.Context, jobs ...cli.Job) error {
	when, err := inbox.LoadWhen(assets.Rules(), s.Globals.Words.Lang())
	if err != nil {
		return err
	}
	limits, err := pane.ReadLimits(assets.Rules())
	if err != nil {
		return err
	}
	return cli.Until(ctx, func(ctx context.Context) error {
		env := &frame.Env{Ctx: ctx, Words: s.Globals.Words, Now: s.Now, Agent: s.Globals.Agent, ReadOnly: s.Globals.ReadOnly}
		p := s.panes(env, limits, func(words string, now time.Time) (time.Time, error) { return inbox.ParseWhen(words, when, now) })
		app := ui.New(env, ui.Deps{Feed: s.Shop.Feed, Status: s.facts().Status, Notifier: ui.Desktop{App: "bottega"}, Theme: s.Environ.Get("BOTTEGA_THEME"),
			Panes: map[string]frame.Pane{pane.Name: p.box, templates.Name: p.forms, contacts.Name: p.book, campaigns.Name: p.posts, setup.Name: setup.New(env, s.settings())},
			Speed: s.Speed, Log: s.Log, Notice: s.Globals.Words.Missing(s.Globals.Lang)})
		ui.Thrifty(s.Environ.Get)
		_, err := ui.Program(ctx, app, s.Terminal...).Run()
		if !env.ReadOnly { // the last words of a draft; nobody is here any more
			late := context.WithoutCancel(ctx)
			err = errors.Join(err, p.box.Close(late), p.forms.Close(late), p.posts.Close(late), s.Store.ClearPresence(late, s.Process))
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

// panes are those that work on what lies in the store.
type panes struct {
	box   *pane.Pane
	book  *contacts.Pane
	forms *templates.Pane
	posts *campaigns.Pane
}

// panes makes them; when reads a time as people type it.
func (s *Screen) panes(env *frame.Env, limits pane.Limits, when func(string, time.Time) (time.Time, error)) panes {
	h, editor, region := s.Shop, s.Environ.Get("EDITOR"), s.region(env.Ctx)
	return panes{
		box: pane.New(env, pane.Deps{Read: s.Store, People: s.Store, Find: s.Store, Work: s.Work, Presence: s.Store, Channels: s.Store, Process: s.Process,
			Rules: h.Rules, Agents: func() []string { return h.Agents }, Limits: limits, Forms: s.Store, CheckForm: s.checkForm, Consents: s.Store.Consents, Promoted: s.Store.Promoted,
			Prices: h.Ledger.Account, Upload: h.Upload, Editor: editor, Detail: h.Customers.Detail, When: when,
			Open: func(target string) error { return ui.OpenTarget(target, s.Store.MediaPath) }}),
		book: contacts.New(env, contacts.Deps{Lists: h.Customers, Cards: h.Customers, Work: h.Customers, Heat: h.Customers.Heat, Region: region,
			Files: h.Customers, OpenTable: s.OpenTable, SaveTable: s.SaveTable, Tray: h.Customers, Pairs: h.Customers}),
		forms: templates.New(env, templates.Deps{Read: s.Store, Channels: s.Store, Glance: s.glance, Open: s.tools, ReadOnly: env.ReadOnly, Editor: editor}),
		posts: campaigns.New(env, campaigns.Deps{Read: h.Campaigns.Store, Desk: h.Campaigns, Office: h.Campaigns, People: h.Customers, Forms: s.Store, Channels: s.Store, Notes: s.Store, Rules: h.Campaigns.Rules,
			OpenTable: campaigns.Opener(s.OpenTable), SaveTable: campaigns.Saver(s.SaveTable), Spent: s.spent, Texts: s.texts, Region: region, When: when}),
	}
}

// facts are what the header tells.
func (s *Screen) facts() *ui.Facts {
	return &ui.Facts{Channels: s.Store, Sent: s.Store, Now: s.Now, Shop: s.Shop.Name, Demo: s.Demo, Receives: s.Receives,
		KeyWarn: s.Shop.Connect.Policy.Expiry.D(), Look: s.Shop.Watch.Look}
}

// settings is what the tab of settings works with.
func (s *Screen) settings() setup.Deps {
	h := s.Shop
	try := &connect.Tryout{Inbox: s.Store, Feed: h.Feed, Send: h.Work.SendTo, Gateways: h.Gateways(h.Keyring), Policy: h.Connect.Policy, Now: s.Now}
	return setup.Deps{Work: h.Connect, Channels: s.Store, Policy: h.Connect.Policy, Able: h.Able, NewSecret: h.Connect.NewSecret, Rules: h.Rules, Dir: h.Dir, Places: h.Rungs, Begin: s.Begin,
		Ping: func(ctx context.Context, ch core.Channel) (string, core.Pinged, error) {
			to, err := h.Address(ctx, &ch)
			if err != nil || to == "" {
				return "", core.Pinged{}, err
			}
			return to, h.Ping(ctx, ch, to), nil
		},
		Try: func(ctx context.Context, ch core.Channel, to core.Phone, tell func(connect.Result)) error {
			_, err := try.Run(ctx, ch, to, s.Globals.Agent, connect.Words{Text: s.Globals.Words.T(text.ConnectTestText)}, tell)
			return err
		}}
}
