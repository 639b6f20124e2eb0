package cli

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// secretFields are the keys that a channel keeps in the keyring.
var secretFields = []string{"token", "app_secret", "verify_token"}

// keys is what `connect` is told on its input: the account, and the secrets.
type keys struct {
	Name          string     `json:"name"`
	Number        core.Phone `json:"number"`
	PhoneNumberID string     `json:"phone_number_id"`
	BusinessID    string     `json:"waba_id"`
	BaseURL       string     `json:"base_url"`
	Version       string     `json:"version"`
	Token         string     `json:"token"`
	AppSecret     string     `json:"app_secret"`
	VerifyToken   string     `json:"verify_token"`
}

// secrets maps the fields of the keyring to what was given.
func (k *keys) secrets() map[string]core.Secret {
	return map[string]core.Secret{"token": core.Secret(k.Token), "app_secret": core.Secret(k.AppSecret), "verify_token": core.Secret(k.VerifyToken)}
}

func (a *app) connect() *cobra.Command {
	var name string
	var stdin, unchecked bool
	c := a.command("connect PROVIDER", text.CmdConnect, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		provider := core.ProviderName(arg[0])
		switch provider {
		case core.Meta, core.Sandbox:
		case core.Twilio, core.Bird, core.Zenvia:
			return core.Fail(core.NotYet, "cli.connect", nil)
		default:
			return usage(text.UseProvider, "Provider", clip(arg[0]))
		}
		if !stdin {
			return usage(text.UseStdin)
		}
		b, err := a.readInput("-")
		if err != nil {
			return err
		}
		k, err := readKeys(b)
		if err != nil {
			return err
		}
		if name != "" {
			k.Name = name
		}
		if k.Name == "" {
			k.Name = string(provider)
		}
		if !validName(k.Name) {
			return usage(text.UseName, "Name", clip(k.Name))
		}
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error { return a.connectTo(ctx, s, provider, k, unchecked) })
	})
	f := c.Flags()
	f.StringVar(&name, "name", "", a.w.T(text.FlagName))
	f.BoolVar(&stdin, "from-stdin", false, a.w.T(text.FlagStdin))
	f.BoolVar(&unchecked, "no-check", false, a.w.T(text.FlagNoCheck))
	return c
}

// readKeys reads the input of connect. Its errors never quote it.
func readKeys(b []byte) (keys, error) {
	var k keys
	if err := json.Unmarshal(b, &k); err != nil {
		return keys{}, usage(text.UseKeysJSON)
	}
	var missing []string
	for _, f := range []struct{ name, value string }{
		{"phone_number_id", k.PhoneNumberID}, {"waba_id", k.BusinessID},
		{"token", k.Token}, {"app_secret", k.AppSecret}, {"verify_token", k.VerifyToken},
	} {
		if strings.TrimSpace(f.value) == "" {
			missing = append(missing, f.name)
		}
	}
	if len(missing) > 0 {
		return keys{}, usage(text.UseKeysMissing, "Fields", strings.Join(missing, ", "))
	}
	if k.Number != "" {
		n, err := phone(string(k.Number))
		if err != nil {
			return keys{}, err
		}
		k.Number = n
	}
	return k, nil
}

// validName reports whether a channel may be called that: it stands in the
// path of callbacks and in names of environment variables.
func validName(s string) bool {
	return len(s) <= 40 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-_") == "" && s != ""
}

// connectTo checks the account with the provider, then keeps the secrets, then
// the channel: what fails leaves nothing half connected.
func (a *app) connectTo(ctx context.Context, s *Shop, provider core.ProviderName, k keys, unchecked bool) error {
	ch, err := s.Channels.ChannelByName(ctx, k.Name)
	switch {
	case core.CodeOf(err) == core.NotFound:
		ch = core.Channel{Name: k.Name, CreatedAt: a.h.Now()}
	case err != nil:
		return err
	case ch.Provider != provider:
		return refuse(core.Conflict, text.ChannelTaken, "Name", ch.Name)
	}
	ch.Provider, ch.State, ch.PauseClass, ch.Detail = provider, core.Active, "", ""
	ch.Account = core.Account{PhoneNumberID: k.PhoneNumberID, BusinessID: k.BusinessID, BaseURL: k.BaseURL, Version: k.Version}
	if k.Number != "" {
		ch.Number = k.Number
	}
	if err := onlyOnce(ctx, s, &ch); err != nil {
		return err
	}
	if !unchecked {
		gw, err := s.Gateways(given(k.secrets())).Gateway(ctx, ch)
		if err != nil {
			return err
		}
		if ch.Health, err = gw.Health(ctx); err != nil {
			return err
		}
	}
	for field, v := range k.secrets() {
		if have, err := s.Keyring.Get(ctx, ch.Name, field); err == nil && have.Reveal() == v.Reveal() {
			continue // already there, perhaps in the environment, which cannot be written
		}
		if err := s.Keyring.Set(ctx, ch.Name, field, v); err != nil {
			return err
		}
	}
	if ch, err = s.Channels.SaveChannel(ctx, ch); err != nil {
		return err
	}
	if a.g.JSON {
		return a.printJSON(channelShape(&ch))
	}
	return a.println(a.w.T(text.DidConnect, "Name", ch.Name, "Path", "/webhooks/"+ch.Name))
}

