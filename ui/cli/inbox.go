package cli

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bottega/assets"
	"bottega/core"
	"bottega/core/inbox"
	"bottega/ui/text"
)

func (a *app) inbox() *cobra.Command {
	return a.parent("inbox", text.CmdInbox, a.inboxList(), a.inboxShow(), a.inboxReply(), a.inboxDone(), a.inboxSnooze(), a.inboxAssign())
}

// views and orders that the flags take, by their names.
var (
	views  = []core.View{core.ViewOpen, core.ViewMine, core.ViewUnassigned, core.ViewWaiting, core.ViewSnoozed, core.ViewDone, core.ViewAll}
	orders = []core.Order{core.OrderPriority, core.OrderWindow, core.OrderNewest, core.OrderUnread}
)

func (a *app) inboxList() *cobra.Command {
	var q core.ListQuery
	var state, order, channel string
	c := a.command("list", text.CmdInboxList, args(0, 0), func(cmd *cobra.Command, _ []string) error {
		q.View, q.Order = core.View(state), core.Order(order)
		if !slices.Contains(views, q.View) {
			return usage(text.UseOneOf, "Flag", "--state", "Value", clip(state), "Known", known(views))
		}
		if !slices.Contains(orders, q.Order) {
			return usage(text.UseOneOf, "Flag", "--order", "Value", clip(order), "Known", known(orders))
		}
		if q.Limit < 1 {
			return usage(text.UseFlagWrong, "Flag", "--limit", "Value", q.Limit)
		}
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error { return a.list(ctx, s, q, channel) })
	})
	f := c.Flags()
	f.StringVar(&state, "state", string(core.ViewOpen), a.w.T(text.FlagState, "Known", known(views)))
	f.StringVar(&order, "order", string(core.OrderPriority), a.w.T(text.FlagOrder, "Known", known(orders)))
	f.StringVar(&q.Tag, "tag", "", a.w.T(text.FlagTag))
	f.StringVar(&channel, "channel", "", a.w.T(text.FlagChannelOnly))
	f.IntVar(&q.Limit, "limit", 50, a.w.T(text.FlagLimit))
	return c
}

func known[T ~string](vs []T) string {
	names := make([]string, len(vs))
	for i, v := range vs {
		names[i] = string(v)
	}
	return strings.Join(names, ", ")
}

// maxPage is how many conversations the store gives at once.
const maxPage = 500

// list prints up to q.Limit conversations, page by page.
func (a *app) list(ctx context.Context, s *Shop, q core.ListQuery, channel string) error {
	names, err := channelNames(ctx, s)
	if err != nil {
		return err
	}
	if channel != "" {
		ch, err := channelNamed(ctx, s, channel)
		if err != nil {
			return err
		}
		q.Channel = ch.ID
	}
	q.Agent = a.g.Agent
	var rows []core.Conversation
	for want := q.Limit; want > 0; {
		q.Limit = min(want, maxPage)
		page, err := s.Inbox.Conversations(ctx, q)
		if err != nil {
			return err
		}
		rows = append(rows, page.Rows...)
		want -= len(page.Rows)
		if !page.More || len(page.Rows) == 0 {
			break
		}
		q.After = &page.Last
	}
	r, now := s.Rules(), a.h.Now()
	if !a.g.JSON {
		return a.printList(rows, r, now)
	}
	out := make([]conversationJSON, len(rows))
	for i := range rows {
		out[i] = a.conversationShape(&rows[i], names[rows[i].ChannelID], r, now)
	}
	return a.printJSON(out)
}

func channelNames(ctx context.Context, s *Shop) (map[int64]string, error) {
	chs, err := s.Channels.Channels(ctx)
	names := make(map[int64]string, len(chs))
	for _, ch := range chs {
		names[ch.ID] = ch.Name
	}
	return names, err
}

func (a *app) inboxShow() *cobra.Command {
	var limit int
	var before string
	c := a.command("show ID", text.CmdInboxShow, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		conv, err := parseID(arg[0])
		if err != nil {
			return err
		}
		var from int64
		if before != "" {
			if from, err = parseID(before); err != nil {
				return err
			}
		}
		if limit < 1 {
			return usage(text.UseFlagWrong, "Flag", "--limit", "Value", limit)
		}
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error { return a.show(ctx, s, conv, from, limit) })
	})
	c.Flags().IntVar(&limit, "limit", 50, a.w.T(text.FlagLimit))
	c.Flags().StringVar(&before, "before", "", a.w.T(text.FlagBefore))
	return c
}

