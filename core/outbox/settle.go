package outbox

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"bottega/core"
	"bottega/core/carrier"
	"bottega/core/consent"
	"bottega/core/inbox"
)

func leaseName(channel int64) string { return "outbox:" + strconv.FormatInt(channel, 10) }

func pauseChannel(tx core.Tx, channel int64, pe *core.ProviderError, now time.Time) error {
	return carrier.Pause(tx, channel, pe, now)
}

// take hears a result: what it says of the channel counts at once, what it
// says of the message waits for the disk.
func (l *lane) take(res result) {
	p, now, conv := &l.r.Policy, l.r.wall(), res.Message.ConversationID
	l.stumble.note(&res.outcome, now, p, l.r.chance())
	if res.slow && l.rate.slow(now) {
		l.stumble.slows++
	}
	if res.pause {
		l.shut.Store(true) // the rest of the batch would meet the same
	}
	if res.wait == pair {
		l.pairs[conv]++
	} else if res.verdict != unbegun {
		delete(l.pairs, conv)
	}
	if tries := res.Message.Attempts + 1; res.verdict == later {
		if res.wait == grow && tries >= p.Tries {
			res.verdict = refused
		}
		res.next = now.Add(l.delay(&res, tries))
	}
	l.pending = append(l.pending, res)
}

// delay is the time until a message is tried again.
func (l *lane) delay(res *result, tries int) time.Duration {
	p := &l.r.Policy
	var d time.Duration
	switch res.wait {
	case grow:
		d = p.backoff(tries, l.r.chance())
	case pair:
		d = p.pair(l.pairs[res.Message.ConversationID])
	case channelwide:
		d = p.backoff(max(1, l.stumble.times, l.stumble.slows), l.r.chance())
	}
	return max(d, res.retryAfter())
}

// commit puts the pending results on disk and claims what goes next, in one
// transaction. It is never cut short: a write whose fate is unknown could
// leave claims that nobody works. It reports whether anything was there to do.
func (l *lane) commit(ctx context.Context, room int) (progress bool, err error) {
	ctx = context.WithoutCancel(ctx)
	var got []job
	var raw []core.Job
	err = l.r.Store.Write(ctx, func(tx core.Tx) (err error) {
		got, raw = nil, nil
		for i := range l.pending {
			if err := l.settle(tx, &l.pending[i]); err != nil {
				return err
			}
		}
		if err := l.tellAway(tx); err != nil {
			return err
		}
		doubtful, err := l.doubtful(tx) // before a claim, which would mark again what was never marked
		if err == nil && room > 0 {
			got, raw, err = l.claim(tx, room)
		}
		got = append(got, doubtful...)
		return err
	})
	if err != nil {
		for _, j := range raw {
			if !l.ours(j.Message.ID) {
				l.doubt = append(l.doubt, j)
			}
		}
		return false, l.oneByOne(ctx, err)
	}
	progress = len(l.pending) > 0 || len(raw) > 0
	l.settled(l.pending)
	l.pending = l.pending[:0]
	l.doubt = nil
	if room > 0 {
		l.more = len(raw) == room
	}
	l.rate.spend(len(got))
	for _, j := range got {
		l.out[j.Message.ID] = true
		delete(l.again, j.Message.ID)
		l.jobs <- j
	}
	return progress, nil
}

// tellAway keeps in the channel whether its provider can be reached, for all
// who ask how the shop stands. Only a result says so, and only a change is written.
func (l *lane) tellAway(tx core.Tx) error {
	var why core.Code
	switch {
	case len(l.pending) == 0 || l.stumble.why != "" && !l.stumble.told(&l.r.Policy):
		return nil
	case l.stumble.why != "":
		why = l.stumble.why
	case !slices.ContainsFunc(l.pending, func(r result) bool { return r.verdict != unbegun && !r.trouble }):
		return nil // nothing has been heard of the provider
	}
	if _, news := l.ch.Health.Away(why, l.r.wall()); !news {
		return nil
	}
	return setAway(tx, l.id, why, l.r.wall())
}

