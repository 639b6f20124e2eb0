package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"time"

	"bottega/core"
)

// PollStore is what the poller needs of the store.
type PollStore interface {
	core.PolledJournal
	core.ChannelStore
	core.LeaseStore
	core.SettingsStore
}

// PollPolicy is how providers are asked for news, as data with its source: the
// part "news" of assets/rules/fetch.json.
type PollPolicy struct {
	First  core.Duration `json:"first"`  // after something came
	Idle   core.Duration `json:"idle"`   // longest wait while nothing comes
	Beside core.Duration `json:"beside"` // where callbacks come too: only what they missed
	Max    core.Duration `json:"max"`    // longest wait while the provider is in trouble
	Keep   core.Duration `json:"keep"`   // how old a cursor without news may get on disk
	Hold   core.Duration `json:"hold"`   // lease of a channel
	Look   core.Duration `json:"look"`   // look for channels that are new
	Source string        `json:"source"`
	Date   string        `json:"date"`
}

// LoadPollPolicy reads the part "news" of fetch.json below the tree of rules.
// It returns InvalidInput for a file that cannot be used.
func LoadPollPolicy(rules fs.FS) (PollPolicy, error) {
	const op = "ingest.LoadPollPolicy"
	var file struct {
		News PollPolicy `json:"news"`
	}
	b, err := fs.ReadFile(rules, "fetch.json")
	if err != nil {
		return file.News, core.Fail(core.NotFound, op, err)
	}
	if err := json.Unmarshal(b, &file); err != nil {
		return file.News, core.Fail(core.InvalidInput, op, err)
	}
	p := file.News
	if p.First <= 0 || p.Idle < p.First || p.Beside < p.First || p.Max < p.Idle || p.Keep < 0 || p.Hold <= 0 || p.Look <= 0 {
		return p, core.Fail(core.InvalidInput, op, nil)
	}
	return p, nil
}

// Poller asks providers that can be asked for what came in, so that a shop
// without a public address receives too. What they answer goes into the journal
// like a callback, and only then the cursor moves: a crash between the two tells
// things twice, which the worker recognises, and never leaves one out. One
// process at a time asks for each channel; a channel in trouble keeps no other
// waiting. Fields are required.
type Poller struct {
	Store    PollStore
	Gateways core.Gateways
	Policy   PollPolicy
	Now      func() time.Time
	Log      *slog.Logger
	Owner    string // unique per running process

	lines map[int64]*pollLine
}

// pollLine is a channel between two questions.
type pollLine struct {
	hold *core.Hold
	next time.Time
	wait time.Duration
	busy bool
	shut int64 // Rev of the channel when its key was refused; 0 when it was not
}

// polled is what became of one question.
type polled struct {
	channel core.Channel
	news    bool
	never   bool // its provider cannot be asked
	err     error
}

// Run asks until ctx ends, and returns nil then.
func (p *Poller) Run(ctx context.Context) error {
	p.lines = map[int64]*pollLine{}
	done := make(chan polled)
	timer := time.NewTimer(0)
	defer timer.Stop()
	busy := 0
	for {
		select {
		case <-ctx.Done():
			for ; busy > 0; busy-- { // questions end with ctx
				<-done
			}
			return p.leave(context.WithoutCancel(ctx))
		case r := <-done:
			busy--
			p.judge(r)
			continue
		case <-timer.C:
		}
		busy += p.start(ctx, done)
		timer.Reset(p.Policy.Look.D())
	}
}

