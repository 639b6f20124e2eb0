package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/ui/text"
)

// delivery says how long a command stays with the message it queued.
type delivery struct {
	wait  time.Duration
	queue bool
}

func (a *app) deliveryFlags(c *cobra.Command, d *delivery) {
	c.Flags().DurationVar(&d.wait, "wait", 20*time.Second, a.w.T(text.FlagWait))
	inner := c.RunE
	c.RunE = func(cmd *cobra.Command, arg []string) error {
		if d.wait < 0 {
			return &usageError{key: text.UseFlagWrong, kv: []any{"Flag", "--wait", "Value", d.wait.String()}, command: cmd.CommandPath()}
		}
		return inner(cmd, arg)
	}
	c.Flags().BoolVar(&d.queue, "queue", false, a.w.T(text.FlagQueue))
}

// deliver follows a queued message until it is settled or the time is over,
// sending itself unless another bottega on the same data does. Then it prints
// the message and turns its state into the command's outcome.
func (a *app) deliver(ctx context.Context, s *Shop, m core.Message, d delivery) error {
	if !d.queue {
		settled, err := a.settle(ctx, s, m, d.wait)
		if err != nil {
			return err
		}
		m = settled
	}
	why := ""
	if m.State == core.Queued {
		var err error
		if why, err = a.waits(ctx, s, &m); err != nil {
			return err
		}
	}
	if a.g.JSON {
		if err := a.printJSON(messageShape(&m)); err != nil {
			return err
		}
	} else if why != "" {
		if err := a.println(why); err != nil {
			return err
		}
	} else if k, said := outcomes[m.State]; said {
		if err := a.println(a.w.T(k, "ID", id(m.ConversationID))); err != nil {
			return err
		}
	}
	switch m.State {
	case core.Failed:
		if m.Error != nil {
			return m.Error
		}
		return core.Fail(core.ProviderRefused, "cli.send", nil)
	case core.UnsureSent, core.Sending:
		return core.Fail(core.OutcomeUnsure, "cli.send", nil)
	}
	return nil
}

// waits says why a message in line does not leave, "" when nothing is against
// it, and notes it in the message. It stays in line whatever that is: the words
// are safe there, and go out once the reason is gone.
func (a *app) waits(ctx context.Context, s *Shop, m *core.Message) (string, error) {
	ch, err := s.Channels.Channel(ctx, m.ChannelID)
	if err != nil {
		return "", err
	}
	_, keyless := s.Gateways(s.Keyring).Gateway(ctx, ch)
	why, hint := "", ""
	switch {
	case ch.State == core.Paused:
		m.Error = &core.ProviderError{Class: ch.PauseClass, Message: ch.Detail}
		why, hint = a.w.Reason(m.Error)
	case keyless != nil:
		code := core.CodeOf(keyless)
		m.Error = &core.ProviderError{Code: string(code), Class: core.ClassAuth}
		if code == core.NoSecret || code == core.NoKeyring {
			return a.w.T(text.SentKeyless, "ID", id(m.ConversationID), "Name", ch.Name), nil
		}
		why, hint = a.w.Error(keyless)
	case m.Error != nil:
		why = a.w.Waits(m.Error)
	default:
		return "", nil
	}
	return a.w.T(text.SentWaits, "ID", id(m.ConversationID), "Why", strings.TrimSpace(why+" "+hint)), nil
}

// outcomes are the states in which a command may leave its message with a
// sentence of its own; failed and unsure are told as errors.
var outcomes = map[core.State]text.K{
	core.Queued:   text.SentQueued,
	core.Accepted: text.SentAccepted, core.Sent: text.SentAccepted,
	core.Delivered: text.SentDelivered, core.Read: text.SentDelivered,
}

// settle sends until the message is settled or the time is over. It reads the
// message again after each change in its conversation, whoever made it. A
// request that is on its way when the time is over is waited for.
func (a *app) settle(ctx context.Context, s *Shop, m core.Message, wait time.Duration) (core.Message, error) {
	sub := s.Feed.Subscribe(core.Messages)
	defer sub.Close()
	patience, over := context.WithTimeout(ctx, wait)
	defer over()
	ended, failure := make(chan struct{}), error(nil)
	go func() {
		defer close(ended)
		failure = core.Guard(patience, "cli.send", s.Send)()
	}()
	var err error
	for patience.Err() == nil && err == nil && !m.State.Settled() {
		select {
		case <-ended:
			err = failure
		default:
		}
		if err == nil {
			// A change wakes at once; the second is for one that was missed
			// between reading and waiting.
			_, err = sub.Wait(patience, time.Second)
		}
		if err == nil {
			m, err = a.message(ctx, s, m)
		}
	}
	stopped := patience.Err() != nil
	over()
	<-ended // the shop must not be closed under the sender
	if err != nil && !stopped {
		return m, err
	}
	return a.message(context.WithoutCancel(ctx), s, m)
}

// message reads a message again.
func (a *app) message(ctx context.Context, s *Shop, m core.Message) (core.Message, error) {
	ms, err := s.Inbox.Messages(ctx, m.ConversationID, m.ID+1, 1)
	if err != nil {
		return m, err
	}
	if len(ms) == 0 || ms[0].ID != m.ID {
		return m, core.Fail(core.NotFound, "cli.message", nil)
	}
	return ms[0], nil
}
