package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/core/connect"
	"bottega/ui/steps"
	"bottega/ui/text"
)

func (a *app) channelsRotate() *cobra.Command {
	var stdin bool
	c := a.command("rotate NAME", text.CmdChannelsRotate, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		if !stdin && a.h.Terminal.Secret == nil {
			return usage(text.UseStdinRotate)
		}
		values := map[string]string{}
		if stdin {
			b, err := a.readInput("-")
			if err != nil {
				return err
			}
			if values, err = readValues(b); err != nil {
				return err
			}
		}
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			named, err := channelNamed(ctx, s, arg[0])
			if err != nil {
				return err
			}
			needed, optional := connect.Secrets(named.Provider)
			fields := append(needed, optional...)
			if !stdin {
				if values, err = a.askKeys(ctx, &named, fields); err != nil {
					return err
				}
			}
			secrets := map[string]core.Secret{}
			for _, f := range fields {
				if v := strings.TrimSpace(values[f]); v != "" {
					secrets[f] = core.Secret(v)
				}
			}
			if len(secrets) == 0 {
				return usage(text.UseRotate, "Fields", strings.Join(fields, ", "))
			}
			return a.rotate(ctx, s, named, secrets)
		})
	})
	c.Flags().BoolVar(&stdin, "from-stdin", false, a.w.T(text.FlagStdin))
	return c
}

// askKeys asks for the new keys of a channel, one after the other; an empty
// answer leaves that one as it is. Each is checked by its form at once.
func (a *app) askKeys(ctx context.Context, ch *core.Channel, fields []string) (map[string]string, error) {
	values := map[string]string{}
	for _, f := range fields {
		for {
			v, err := a.h.Terminal.Secret(ctx, a.w.T(text.AskKey, "Field", steps.Field(a.w, f))+" ")
			if err != nil {
				return nil, err
			}
			typed := connect.Clean(v.Reveal())
			fault := connect.FieldNamed(ch.Provider, f).Check(typed)
			if typed != "" && fault != "" && !fault.Odd() {
				if err := a.println(steps.Fault(a.w, fault)); err != nil {
					return nil, err
				}
				continue
			}
			values[f] = typed
			break
		}
	}
	return values, nil
}

// rotate tries new keys beside those in use.
func (a *app) rotate(ctx context.Context, s *Shop, named core.Channel, secrets map[string]core.Secret) error {
	return a.steps(ctx, s, walk{run: func(ctx context.Context, tell func(connect.Result), ch *core.Channel) error {
		*ch = named
		err := a.sealed(ctx, s, func() error {
			done, err := s.Connect.Rotate(ctx, named.Name, secrets, tell)
			if err == nil {
				*ch = done
			}
			return err
		})
		if t, ok := errors.AsType[*connect.Taken](err); ok && t.Number {
			return refuse(core.Conflict, text.ConnectOtherNumber)
		}
		return a.taken(err)
	}, done: func(ch *core.Channel) string { return a.w.T(text.ConnectRotated, "Name", ch.Name) }})
}