// threadJSON is what `inbox show` prints: messages are oldest first.
type threadJSON struct {
	Conversation conversationJSON `json:"conversation"`
	Messages     []messageJSON    `json:"messages"`
}

func (a *app) show(ctx context.Context, s *Shop, conv, before int64, limit int) error {
	c, err := s.Inbox.Conversation(ctx, conv)
	if err != nil {
		return noConversation(err, conv)
	}
	ms, err := s.Inbox.Messages(ctx, conv, before, limit)
	if err != nil {
		return err
	}
	if !a.g.JSON {
		return a.printThread(&c, ms, s.Rules(), a.h.Now())
	}
	shape, err := a.shapeOf(ctx, s, &c)
	if err != nil {
		return err
	}
	out := threadJSON{Conversation: shape, Messages: make([]messageJSON, len(ms))}
	for i := range ms {
		out.Messages[i] = messageShape(&ms[i])
	}
	return a.printJSON(out)
}

// noConversation says which conversation there is not, and where to look.
func noConversation(err error, conv int64) error {
	if core.CodeOf(err) == core.NotFound {
		return refuse(core.NotFound, text.ConversationNone, "ID", id(conv))
	}
	return err
}

// shapeOf is conversationShape with the channel's name looked up.
func (a *app) shapeOf(ctx context.Context, s *Shop, c *core.Conversation) (conversationJSON, error) {
	ch, err := s.Channels.Channel(ctx, c.ChannelID)
	if err != nil {
		return conversationJSON{}, err
	}
	return a.conversationShape(c, ch.Name, s.Rules(), a.h.Now()), nil
}

// changed says how a conversation stands after a command changed it.
func (a *app) changed(ctx context.Context, s *Shop, conv int64, k text.K, kv ...any) error {
	c, err := s.Inbox.Conversation(ctx, conv)
	if err != nil {
		return err
	}
	if !a.g.JSON {
		return a.println(a.w.T(k, append(kv, "Name", a.nameOf(&c.Contact))...))
	}
	shape, err := a.shapeOf(ctx, s, &c)
	if err != nil {
		return err
	}
	return a.printJSON(shape)
}

func (a *app) inboxDone() *cobra.Command {
	return a.command("done ID", text.CmdInboxDone, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		conv, err := parseID(arg[0])
		if err != nil {
			return err
		}
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			if _, err := s.Work.Done(ctx, conv, a.g.Agent); err != nil {
				return noConversation(err, conv)
			}
			return a.changed(ctx, s, conv, text.DidDone)
		})
	})
}

func (a *app) inboxSnooze() *cobra.Command {
	return a.command("snooze ID UNTIL…", text.CmdInboxSnooze, args(2, -1), func(cmd *cobra.Command, arg []string) error {
		conv, err := parseID(arg[0])
		if err != nil {
			return err
		}
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			until, now, err := a.when(s, strings.Join(arg[1:], " "))
			if err != nil {
				return err
			}
			if _, err := s.Work.Snooze(ctx, conv, a.g.Agent, until); err != nil {
				return noConversation(err, conv)
			}
			return a.changed(ctx, s, conv, text.DidSnooze, "When", a.w.When(until, now))
		})
	})
}

// when reads a time as people say it ("tomorrow 9") or as RFC 3339, in the
// shop's time zone, and returns it with the present there.
func (a *app) when(s *Shop, words string) (until, now time.Time, err error) {
	zone := inbox.Zone(s.Rules().Hours)
	now = a.h.Now().In(zone)
	if t, perr := time.Parse(time.RFC3339, words); perr == nil {
		return t.In(zone), now, nil
	}
	vocab, err := inbox.LoadWhen(assets.Rules(), a.w.Lang())
	if err != nil {
		return time.Time{}, now, err
	}
	until, err = inbox.ParseWhen(words, vocab, now)
	return until, now, err
}

func (a *app) inboxAssign() *cobra.Command {
	return a.command("assign ID WHO", text.CmdInboxAssign, args(2, 2), func(cmd *cobra.Command, arg []string) error {
		conv, err := parseID(arg[0])
		if err != nil {
			return err
		}
		who := arg[1]
		switch who {
		case "me":
			who = a.g.Agent
		case "-", "nobody":
			who = ""
		}
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			if _, err := s.Work.Assign(ctx, conv, a.g.Agent, who); err != nil {
				return noConversation(err, conv)
			}
			if who == "" {
				return a.changed(ctx, s, conv, text.DidUnassign)
			}
			return a.changed(ctx, s, conv, text.DidAssign, "Who", clip(who))
		})
	})
}
