// Package probe measures the way of messages over real HTTP on loopback: how
// many callbacks become durable before they are answered, how long one takes
// until it can be seen and found, and how many messages leave.
package probe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"bottega/bsp/provider"
	"bottega/bsp/traffic"
	"bottega/bsp/webhook"
	"bottega/core"
	"bottega/core/gauge"
	"bottega/core/inbox"
)

// Store is an opened store with its background work.
type Store interface {
	traffic.Store
	core.Searcher
	core.InboxReader
	Run(ctx context.Context) error
	Close() error
}

// Options of the probes, and gauge.Traffic. Dir, Burst and Sends come through In.
type Options struct {
	Dir   string // for shops that are thrown away
	Open  func(dir string, feed *core.Feed) (Store, traffic.Campaigns, error)
	Keys  core.Keyring // of the made-up number
	Rules fs.FS        // assets.Rules()
	Burst time.Duration
	Sends int
}

// In implements gauge.Traffic.
func (o Options) In(dir string, burst time.Duration, sends int) gauge.Traffic {
	o.Dir, o.Burst, o.Sends = dir, burst, sends
	return o
}

// The made-up number and its keys.
const (
	name      = "shop"
	number    = "100000000000101"
	business  = "100000000000201"
	token     = core.Secret("probe-token")
	appSecret = core.Secret("probe-app-secret")
)

// house is a shop of its own for one measurement.
type house struct {
	Store
	feed      *core.Feed
	ch        core.Channel
	lines     *traffic.Traffic
	campaigns traffic.Campaigns
	rules     core.Rules
	dir       string
	end       func() error
}

// build opens an empty shop with one number at base, its background work running.
func (o Options) build(ctx context.Context, base string) (h *house, err error) {
	h = &house{feed: core.NewFeed()}
	if h.rules, err = inbox.LoadRules(o.Rules); err != nil {
		return nil, err
	}
	if h.dir, err = os.MkdirTemp(o.Dir, "probe-*"); err != nil {
		return nil, core.Fail(core.Internal, "probe.build", err)
	}
	if h.Store, h.campaigns, err = o.Open(filepath.Join(h.dir, "data"), h.feed); err != nil {
		return nil, errors.Join(err, os.RemoveAll(h.dir))
	}
	ctx, stop := context.WithCancel(ctx)
	ran := make(chan error, 1)
	go func() { ran <- core.Guard(ctx, "probe", h.Run)() }()
	h.end = func() error {
		stop()
		err := <-ran
		if errors.Is(err, context.Canceled) {
			err = nil
		}
		return errors.Join(err, h.Close(), os.RemoveAll(h.dir))
	}
	if err = o.connect(ctx, h, base); err != nil {
		return nil, errors.Join(err, h.end())
	}
	return h, nil
}

func (o Options) connect(ctx context.Context, h *house, base string) (err error) {
	for field, v := range map[string]core.Secret{provider.Token: token, provider.AppSecret: appSecret, provider.VerifyToken: "probe"} {
		if err := o.Keys.Set(ctx, name, field, v); err != nil {
			return err
		}
	}
	h.ch, err = h.SaveChannel(ctx, core.Channel{Name: name, Provider: core.Sandbox, State: core.Active, Number: "+390555550100",
		Account: core.Account{PhoneNumberID: number, BusinessID: business, BaseURL: base}, CreatedAt: time.Now()})
	if err != nil {
		return err
	}
	h.lines, err = o.traffic(h, h.Store)
	return err
}

func (o Options) traffic(h *house, s traffic.Store) (*traffic.Traffic, error) {
	return traffic.New(traffic.Options{Store: s, Keys: o.Keys, Feed: h.feed, Rules: func() core.Rules { return h.rules },
		Policy: unpaced{o.Rules}, Now: time.Now, Log: slog.New(slog.DiscardHandler), ID: "probe",
		Campaigns: h.campaigns, Host: "probe"})
}

// unpaced are the rules with a sender and campaigns that keep no rate: what is
// measured is the program, not Meta's limit.
type unpaced struct{ fs.FS }

// ReadFile implements fs.ReadFileFS.
func (u unpaced) ReadFile(name string) ([]byte, error) {
	b, err := fs.ReadFile(u.FS, name)
	if err != nil || name != "outbox.json" && name != "campaign.json" {
		return b, err
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, err
	}
	if name == "outbox.json" {
		m["per_second"] = 0
	} else if rule, ok := m["platform_per_second"].(map[string]any); ok {
		rule["value"] = campaignPace / 60
	}
	return json.Marshal(m)
}

// listen serves h on loopback until the returned function is called.
func listen(ctx context.Context, h http.Handler) (url string, end func() error, err error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, core.Fail(core.AddressInUse, "probe.listen", err)
	}
	ctx, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() {
		done <- core.Guard(ctx, "probe", func(ctx context.Context) error { return webhook.Serve(ctx, ln, h) })()
	}()
	return "http://" + ln.Addr().String(), sync.OnceValue(func() error {
		stop()
		return <-done
	}), nil
}

// callback is a message as Meta posts it: the n-th, from one of a hundred people.
func callback(n int, text string) []byte {
	from := fmt.Sprintf("39333%07d", n%100)
	return fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"%s","changes":[{"field":"messages","value":{"messaging_product":"whatsapp",`+
		`"metadata":{"display_phone_number":"390555550100","phone_number_id":"%s"},"contacts":[{"profile":{"name":"Ana %s"},"wa_id":"%s"}],`+
		`"messages":[{"from":"%s","id":"wamid.HBgLMzkzMzMxMjM0NTY3FQIAEhggQ%032d","timestamp":"%d","type":"text","text":{"body":"%s"}}]}}]}]}`,
		business, number, from[5:], from, from, n, time.Now().Unix(), text)
}
