package connect

import (
	"context"
	"errors"

	"bottega/core"
)

// Rotate changes a channel's secrets for new ones: they are tried with the
// provider beside those in use, and take their place at once when they open the
// same number and may do all that bottega needs. Otherwise everything stays as
// it was, and the error says why: InvalidInput for no or a foreign field,
// Refused (a *Lacking) when scopes are missing, Conflict (a *Taken) when they
// open another number, NoKeyring (an *Unsealed) as in Connect, else what the provider
// or the keyring says.
//
// A channel that was paused for its key sends again. Other bottegas on the same
// data take the new key within half a minute.
func (s *Service) Rotate(ctx context.Context, name string, secrets map[string]core.Secret, tell func(Result)) (core.Channel, error) {
	const op = "connect.Rotate"
	ch, err := s.Channels.ChannelByName(ctx, name)
	if err != nil {
		return core.Channel{}, err
	}
	if err := rotatable(ch.Provider, secrets); err != nil {
		return core.Channel{}, core.Fail(core.InvalidInput, op, err)
	}
	if err := s.open(ctx, name, secrets); err != nil {
		return core.Channel{}, err
	}
	gw, err := s.Gateways(beside{s.Keys, secrets}).Gateway(ctx, ch)
	if err != nil {
		return core.Channel{}, err
	}
	var before *core.Key
	if was := ch.Health.Key; !was.At.IsZero() {
		before = &was
	}
	h, err := s.look(ctx, gw, &ch, before, tell)
	switch {
	case err != nil:
		return core.Channel{}, err
	case len(h.Key.Missing) > 0:
		return core.Channel{}, core.Fail(core.Refused, op, &Lacking{h.Key.Missing})
	case h.Number != "" && ch.Number != "" && h.Number != ch.Number:
		return core.Channel{}, core.Fail(core.Conflict, op, &Taken{Name: ch.Name, Number: true})
	}
	undo, err := s.keep(ctx, name, secrets)
	if err != nil {
		return core.Channel{}, err
	}
	if ch, err = s.Channels.Channel(ctx, ch.ID); err != nil { // as it is by now
		return core.Channel{}, errors.Join(err, undo())
	}
	ch.Health = ch.Health.Asked(h)
	if ch.State == core.Paused && ch.PauseClass == core.ClassAuth {
		ch.State, ch.PauseClass, ch.Detail = core.Active, "", ""
	}
	if ch, err = s.Channels.SaveChannel(ctx, ch); err != nil {
		return core.Channel{}, errors.Join(err, undo())
	}
	tell(Result{Step: StepKeep, State: Done, Kept: s.Lies(ctx, ch)})
	return ch, nil
}

// Lacking is a key that may not do all that bottega needs.
type Lacking struct{ Scopes []string }

func (l *Lacking) Error() string { return "the key lacks scopes" }

func rotatable(p core.ProviderName, secrets map[string]core.Secret) error {
	if len(secrets) == 0 {
		return errors.New("no secret given")
	}
	known := map[string]Field{}
	for _, f := range Fields(p) {
		known[f.Name] = f
	}
	for name, v := range secrets {
		f, ok := known[name]
		if !ok || !f.Secret {
			return errors.New("no secret of this provider: " + name)
		}
		if fault := f.Check(v.Reveal()); v == "" || fault != "" && !fault.Odd() {
			return errors.New("form of " + name)
		}
	}
	return nil
}

// beside is a keyring in which new secrets stand in front of those in use.
type beside struct {
	core.Keyring
	fresh map[string]core.Secret
}

func (b beside) Get(ctx context.Context, channel, field string) (core.Secret, error) {
	if v, ok := b.fresh[field]; ok {
		return v, nil
	}
	return b.Keyring.Get(ctx, channel, field)
}

// Check takes the steps of a connected channel again, up to its callbacks, and
// returns its health as it was told. tell hears of each step.
func (s *Service) Check(ctx context.Context, ch core.Channel, tell func(Result)) (core.Health, error) {
	gw, err := s.Gateways(s.Keys).Gateway(ctx, ch)
	if err != nil {
		return core.Health{}, err
	}
	h, err := s.look(ctx, gw, &ch, nil, tell)
	if err != nil {
		return core.Health{}, err
	}
	s.count(ctx, gw, tell)
	return ch.Health.Asked(h), nil
}

// Remove forgets a channel and its secrets. Conflict while it has
// conversations: what was said on it is kept, and so are its keys.
func (s *Service) Remove(ctx context.Context, ch core.Channel) error {
	if err := s.Channels.RemoveChannel(ctx, ch.ID); err != nil {
		return err
	}
	var failed error
	needed, optional := Secrets(ch.Provider)
	for _, f := range optional { // one that it never had needs no keyring to be gone
		if _, err := s.Keys.Get(ctx, ch.Name, f); err == nil {
			needed = append(needed, f)
		}
	}
	for _, f := range needed {
		if err := s.Keys.Delete(ctx, ch.Name, f); err != nil && core.CodeOf(err) != core.NotFound {
			failed = errors.Join(failed, err)
		}
	}
	return failed
}