// setAway writes it, beside whatever else has changed in the channel.
func setAway(tx core.Tx, channel int64, why core.Code, now time.Time) error {
	ch, err := tx.Channel(channel)
	if err != nil {
		return gone(err)
	}
	h, news := ch.Health.Away(why, now)
	if !news {
		return nil
	}
	ch.Health = h
	tx.Changed(core.Change{Kind: core.Channels, ID: channel})
	return tx.SaveChannel(&ch)
}

// settled forgets results that are on disk.
func (l *lane) settled(rs []result) {
	for i := range rs {
		delete(l.out, rs[i].Message.ID)
		if rs[i].verdict == later {
			l.again[rs[i].Message.ID] = rs[i].next
		}
	}
}

// settle writes one result. It may run twice, and a receipt may have been
// faster than the answer: the message's state only moves forward.
func (l *lane) settle(tx core.Tx, res *result) error {
	m, err := tx.Message(res.Message.ID)
	if err != nil {
		if core.CodeOf(err) == core.NotFound {
			return nil // deleted with its conversation
		}
		return err
	}
	now := l.r.wall()
	if res.pause {
		if err := pauseChannel(tx, l.id, res.err, now); err != nil {
			return err
		}
	}
	tx.Changed(core.Change{Kind: core.Messages, ID: m.ConversationID})
	before := m.State
	held, err := tx.Holds(m.ID, res.Claim)
	if err != nil {
		return err
	}
	if !held && res.verdict != taken && !before.Settled() {
		return nil // back in line or claimed by another meanwhile: theirs to say what becomes of it
	}
	if res.counts {
		m.Attempts++
	}
	switch res.verdict {
	case taken:
		return l.settleTaken(tx, &m, res, now)
	case unsure:
		return l.end(tx, &m, before, core.UnsureSent, res.err, now)
	case refused:
		if res.err.Class == core.ClassOptedOut {
			if err := l.optedOut(tx, &m, res.err, now); err != nil {
				return err
			}
		}
		return l.end(tx, &m, before, core.Failed, res.err, now)
	case later:
		return l.requeue(tx, &m, res, res.next, now)
	default:
		return l.unbegun(tx, &m, res, now)
	}
}

// settleTaken keeps what the provider answered, and applies the receipts that
// were here before.
func (l *lane) settleTaken(tx core.Tx, m *core.Message, res *result, now time.Time) error {
	before := m.State
	if m.ProviderID == "" {
		m.ProviderID = res.accept.ProviderID
	}
	if m.State = m.State.Merge(core.Accepted); m.State != core.Failed {
		m.Error = nil // of tries before
	}
	if res.Message.Media != nil && m.Media != nil && m.Media.ID == "" {
		m.Media = res.Message.Media
	}
	early, err := tx.TakeReceipts(m.ChannelID, res.accept.ProviderID, m.Ref)
	if err != nil {
		return err
	}
	if len(early) > 0 {
		if _, err := carrier.Receipts(tx, m, early, l.r.Rules()); err != nil {
			return err
		}
	}
	if err := l.learn(tx, m, res); err != nil {
		return err
	}
	if err := l.close(tx, m, before, now); err != nil {
		return err
	}
	for i := range early {
		if _, err := carrier.Later(tx, m, &early[i], early[i].At); err != nil {
			return err
		}
	}
	return nil
}

// optedOut enters in the ledger that the provider refused a promotion because
// the person stopped them (P-24).
func (l *lane) optedOut(tx core.Tx, m *core.Message, pe *core.ProviderError, now time.Time) error {
	c, err := tx.Conversation(m.ConversationID)
	if err != nil {
		return err
	}
	return carrier.Prefers(tx, c.ContactID, l.id, consent.ProviderStop, pe.Code, now)
}

