package traffic

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"bottega/core"
	"bottega/core/health"
)

// pulse is what this process knows of its receiver between two beats.
type pulse struct {
	mu      sync.Mutex
	counts  map[core.Answers]int // N is not filled in
	address string
	tls     bool
}

// observe counts one answer to a callback.
func (t *Traffic) observe(took time.Duration, status int) {
	p := &t.pulse
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.counts == nil {
		p.counts = map[core.Answers]int{}
	}
	p.counts[core.Answers{Hour: t.o.Now().UTC().Truncate(time.Hour), Class: status / 100, Bucket: health.Bucket(took)}]++
}

// Listens tells where this process takes callbacks, so that others on the same
// data and doctor know.
func (t *Traffic) Listens(address net.Addr, tls bool) {
	t.pulse.mu.Lock()
	defer t.pulse.mu.Unlock()
	t.pulse.address, t.pulse.tls = address.String(), tls
}

// beat says at once and then now and again that this process works, keeps how
// quickly callbacks were answered, and tries the public addresses of channels.
func (t *Traffic) beat(ctx context.Context) error {
	rules, err := health.LoadReceive(t.o.Policy)
	if err != nil {
		return err
	}
	tick := time.NewTicker(rules.Silence.Beat.D())
	defer tick.Stop()
	tried := map[int64]time.Time{}
	for {
		if err := errors.Join(t.flush(ctx, rules), t.keepUploads(ctx)); err != nil && ctx.Err() == nil {
			t.o.Log.Error("Receiver's state was not kept", "err", core.Trace(err))
		}
		if err := t.tryAll(ctx, rules, tried); err != nil && ctx.Err() == nil {
			t.o.Log.Error("Addresses of channels could not be tried", "err", core.Trace(err))
		}
		select {
		case <-ctx.Done():
			late, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			return errors.Join(t.flush(late, rules), t.keepUploads(late))
		case <-tick.C:
		}
	}
}

// keepUploads keeps how long the uploads since the last beat took (S-041). What
// cannot be written now is written with the next beat.
func (t *Traffic) keepUploads(ctx context.Context) error {
	fresh := t.Providers.Calls.TakeUploads()
	if len(fresh) == 0 {
		return nil
	}
	var kept core.Uploads
	_, err := t.o.Store.Setting(ctx, core.UploadsSetting, &kept)
	if err == nil {
		err = t.o.Store.SetSetting(ctx, core.UploadsSetting, health.AddUploads(kept, fresh))
	}
	if err != nil {
		t.Providers.Calls.Return(fresh)
	}
	return err
}

// flush writes what was counted and that we are here. What cannot be written
// now is written with the next beat.
func (t *Traffic) flush(ctx context.Context, rules health.Receive) error {
	p, now := &t.pulse, t.o.Now()
	p.mu.Lock()
	counts, address, tls := p.counts, p.address, p.tls
	p.counts = nil
	p.mu.Unlock()
	if len(counts) > 0 {
		rows := make([]core.Answers, 0, len(counts))
		for a, n := range counts {
			a.N = n
			rows = append(rows, a)
		}
		if err := t.o.Store.AddAnswers(ctx, rows, now.Add(-rules.Answers.Keep.D())); err != nil {
			p.mu.Lock()
			defer p.mu.Unlock()
			for a, n := range p.counts { // what came meanwhile
				counts[a] += n
			}
			p.counts = counts
			return err
		}
	}
	var was core.Receiving
	if _, err := t.o.Store.Setting(ctx, core.ReceiverSetting, &was); err != nil {
		return err
	}
	age := now.Sub(was.Seen)
	fresh := age >= 0 && age <= rules.Silence.Gone.D()
	if fresh && was.Address != "" && address == "" {
		return nil // another process listens, and says so itself
	}
	is := core.Receiving{Since: now, Seen: now, Address: address, TLS: tls}
	if fresh && (was.Address != "") == (address != "") { // one that follows at once, or we ourselves
		is.Since = was.Since
	}
	return t.o.Store.SetSetting(ctx, core.ReceiverSetting, is)
}

// tryAll pings the public addresses whose time has come. One process at a time
// does, the one that took the lease.
func (t *Traffic) tryAll(ctx context.Context, rules health.Receive, tried map[int64]time.Time) error {
	chs, err := t.o.Store.Channels(ctx)
	if err != nil {
		return err
	}
	now, every := t.o.Now(), rules.Ping.Every.D()
	for _, ch := range chs {
		if ch.Account.PublicURL == "" || !ch.Way(false).Calls() || !tried[ch.ID].IsZero() && now.Sub(tried[ch.ID]).Abs() < every {
			continue
		}
		tried[ch.ID] = now
		ours, err := t.o.Store.Lease(ctx, core.PingSetting(ch.ID), t.o.ID, now, every)
		if err != nil {
			return err
		}
		if !ours {
			continue
		}
		p := t.Providers.Ping(ctx, ch, ch.Account.PublicURL, rules.Ping.Timeout.D())
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := t.o.Store.SetSetting(ctx, core.PingSetting(ch.ID), p); err != nil {
			return err
		}
	}
	return nil
}

// Own is the address of a channel on this computer, "" while nothing listens.
func Own(r core.Receiving, channel string) string {
	host, port, err := net.SplitHostPort(r.Address)
	if err != nil {
		return ""
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	scheme := "http://"
	if r.TLS {
		scheme = "https://"
	}
	return scheme + net.JoinHostPort(host, port) + "/webhooks/" + channel
}