// onlyOnce refuses a number that another channel has: its callbacks come to one
// path, and what customers write must not fall apart into two conversations.
func onlyOnce(ctx context.Context, s *Shop, ch *core.Channel) error {
	chs, err := s.Channels.Channels(ctx)
	if err != nil {
		return err
	}
	for _, o := range chs {
		same := o.Provider == ch.Provider && o.Account.PhoneNumberID == ch.Account.PhoneNumberID && o.Account.BaseURL == ch.Account.BaseURL
		if same && o.ID != ch.ID {
			return refuse(core.Conflict, text.ChannelTwice, "Name", o.Name)
		}
	}
	return nil
}

// given is a keyring of the secrets just read, for the check before they are kept.
type given map[string]core.Secret

func (g given) Get(_ context.Context, _, field string) (core.Secret, error) {
	if v, ok := g[field]; ok {
		return v, nil
	}
	return "", core.Fail(core.NotFound, "cli.given", nil)
}

func (given) Set(context.Context, string, string, core.Secret) error {
	return core.Fail(core.ReadOnly, "cli.given", nil)
}

func (given) Delete(context.Context, string, string) error {
	return core.Fail(core.ReadOnly, "cli.given", nil)
}

func (given) Where() string { return "memory" }

func (a *app) channels() *cobra.Command {
	list := a.channelsList()
	c := a.parent("channels", text.CmdChannels, list, a.channelsTest(), a.channelsRemove())
	c.RunE = list.RunE // alone it lists
	return c
}

func (a *app) channelsList() *cobra.Command {
	return a.command("list", text.CmdChannelsList, args(0, 0), func(cmd *cobra.Command, _ []string) error {
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			chs, err := s.Channels.Channels(ctx)
			if err != nil {
				return err
			}
			if a.g.JSON {
				out := make([]channelJSON, len(chs))
				for i := range chs {
					out[i] = channelShape(&chs[i])
				}
				return a.printJSON(out)
			}
			if len(chs) == 0 {
				return a.println(a.w.T(text.ChannelsNone))
			}
			for i := range chs {
				if err := a.println(a.channelLine(&chs[i])); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func (a *app) channelLine(c *core.Channel) string {
	parts := []string{kit.Fit(c.Name, 14), kit.Fit(string(c.Provider), 8), kit.Fit(string(c.Number), 16)}
	if away := c.Health.AwaySince; away.IsZero() || c.State == core.Paused {
		parts = append(parts, a.w.T(text.K("cli.channel."+string(c.State))))
	} else {
		parts = append(parts, "✗ "+a.away(c))
	}
	if c.State == core.Paused {
		why, hint := a.w.Reason(&core.ProviderError{Class: c.PauseClass, Message: c.Detail})
		parts = append(parts, why+" "+hint)
	}
	if c.Health.Quality != "" {
		parts = append(parts, strings.ToUpper(string(c.Health.Quality)))
	}
	return strings.Join(parts, "  ")
}

// away says that a channel sends nothing, why, and since when.
func (a *app) away(c *core.Channel) string {
	now := a.h.Now()
	return a.w.Away(c.Health.AwayWhy, c.Health.AwaySince.In(now.Location()), now)
}

// channelNamed finds a channel; of one that is not there it says where to look.
func channelNamed(ctx context.Context, s *Shop, name string) (core.Channel, error) {
	ch, err := s.Channels.ChannelByName(ctx, name)
	if core.CodeOf(err) == core.NotFound {
		err = refuse(core.NotFound, text.ChannelNone, "Name", clip(name))
	}
	return ch, err
}

func (a *app) channelsTest() *cobra.Command {
	return a.command("test NAME", text.CmdChannelsTest, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			ch, err := channelNamed(ctx, s, arg[0])
			if err != nil {
				return err
			}
			gw, err := s.Gateways(s.Keyring).Gateway(ctx, ch)
			if err != nil {
				return err
			}
			h, err := gw.Health(ctx)
			if err != nil {
				return err
			}
			ch.Health = ch.Health.Asked(h)
			if a.g.JSON {
				return a.printJSON(channelShape(&ch))
			}
			return a.println(a.w.T(text.ChannelAnswers, "Name", ch.Name, "Quality", strings.ToUpper(orDefault(string(h.Quality), "unknown"))))
		})
	})
}

func (a *app) channelsRemove() *cobra.Command {
	var yes bool
	c := a.command("remove NAME", text.CmdChannelsRemove, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		if !yes {
			return usage(text.UseYes)
		}
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			ch, err := channelNamed(ctx, s, arg[0])
			if err != nil {
				return err
			}
			if err := s.Channels.RemoveChannel(ctx, ch.ID); core.CodeOf(err) == core.Conflict {
				return refuse(core.Conflict, text.ChannelUsed, "Name", ch.Name)
			} else if err != nil {
				return err
			}
			var failed error
			for _, f := range secretFields {
				if err := s.Keyring.Delete(ctx, ch.Name, f); err != nil && core.CodeOf(err) != core.NotFound {
					failed = errors.Join(failed, err)
				}
			}
			if failed != nil {
				return failed
			}
			if a.g.JSON {
				return a.printJSON(map[string]string{"removed": ch.Name})
			}
			return a.println(a.w.T(text.DidRemove, "Name", ch.Name))
		})
	})
	c.Flags().BoolVar(&yes, "yes", false, a.w.T(text.FlagYes))
	return c
}
