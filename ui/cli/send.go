package cli

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bottega/assets"
	"bottega/core"
	"bottega/core/contact"
	"bottega/core/template"
	pane "bottega/ui/inbox"
	"bottega/ui/kit"
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

func (a *app) inboxReply() *cobra.Command {
	var d delivery
	c := a.command("reply ID TEXT", text.CmdInboxReply, args(2, 2), func(cmd *cobra.Command, arg []string) error {
		conv, err := parseID(arg[0])
		if err != nil {
			return err
		}
		body, err := a.textOf(arg[1])
		if err != nil {
			return err
		}
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			m, err := s.Work.Reply(ctx, conv, a.g.Agent, core.Content{Type: core.TypeText, Text: body})
			if err != nil {
				return noConversation(err, conv)
			}
			if err := s.Work.Seen(ctx, conv, a.g.Agent); err != nil { // whoever answers has read
				return err
			}
			return a.deliver(ctx, s, m, d)
		})
	})
	a.deliveryFlags(c, &d)
	return c
}

// textOf is the text given as an argument, or read from the input for "-".
func (a *app) textOf(arg string) (string, error) {
	if arg != "-" {
		return arg, nil
	}
	b, err := a.readInput("-")
	return strings.TrimRight(string(b), "\r\n"), err
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

// sending is what `send` was asked to send.
type sending struct {
	text, template, language, media, caption, channel string
	vars                                              []string
}

// onePhone wants the phone alone: whoever adds the words to say learns where
// they go.
func onePhone(cmd *cobra.Command, got []string) error {
	if len(got) > 1 {
		return &usageError{key: text.UseSendText, kv: []any{"Argument", kit.CleanLine(got[1])}, command: cmd.CommandPath()}
	}
	return args(1, 1)(cmd, got)
}

func (a *app) send() *cobra.Command {
	var d delivery
	var o sending
	c := a.command("send PHONE", text.CmdSend, onePhone, func(cmd *cobra.Command, arg []string) error {
		to, err := phone(arg[0])
		if err != nil {
			return err
		}
		given := 0
		for _, v := range []string{o.text, o.template, o.media} {
			if v != "" {
				given++
			}
		}
		if given != 1 {
			return usage(text.UseSendWhat)
		}
		if err := a.fitting(cmd, o); err != nil {
			return err
		}
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error { return a.sendTo(ctx, s, to, o, d) })
	})
	f := c.Flags()
	f.StringVar(&o.text, "text", "", a.w.T(text.FlagText))
	f.StringVar(&o.template, "template", "", a.w.T(text.FlagTemplate))
	f.StringVar(&o.language, "language", "", a.w.T(text.FlagTemplateLang))
	f.StringArrayVar(&o.vars, "var", nil, a.w.T(text.FlagVar))
	f.StringVar(&o.media, "media", "", a.w.T(text.FlagMedia))
	f.StringVar(&o.caption, "caption", "", a.w.T(text.FlagCaption))
	f.StringVar(&o.channel, "channel", "", a.w.T(text.FlagChannelSend))
	a.deliveryFlags(c, &d)
	return c
}

// fitting refuses an option that what is sent has no use for: it would be
// dropped, and the customer would read something else than was meant.
func (a *app) fitting(cmd *cobra.Command, o sending) error {
	for _, f := range []struct {
		flag, with string
		fits       bool
	}{
		{"caption", "--media", o.media != ""}, {"var", "--template", o.template != ""}, {"language", "--template", o.template != ""},
	} {
		if !f.fits && a.flagSet(cmd, f.flag) {
			return usage(text.UseGoesWith, "Flag", "--"+f.flag, "With", f.with)
		}
	}
	return nil
}

func (a *app) sendTo(ctx context.Context, s *Shop, to core.Phone, o sending, d delivery) error {
	ch, err := a.pick(ctx, s, o.channel)
	if err != nil {
		return err
	}
	var content core.Content
	switch {
	case o.template != "":
		content, err = a.templateContent(ctx, s, ch, o)
	case o.media != "":
		content, err = a.fileContent(ctx, s, ch, o)
	default:
		content.Type = core.TypeText
		content.Text, err = a.textOf(o.text)
	}
	if err != nil {
		return err
	}
	m, err := s.Work.SendTo(ctx, ch.ID, to, a.g.Agent, content)
	if err != nil {
		return err
	}
	return a.deliver(ctx, s, m, d)
}

