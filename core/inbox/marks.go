package inbox

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"bottega/core"
)

// ReadMark names the newest customer message that the shop has seen.
type ReadMark struct {
	Channel, Conversation int64
	ProviderID            string
}

// ReadMarks sends read marks to the providers, the newest of each conversation
// only. They are held in memory on purpose: a mark that is lost in a crash or
// refused by the provider harms nobody, and the next one covers it.
type ReadMarks struct {
	gateways core.Gateways
	channel  func(ctx context.Context, id int64) (core.Channel, error)
	log      *slog.Logger

	mu      sync.Mutex
	pending map[int64]ReadMark // by conversation
	wake    chan struct{}      // capacity 1
}

// markTimeout is how long one provider may take: a mark is worth no more.
const markTimeout = 10 * time.Second

// NewReadMarks returns a sender that does nothing until Run; channel is
// ChannelStore.Channel.
func NewReadMarks(gws core.Gateways, channel func(context.Context, int64) (core.Channel, error), log *slog.Logger) *ReadMarks {
	return &ReadMarks{gateways: gws, channel: channel, log: log, pending: map[int64]ReadMark{}, wake: make(chan struct{}, 1)}
}

// Mark notes a mark to send; it is what Service.Mark wants. It never blocks.
func (r *ReadMarks) Mark(m ReadMark) {
	r.mu.Lock()
	r.pending[m.Conversation] = m
	r.mu.Unlock()
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Run sends marks until ctx ends, and returns nil then.
func (r *ReadMarks) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-r.wake:
		}
		for _, m := range r.take() {
			if ctx.Err() != nil {
				return nil
			}
			if err := r.send(ctx, m); err != nil && ctx.Err() == nil {
				r.log.Info("Read mark not sent", "channel", m.Channel, "conversation", m.Conversation, "err", core.Trace(err))
			}
		}
	}
}

func (r *ReadMarks) take() []ReadMark {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]ReadMark, 0, len(r.pending))
	for _, m := range r.pending {
		out = append(out, m)
	}
	clear(r.pending)
	return out
}

func (r *ReadMarks) send(ctx context.Context, m ReadMark) error {
	ctx, cancel := context.WithTimeout(ctx, markTimeout)
	defer cancel()
	ch, err := r.channel(ctx, m.Channel)
	if err != nil || ch.State == core.Paused {
		return err
	}
	gw, err := r.gateways.Gateway(ctx, ch)
	if err != nil {
		return err
	}
	return gw.MarkRead(ctx, m.ProviderID, false)
}