// learn keeps the addresses under which the provider knows the recipient, when
// they are not the one we wrote to (Brazil's ninth digit, business-scoped ids).
func (l *lane) learn(tx core.Tx, m *core.Message, res *result) error {
	var ids []core.Identity
	if w := res.accept.WaID; w != "" && core.Phone(w) != res.To && core.Phone("+"+w) != res.To {
		if w[0] != '+' {
			w = "+" + w
		}
		ids = append(ids, core.Identity{ChannelID: l.id, Kind: core.IdentityPhone, Value: w})
	}
	if u := res.accept.UserID; u != "" && u != res.ToUser {
		ids = append(ids, core.Identity{ChannelID: l.id, Kind: core.IdentityUser, Value: u})
	}
	if len(ids) == 0 {
		return nil
	}
	c, err := tx.Conversation(m.ConversationID)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := tx.AddIdentity(c.ContactID, id); err != nil && core.CodeOf(err) != core.Conflict {
			return err // two contacts with one address are a person's decision, not ours
		}
	}
	return nil
}

// end brings a message to a state without further tries, unless a receipt
// knew better.
func (l *lane) end(tx core.Tx, m *core.Message, before, to core.State, pe *core.ProviderError, now time.Time) error {
	if next := m.State.Merge(to); next != m.State {
		m.State, m.Error = next, pe
		if err := carrier.Follow(tx, m, before, l.r.Rules()); err != nil {
			return err
		}
	}
	if to == core.Failed {
		l.r.Log.Info("outbox: failed", "message", m.ID, "channel", l.id, "class", pe.Class, "code", core.CodeWord(pe.Code))
	}
	return l.close(tx, m, before, now)
}

// close saves the message and ends its claim for good.
func (l *lane) close(tx core.Tx, m *core.Message, before core.State, now time.Time) error {
	if before == core.Queued { // somebody else ended our claim and put it back: it must not go twice
		l.r.Log.Error("outbox: answer for a message that is queued again", "message", m.ID)
	}
	if err := tx.SaveMessage(m); err != nil {
		return err
	}
	return gone(tx.Release(m.ID, true, now))
}

// requeue puts a message back in line. What a receipt has settled stays settled.
func (l *lane) requeue(tx core.Tx, m *core.Message, res *result, until, now time.Time) error {
	was := m.State
	switch {
	case was == core.Sending, was == core.Queued: // Queued: the file was still being uploaded
	case was == core.UnsureSent && m.RetriedBy == 0:
		// Another process took this one for dead. But it lives and knows better: the message did not leave.
	default:
		return gone(tx.Release(m.ID, true, now))
	}
	m.State, m.NotBefore = core.Queued, until
	if res.err != nil || was == core.UnsureSent {
		m.Error = res.err // why it waits
	}
	if res.Message.Media != nil {
		m.Media = res.Message.Media // the provider has the file already
	}
	if err := tx.SaveMessage(m); err != nil {
		return err
	}
	if was != core.UnsureSent {
		return gone(tx.Release(m.ID, false, until))
	}
	p := core.PriorityReply
	if m.Auto {
		p = core.PriorityAuto
	}
	return tx.Enqueue(*m, p)
}

// unbegun gives back a message that was claimed and did not leave.
func (l *lane) unbegun(tx core.Tx, m *core.Message, res *result, now time.Time) error {
	if !l.hold.Ours(0) && m.State == core.Queued {
		return nil // another process has taken over and ended our claim
	}
	if res.shut {
		c, err := tx.Conversation(m.ConversationID)
		if err != nil {
			return err
		}
		if err := inbox.CanWrite(&c, m.Type, now); err != nil {
			return l.end(tx, m, m.State, core.Failed, windowClosed(), now)
		}
	}
	return l.requeue(tx, m, res, now, now)
}

func windowClosed() *core.ProviderError {
	return &core.ProviderError{Code: string(core.WindowClosed), Class: core.ClassWindowClosed}
}

// gone forgives a claim that has ended already: the same result was written before.
func gone(err error) error {
	if e, ok := errors.AsType[*core.Error](err); ok && e.Code == core.NotFound {
		return nil
	}
	return err
}

// back puts a message in line again, to go at once.
func back(tx core.Tx, m core.Message, now time.Time) error {
	tx.Changed(core.Change{Kind: core.Work, ID: m.ChannelID})
	return gone(tx.Release(m.ID, false, now))
}
