// Package traffic is all that moves messages between a shop's store and its
// providers while the shop is open: it takes callbacks, decodes them, fetches
// files, sends what is queued, marks as read what was seen, and asks how the
// numbers stand. The parts are core's and bsp's; here they are connected.
package traffic

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"bottega/bsp"
	"bottega/bsp/provider"
	"bottega/bsp/webhook"
	"bottega/core"
	"bottega/core/campaign"
	join "bottega/core/connect"
	"bottega/core/consent"
	"bottega/core/inbox"
	"bottega/core/ingest"
	"bottega/core/library"
	"bottega/core/outbox"
)

// Store is what traffic needs of the store.
type Store interface {
	core.Writer
	core.ChannelStore
	core.JournalStore
	core.OutboxReader
	core.LeaseStore
	core.MediaStore
	core.SettingsStore
	core.TemplateReader
	core.PolledJournal
	core.PulseStore
}

// Options of Traffic. All but Roots are needed.
type Options struct {
	Store Store
	// Campaigns is the same store as campaigns see it, Host this installation.
	Campaigns Campaigns
	Host      string
	Keys      core.Keyring
	Feed      *core.Feed
	Rules     func() core.Rules
	Policy    fs.FS // assets.Rules(), for the waits of sender and fetcher, and the decoder's batches
	Now       func() time.Time
	Log       *slog.Logger
	ID        string // of this process among those on the same data
	// Roots are trusted for the addresses of our own callbacks; nil means the
	// computer's.
	Roots *x509.CertPool
}

// Traffic connects a store with the providers of its channels. New starts
// nothing.
type Traffic struct {
	Providers *provider.Set
	Marks     *inbox.ReadMarks // its Mark goes into inbox.Service
	// Library is the service of templates; the first call reads the rules.
	Library func() (*library.Service, error)
	// Shelf is Library without the rules: it reads lists and does not judge.
	Shelf func() (*library.Service, error)
	// Desk is what people do with campaigns.
	Desk *campaign.Desk
	// Forms are the templates of a channel that its provider holds.
	Forms  func(ctx context.Context, channel int64) ([]core.Template, error)
	o      Options
	runner *campaign.Runner
	sender *outbox.Runner
	reader *ingest.Worker
	files  *ingest.Fetcher
	pulse  pulse
}

// New connects the parts. InvalidInput when the sender's policy cannot be used.
func New(o Options) (*Traffic, error) {
	policy, err := outbox.LoadPolicy(o.Policy)
	if err != nil {
		return nil, err
	}
	fetch, err := ingest.LoadFetchPolicy(o.Policy)
	if err != nil {
		return nil, err
	}
	batch, err := ingest.LoadBatch(o.Policy)
	if err != nil {
		return nil, err
	}
	words, err := consent.LoadKeywords(o.Policy)
	if err != nil {
		return nil, err
	}
	keys, err := join.LoadPolicy(o.Policy)
	if err != nil {
		return nil, err
	}
	set := &provider.Set{AskKey: keys.Ask.D(), Keys: o.Keys, Client: client(), Now: o.Now, Log: o.Log, Calls: &bsp.Stats{}, Books: &provider.Books{}}
	t := &Traffic{o: o, Providers: set, Marks: inbox.NewReadMarks(set, o.Store.Channel, o.Log)}
	if err := t.newCampaigns(); err != nil {
		return nil, err
	}
	watched := campaign.Watched{Gateways: set, Runner: t.runner}
	t.sender = &outbox.Runner{Store: o.Store, Gateways: watched, Feed: o.Feed, Rules: o.Rules, Policy: policy, Now: o.Now, Log: o.Log, Owner: o.ID, Files: o.Store}
	t.reader = &ingest.Worker{Store: o.Store, Decoders: provider.Decoders(), Version: provider.Version, Rules: o.Rules, Feed: o.Feed, Now: o.Now, Log: o.Log, Owner: o.ID, Batch: batch,
		Stops: &ingest.Stops{Keywords: words, NewRef: rand.Text}, Answered: t.Desk.Rules.Answered, Deeds: campaign.Guard{}}
	t.files = &ingest.Fetcher{Store: o.Store, Gateways: set, Feed: o.Feed, Policy: fetch, Now: o.Now, Log: o.Log, Owner: o.ID}
	t.Library, t.Shelf = sync.OnceValues(t.newLibrary), sync.OnceValues(t.newShelf)
	return t, nil
}

// perHost is how many idle connections to one provider are kept: as many as the
// sender has requests at once. With the usual two most sends would begin with a
// new connection, and on a phone line that is most of their time.
const perHost = 64

func client() *http.Client {
	t := &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, TLSHandshakeTimeout: 10 * time.Second,
		MaxIdleConns: 2 * perHost, MaxIdleConnsPerHost: perHost, IdleConnTimeout: 90 * time.Second}
	return &http.Client{Transport: t}
}

// Send sends what is queued until ctx ends, unless another process does.
func (t *Traffic) Send(ctx context.Context) error { return t.sender.Run(ctx) }

