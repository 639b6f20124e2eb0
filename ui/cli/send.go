package cli

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"bottega/assets"
	"bottega/core"
	"bottega/core/contact"
	pane "bottega/ui/inbox"
	"bottega/ui/kit"
	"bottega/ui/text"
)

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

// sending is what `send` was asked to send.
type sending struct {
	text, template, language, header, media, caption, channel string
	vars                                                      []string
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
	f.StringVar(&o.header, "header", "", a.w.T(text.FlagHeaderValue))
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
		{"caption", "--media", o.media != ""}, {"var", "--template", o.template != ""}, {"language", "--template", o.template != ""}, {"header", "--template", o.template != ""},
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