// templateContent fills a template of the library, so that a wrong name,
// language or number of values, and a template that is stopped, are known
// before anything is queued. One that the library does not know may be new at
// the provider: then its list is read first.
func (a *app) templateContent(ctx context.Context, s *Shop, ch core.Channel, o sending) (core.Content, error) {
	vars := map[string]string{}
	for _, v := range o.vars {
		name, value, ok := strings.Cut(v, "=")
		if !ok || name == "" {
			return core.Content{}, usage(text.UseVar, "Var", clip(v))
		}
		vars[name] = value
	}
	l, err := s.Library()
	if err != nil {
		return core.Content{}, err
	}
	t, err := l.Choose(ctx, ch.ID, o.template, o.language)
	if core.CodeOf(err) == core.NotFound {
		if _, err = l.Sync(ctx, ch.ID); err == nil {
			t, err = l.Choose(ctx, ch.ID, o.template, o.language)
		}
	}
	switch core.CodeOf(err) {
	case "":
		c, err := t.Fill(vars)
		return c, misfit(&t.Template, vars, err)
	case core.NotFound, core.Conflict:
		known, kerr := languagesOf(ctx, s, ch.ID, o.template)
		switch {
		case kerr != nil:
			return core.Content{}, kerr
		case core.CodeOf(err) == core.Conflict:
			return core.Content{}, usage(text.TemplateMany, "Name", clip(o.template), "Known", known)
		case known != "" && o.language != "":
			return core.Content{}, refuse(core.NotFound, text.TemplateLanguages, "Name", clip(o.template), "Language", clip(o.language), "Known", known)
		}
		return core.Content{}, refuse(core.NotFound, text.TemplateNone, "Name", clip(o.template))
	}
	return core.Content{}, err
}

// languagesOf lists the languages that a template was submitted in.
func languagesOf(ctx context.Context, s *Shop, channel int64, name string) (string, error) {
	all, err := s.Templates.StoredTemplates(ctx, core.TemplateQuery{Channel: channel, Name: name})
	var known []string
	for _, t := range all {
		if t.State.Submitted() && !slices.Contains(known, t.Language) {
			known = append(known, t.Language)
		}
	}
	return strings.Join(known, ", "), err
}

// misfit says which values a template lacks, or which it has no place for.
func misfit(t *core.Template, given map[string]string, err error) error {
	if pe := core.ProviderErrorOf(err); pe == nil || pe.Class != core.ClassTemplate {
		return err
	}
	want, no := template.Values(*t), &refusal{code: core.ProviderRefused, err: err}
	var missing, extra []string
	for _, n := range want {
		if strings.TrimSpace(given[n]) == "" {
			missing = append(missing, n)
		}
	}
	for _, n := range slices.Sorted(maps.Keys(given)) {
		if !slices.Contains(want, n) {
			extra = append(extra, clip(n))
		}
	}
	no.kv = []any{"Name", t.Name, "Missing", strings.Join(missing, ", "), "Extra", strings.Join(extra, ", "), "Known", strings.Join(want, ", ")}
	switch {
	case len(missing) > 0:
		no.key = text.TemplateMissing
	case len(extra) > 0 && len(want) > 0:
		no.key = text.TemplateLeftOver
	case len(extra) > 0:
		no.key = text.TemplateNoValues
	default:
		return err // a header that is a file, say
	}
	return no
}

// fileContent checks a file against what the provider takes, then hands it over.
func (a *app) fileContent(ctx context.Context, s *Shop, ch core.Channel, o sending) (core.Content, error) {
	kind, mime, err := judge(o.media)
	if err != nil {
		return core.Content{}, err
	}
	m, err := s.Upload(ctx, ch.ID, o.media, mime)
	if err != nil {
		return core.Content{}, err
	}
	m.Caption = o.caption
	return core.Content{Type: kind, Text: o.caption, Media: &m}, nil
}

// judge looks a file up and checks type and size (assets/rules/media.json).
func judge(path string) (core.MessageType, string, error) {
	limits, err := pane.ReadLimits(assets.Rules())
	if err != nil {
		return "", "", err
	}
	st, err := os.Stat(path)
	if err != nil || !st.Mode().IsRegular() {
		return "", "", refuse(core.NotFound, text.BadFile, "File", clip(path))
	}
	ext := strings.ToLower(filepath.Ext(path))
	for _, k := range limits.Kinds {
		switch {
		case k.MIME[ext] == "":
			continue
		case st.Size() == 0:
			return "", "", core.Fail(core.EmptyMessage, "cli.judge", nil)
		case st.Size() > k.Max:
			return "", "", core.Fail(core.TooLarge, "cli.judge", nil)
		}
		return k.Type, k.MIME[ext], nil
	}
	return "", "", core.Fail(core.BadMedia, "cli.judge", nil)
}

// pick is the channel to send on: the one named, or the only one there is.
func (a *app) pick(ctx context.Context, s *Shop, name string) (core.Channel, error) {
	if name != "" {
		return channelNamed(ctx, s, name)
	}
	chs, err := s.Channels.Channels(ctx)
	switch {
	case err != nil:
		return core.Channel{}, err
	case len(chs) == 0:
		return core.Channel{}, core.Fail(core.NoChannel, "cli.pick", nil)
	case len(chs) > 1:
		names := make([]string, len(chs))
		for i, ch := range chs {
			names[i] = ch.Name
		}
		return core.Channel{}, usage(text.UseChannel, "Known", strings.Join(names, ", "))
	}
	return chs[0], nil
}

// phone reads a number in international form: "+39 333 123-4567", "0039333…".
// Without a country code it cannot be meant: "333…" could be anybody's.
func phone(s string) (core.Phone, error) {
	p, wrong := contact.ReadPhone(s, "")
	if wrong != "" || p == "" {
		return "", usage(text.UsePhone, "Phone", clip(s))
	}
	return p, nil
}