// start asks for every channel whose time has come, and returns how many.
func (p *Poller) start(ctx context.Context, done chan<- polled) int {
	chs, err := p.Store.Channels(ctx)
	if err != nil {
		if ctx.Err() == nil {
			p.Log.Error("ingest: channels could not be read for polling", "err", core.Trace(err))
		}
		return 0
	}
	now, n := p.Now(), 0
	for _, ch := range chs {
		l := p.lines[ch.ID]
		if l == nil {
			l = &pollLine{hold: &core.Hold{Store: p.Store, Name: core.PollSetting(ch.ID), Owner: p.Owner, TTL: p.Policy.Hold.D(), Now: p.Now}}
			p.lines[ch.ID] = l
		}
		if l.shut != 0 && l.shut != ch.Rev { // perhaps a new key
			l.next = now
		}
		if l.busy || now.Before(l.next) && now.After(l.next.Add(-2*p.Policy.Max.D())) { // a clock set back waits for nothing
			continue
		}
		l.busy = true
		n++
		go func() {
			r := polled{channel: ch}
			r.err = core.Guard(ctx, "poll", func(ctx context.Context) (err error) {
				r.news, err = p.ask(ctx, l.hold, ch)
				return err
			})()
			if r.never = errors.Is(r.err, errNever); r.never {
				r.err = nil
			}
			done <- r
		}()
	}
	return n
}

// judge chooses when a channel is asked next: soon after news, later and later
// while there are none, and much later while the provider is in trouble.
func (p *Poller) judge(r polled) {
	l, pol := p.lines[r.channel.ID], &p.Policy
	l.busy, l.shut = false, 0
	most := pol.Idle.D()
	switch {
	case r.err != nil:
		most = pol.Max.D()
		l.wait = max(2*l.wait, pol.First.D())
		if pe := core.ProviderErrorOf(r.err); pe != nil {
			l.wait = max(l.wait, pe.RetryAfter)
			if pe.Class.StopsChannel() { // until it has a new key, which changes the channel
				l.wait, l.shut = most, r.channel.Rev
			}
		}
		p.Log.Warn("ingest: news could not be asked for", "channel", r.channel.ID, "code", core.CodeOf(r.err))
	case r.never:
		most = pol.Max.D()
		l.wait = most
	case r.channel.Way(true) == core.ByBoth:
		most = pol.Beside.D()
		l.wait = most
	case r.news:
		l.wait = pol.First.D()
	default:
		l.wait = max(2*l.wait, pol.First.D())
	}
	l.wait = min(l.wait, most)
	l.next = p.Now().Add(l.wait)
}

// errNever is a provider that cannot be asked.
var errNever = errors.New("no polling")

// ask asks for one channel until nothing more is there. One that another
// process asks for has no news.
func (p *Poller) ask(ctx context.Context, hold *core.Hold, ch core.Channel) (news bool, err error) {
	gw, err := p.Gateways.Gateway(ctx, ch)
	if err != nil {
		return false, err
	}
	from, ok := core.Port[core.Poller](gw)
	if !ok || !gw.Capabilities().PollInbound || !ch.Way(true).Polls() {
		return false, errNever
	}
	for {
		if ours, err := hold.Take(ctx); err != nil || !ours {
			return news, err
		}
		var last core.PollMark // read again each time: another process may have asked meanwhile
		if _, err := p.Store.Setting(ctx, core.PollSetting(ch.ID), &last); err != nil {
			return news, err
		}
		var got core.Polled
		err := core.WithKey(gw, func() (err error) {
			got, err = from.Poll(ctx, last.Cursor)
			return err
		})
		if err != nil {
			return news, err
		}
		now := p.Now()
		for _, body := range got.Bodies {
			if _, err := p.Store.AppendPolled(ctx, ch.ID, body, now); err != nil {
				return news, err
			}
			news = true
		}
		if age := now.Sub(last.At); len(got.Bodies) > 0 || got.More || age < 0 || age >= p.Policy.Keep.D() {
			if err := p.Store.SetSetting(ctx, core.PollSetting(ch.ID), core.PollMark{Cursor: got.Cursor, At: now}); err != nil {
				return news, err
			}
		}
		if !got.More {
			return news, nil
		}
	}
}

// leave gives the channels up so that another process need not wait.
func (p *Poller) leave(ctx context.Context) error {
	for _, l := range p.lines {
		if err := l.hold.Drop(ctx); err != nil {
			return err
		}
	}
	return nil
}
