package probe

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"bottega/bsp/sandbox"
	"bottega/core"
	"bottega/core/gauge"
)

// lost is how long what has left the line may take to arrive.
const lost = 10 * time.Second

// crowd is the people that messages go to; callers is how many requests are on their way at
// once in the measurement without a store, as many as the sender's.
const crowd, callers = 1000, 64

// Send measures messages that are durable before and after they leave, against
// the same requests without a store, to a simulator that answers at once.
func (o Options) Send(ctx context.Context) (_ []gauge.Reading, err error) {
	sim := sandbox.New(sandbox.Options{Seed: 1, Speed: 1000, Token: token, AppSecret: appSecret, Limits: sandbox.Unlimited(), Log: slog.New(slog.DiscardHandler)})
	url, end, err := listen(ctx, sim.Handler())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, end()) }()
	h, err := o.build(ctx, url)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, h.end()) }()
	direct, err := h.direct(ctx, o.Sends)
	if err != nil {
		return nil, err
	}
	before := len(sim.Ledger())
	if err := h.line(ctx, o.Sends); err != nil {
		return nil, err
	}
	took, err := h.send(ctx, func() bool { return len(sim.Ledger())-before >= o.Sends })
	if err != nil {
		return nil, err
	}
	if n := len(sim.Ledger()) - before; n != o.Sends {
		return nil, core.Fail(core.Internal, "probe.Send", fmt.Errorf("%d of %d arrived", n, o.Sends))
	}
	n := float64(o.Sends)
	return []gauge.Reading{{ID: "send", Value: n / took.Seconds(), N: o.Sends},
		{ID: "send-overhead", Value: (took - direct).Seconds() * 1000 / n, N: o.Sends}}, nil
}

func phone(i int) core.Phone { return core.Phone(fmt.Sprintf("+39333%07d", i%crowd)) }

var parcel = core.Content{Type: core.TypeText, Text: "Buongiorno, il suo ordine è pronto: la aspettiamo."}

// direct sends n messages without a store.
func (h *house) direct(ctx context.Context, n int) (time.Duration, error) {
	gw, err := h.lines.Providers.Gateway(ctx, h.ch)
	if err != nil {
		return 0, err
	}
	var (
		wg   sync.WaitGroup
		errs = make([]error, callers)
	)
	start := time.Now()
	for w := range callers {
		wg.Go(func() {
			errs[w] = core.Guard(ctx, "probe", func(ctx context.Context) (err error) {
				for i := w; i < n && err == nil; i += callers {
					_, err = gw.Send(ctx, core.Outgoing{Ref: fmt.Sprint("direct:", i), To: phone(i), Content: parcel})
				}
				return err
			})()
		})
	}
	wg.Wait()
	return time.Since(start), errors.Join(errs...)
}

// line queues n messages to people whose window is open.
func (h *house) line(ctx context.Context, n int) error {
	now := time.Now()
	return h.Write(ctx, func(tx core.Tx) error {
		convs := make([]int64, crowd)
		for i := range convs {
			c := core.Contact{Name: "Ana", Phone: phone(i), CreatedAt: now}
			if err := tx.SaveContact(&c); err != nil {
				return err
			}
			if err := tx.AddIdentity(c.ID, core.Identity{ChannelID: h.ch.ID, Kind: core.IdentityPhone, Value: string(c.Phone)}); err != nil {
				return err
			}
			conv := core.Conversation{ChannelID: h.ch.ID, ContactID: c.ID, State: core.Open, WindowCloses: now.Add(24 * time.Hour)}
			if err := tx.SaveConversation(&conv); err != nil {
				return err
			}
			convs[i] = conv.ID
		}
		for i := range n {
			m := core.Message{ConversationID: convs[i%crowd], ChannelID: h.ch.ID, Direction: core.Out, State: core.Queued, Ref: fmt.Sprint("send:", i),
				Author: "probe", Content: parcel, At: now, NotBefore: now}
			if _, err := tx.InsertMessage(&m); err != nil {
				return err
			}
			if err := tx.Enqueue(m, core.PriorityReply); err != nil {
				return err
			}
		}
		tx.Changed(core.Change{Kind: core.Work, ID: h.ch.ID})
		return nil
	})
}

// send runs the sender until nothing is left to send, all has arrived (what is
// claimed is no longer in line, and would be given back by a stop), and every
// answer is on disk.
func (h *house) send(ctx context.Context, arrived func() bool) (time.Duration, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	sub := h.feed.Subscribe(core.Messages, core.Work)
	defer sub.Close()
	sent := make(chan error, 1)
	start := time.Now()
	busy := start // when something was last in line
	go func() { sent <- core.Guard(ctx, "probe", h.lines.Send)() }()
	for {
		due, err := h.NextDue(ctx, h.ch.ID)
		if !due.IsZero() {
			busy = time.Now()
		}
		if err != nil || due.IsZero() && (arrived() || time.Since(busy) > lost) {
			stop()
			err = errors.Join(err, <-sent)
			return time.Since(start), err
		}
		if _, err := sub.Wait(ctx, 5*time.Millisecond); err != nil {
			return 0, errors.Join(err, <-sent)
		}
	}
}