// Campaign hands over what running campaigns have to send until ctx ends, unless
// another process does.
func (t *Traffic) Campaign(ctx context.Context) error { return t.runner.Run(ctx) }

// Drain decodes what is in the journal and returns when nothing is left.
func (t *Traffic) Drain(ctx context.Context) error {
	_, err := t.reader.Drain(ctx)
	return err
}

// Calls tells how many requests the providers have been sent since the start,
// and how many of them they failed (S-218): not those refused with reason.
func (t *Traffic) Calls() (made, failed int64) {
	all := t.Providers.Calls.Report().All
	return all.Count, all.Failed
}

// Jobs are all that works beside the receiver; each runs until its context
// ends. Several processes on the same data may run them.
func (t *Traffic) Jobs() []func(context.Context) error {
	return []func(context.Context) error{
		t.reader.Run, t.sender.Run, t.runner.Run, t.files.Run, t.Marks.Run, t.keepLibrary, t.beat,
		t.poll, (&outbox.Finder{Store: t.o.Store, Gateways: t.Providers, Rules: t.o.Rules, Now: t.o.Now, Log: t.o.Log, Owner: t.o.ID}).Run,
		func(ctx context.Context) error { return t.Providers.Watch(ctx, t.o.Store) },
	}
}

// poll asks the providers that can be asked for what came in.
func (t *Traffic) poll(ctx context.Context) error {
	policy, err := ingest.LoadPollPolicy(t.o.Policy)
	if err != nil {
		return err
	}
	p := &ingest.Poller{Store: t.o.Store, Gateways: t.Providers, Policy: policy, Now: t.o.Now, Log: t.o.Log, Owner: t.o.ID}
	return p.Run(ctx)
}

// remembered is how long the receiver knows a channel and its keys without asking.
const remembered = 30 * time.Second

// Receiver takes callbacks at /webhooks/NAME and answers health checks. words
// say what went wrong to whoever asks; observe is told how long answers took.
func (t *Traffic) Receiver(words func(core.Code) (string, string), observe func(time.Duration, int)) http.Handler {
	both := func(took time.Duration, status int) {
		t.observe(took, status)
		if observe != nil {
			observe(took, status)
		}
	}
	return webhook.New(webhook.Options{
		Channel: webhook.Cached(t.Providers.Channel(t.o.Store), remembered, t.o.Now), Journal: t.o.Store,
		Now: t.o.Now, Log: t.o.Log, Observe: both, Words: words, Stray: t.stray,
		Ready: func(ctx context.Context) error { _, err := t.o.Store.Channels(ctx); return err },
	})
}

// stray keeps which path no channel has, so that doctor can tell.
func (t *Traffic) stray(ctx context.Context, path string) {
	if err := t.o.Store.SetSetting(ctx, core.StraySetting, core.Stray{Path: path, At: t.o.Now()}); err != nil {
		t.o.Log.Error("Stray callback was not noted", "err", core.Trace(err))
	}
}

// Upload hands a file of this computer to a channel's provider. NotFound when
// it cannot be read.
func (t *Traffic) Upload(ctx context.Context, channel int64, path, mime string) (core.Media, error) {
	const op = "traffic.Upload"
	ch, err := t.o.Store.Channel(ctx, channel)
	if err != nil {
		return core.Media{}, err
	}
	gw, err := t.Providers.Gateway(ctx, ch)
	if err != nil {
		return core.Media{}, err
	}
	f, err := os.Open(path)
	if err != nil {
		return core.Media{}, core.Fail(core.NotFound, op, err)
	}
	defer func() { _ = f.Close() }() // only read
	st, err := f.Stat()
	if err != nil {
		return core.Media{}, core.Fail(core.NotFound, op, err)
	}
	m := core.Media{MIME: mime, Filename: filepath.Base(path), Size: st.Size()}
	m.ID, err = gw.Upload(ctx, core.MediaFile{Filename: m.Filename, MIME: mime, Size: m.Size, Body: f})
	return m, err
}

// Listen opens an address for a receiver. AddressInUse when another program
// has it, BadAddress when it is none of this computer.
func Listen(addr string) (net.Listener, error) {
	ln, err := net.Listen("tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, core.Fail(core.AddressInUse, "traffic.Listen", err)
	case err != nil:
		return nil, core.Fail(core.BadAddress, "traffic.Listen", err)
	}
	return ln, nil
}

// Answers reports whether a receiver of ours answers at addr, with TLS or without.
func Answers(ctx context.Context, addr string) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	// Only whether it lives is asked, and nothing told: whose certificate it has
	// does not matter.
	t := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}
	return lives(ctx, t, "http://"+addr) || lives(ctx, t, "https://"+addr)
}

func lives(ctx context.Context, t http.RoundTripper, base string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/healthz", nil)
	if err != nil {
		return false
	}
	resp, err := t.RoundTrip(req)
	if err != nil {
		return false
	}
	defer func() { _ = resp.Body.Close() }() // only read
	var said struct {
		Status string `json:"status"`
	}
	return json.NewDecoder(io.LimitReader(resp.Body, 1<<10)).Decode(&said) == nil && said.Status == "ok" && resp.StatusCode == http.StatusOK
}
