package outbox

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"bottega/core"
	"bottega/core/carrier"
)

// FindStore is what the finder needs of the store.
type FindStore interface {
	core.Writer
	core.OutboxReader
	core.ChannelStore
	core.LeaseStore
}

// Finder asks the providers that can tell what became of messages whose outcome
// is open, and adopts what they have. What they do not have stays open: a person
// decides, never a program. Fields are required.
type Finder struct {
	Store    FindStore
	Gateways core.Gateways
	Rules    func() core.Rules
	Now      func() time.Time
	Log      *slog.Logger
	Owner    string // unique per running process
}

const (
	findEvery = 30 * time.Second
	// findAfter is how long a provider may take to list what it took, findUntil
	// when asking again is given up (bsp/twilio.md 10).
	findAfter = time.Minute
	findUntil = time.Hour
	findLimit = 200
)

// Run looks until ctx ends, and returns nil then.
func (f *Finder) Run(ctx context.Context) error {
	hold := &core.Hold{Store: f.Store, Name: "find", Owner: f.Owner, TTL: 3 * findEvery, Now: f.Now}
	t := time.NewTicker(findEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return hold.Drop(context.WithoutCancel(ctx))
		case <-t.C:
		}
		if err := f.Look(ctx, hold); err != nil && ctx.Err() == nil {
			f.Log.Warn("outbox: open outcomes could not be looked up", "code", core.CodeOf(err))
		}
	}
}

// Look asks once about every message that is open and neither too young nor
// too old. It does nothing while another process holds the job.
func (f *Finder) Look(ctx context.Context, hold *core.Hold) error {
	ms, err := f.Store.UnsureMessages(ctx, findLimit)
	if err != nil || len(ms) == 0 {
		return err
	}
	if ours, err := hold.Take(ctx); err != nil || !ours {
		return err
	}
	gws := map[int64]core.Reconciler{}
	var errs []error
	for i := range ms {
		m := &ms[i]
		at := m.At
		if m.NotBefore.After(at) {
			at = m.NotBefore
		}
		if age := f.Now().Sub(at); age < findAfter || age > findUntil || m.ProviderID != "" {
			continue
		}
		if _, known := gws[m.ChannelID]; !known {
			gws[m.ChannelID] = f.reconciler(ctx, m.ChannelID)
		}
		if gw := gws[m.ChannelID]; gw != nil {
			errs = append(errs, f.find(ctx, gw, m, at))
		}
	}
	return errors.Join(errs...)
}

// reconciler is the channel's gateway where it can tell, else nil.
func (f *Finder) reconciler(ctx context.Context, channel int64) core.Reconciler {
	ch, err := f.Store.Channel(ctx, channel)
	if err != nil {
		return nil
	}
	gw, err := f.Gateways.Gateway(ctx, ch)
	if err != nil {
		return nil // no key: nobody to ask
	}
	r, ok := core.Port[core.Reconciler](gw)
	if !ok {
		return nil
	}
	return r
}

func (f *Finder) find(ctx context.Context, gw core.Reconciler, m *core.Message, at time.Time) error {
	if m.Type == core.TypeSMS {
		return nil // the provider is asked for what went by WhatsApp, and the failed message has the same words
	}
	var to core.Job
	err := f.Store.Write(ctx, func(tx core.Tx) (err error) {
		to, err = address(tx, m)
		return err
	})
	if core.CodeOf(err) == core.NotFound {
		return nil // deleted meanwhile
	}
	if err != nil {
		return err
	}
	var lookup error
	known := func(id string) bool {
		taken := false
		err := f.Store.Write(ctx, func(tx core.Tx) error {
			_, err := tx.MessageByProviderID(m.ChannelID, id)
			taken = err == nil
			if core.CodeOf(err) == core.NotFound {
				return nil
			}
			return err
		})
		lookup = errors.Join(lookup, err)
		return taken || err != nil
	}
	a, err := gw.Find(ctx, core.Outgoing{Ref: m.Ref, To: to.To, ToUser: to.ToUser, Made: m.At, Content: m.Content}, at, known)
	if lookup != nil {
		return lookup
	}
	if core.CodeOf(err) == core.NotFound {
		return nil // it stays open
	}
	if err != nil {
		return err
	}
	return f.Store.Write(ctx, func(tx core.Tx) error { return f.adopt(tx, m.ID, a) })
}

// address finds where a message was sent to.
func address(tx core.Tx, m *core.Message) (core.Job, error) {
	c, err := tx.Conversation(m.ConversationID)
	if err != nil {
		return core.Job{}, err
	}
	who, err := tx.Contact(c.ContactID)
	if err != nil {
		return core.Job{}, err
	}
	j := core.Job{Message: *m, To: who.Phone}
	for _, id := range who.Identities {
		if id.ChannelID != m.ChannelID {
			continue
		}
		switch id.Kind {
		case core.IdentityPhone:
			if who.Phone == "" || core.Phone(id.Value) == who.Phone {
				j.To = core.Phone(id.Value)
			}
		case core.IdentityUser, core.IdentityAddress:
			j.ToUser = id.Value
		}
	}
	return j, nil
}

// adopt gives an open message the id under which the provider has it, and the
// receipts that were kept for that id.
func (f *Finder) adopt(tx core.Tx, id int64, a core.Accept) error {
	m, err := tx.Message(id)
	if core.CodeOf(err) == core.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if m.State != core.UnsureSent || m.ProviderID != "" {
		return nil // a receipt was faster
	}
	m.ProviderID, m.State, m.Error = a.ProviderID, core.Accepted, nil
	early, err := tx.TakeReceipts(m.ChannelID, m.ProviderID, m.Ref)
	if err != nil {
		return err
	}
	if _, err := carrier.Receipts(tx, &m, early, f.Rules()); err != nil {
		return err
	}
	if err := tx.SaveMessage(&m); err != nil {
		return err
	}
	for i := range early {
		if _, err := carrier.Later(tx, &m, &early[i], early[i].At); err != nil {
			return err
		}
	}
	f.Log.Info("outbox: an open outcome was found at the provider", "message", m.ID, "channel", m.ChannelID)
	tx.Changed(core.Change{Kind: core.Messages, ID: m.ConversationID})
	return nil
}
