package connect

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"bottega/core"
)

// Service takes the steps. Fields are required unless a comment says otherwise;
// it keeps nothing between calls and is safe for concurrent use.
type Service struct {
	Channels core.ChannelStore
	Keys     core.Keyring
	Rungs    []core.Keyring // the places behind Keys, to say where a secret lies
	// Gateways connects channels with the secrets of a keyring.
	Gateways func(core.Keyring) core.Gateways
	// Reach asks a callback's address what is there; nil leaves the step out.
	Reach  func(ctx context.Context, q Question) (Reached, error)
	Policy Policy
	Now    func() time.Time
	// NewSecret makes a secret for callbacks that nobody needs to type.
	NewSecret func() core.Secret
}

// Question is what Reach asks.
type Question struct {
	URL string
	// Verify is Meta's: the address must answer its handshake. Without it, it
	// must turn away what is not signed.
	Verify core.Secret
}

// Unreached is why an address does not answer as it should.
type Unreached struct {
	Why string // WhyUnreached, WhyName, WhyTLS, WhyElsewhere, WhyRedirected
	Err error  // for the log
}

func (e *Unreached) Error() string { return "callback address: " + e.Why }

func (e *Unreached) Unwrap() error { return e.Err }

// Connect checks a draft with the provider, keeps its secrets, then the
// channel, then tells the provider where callbacks go. tell hears of each step
// as it ends. What fails before "keep" leaves nothing behind, and is the error;
// what fails after it is a result, since the number is connected by then.
//
// Conflict when the name belongs to another provider's channel, or another
// channel has the number (a *Taken); NoKeyring (an *Unsealed) before anybody is
// asked when keys would go to a file that has no pass phrase yet; otherwise what
// the provider or the keyring says. unchecked keeps without asking anybody.
func (s *Service) Connect(ctx context.Context, d Draft, unchecked bool, tell func(Result)) (core.Channel, error) {
	ch, err := s.place(ctx, d)
	if err != nil {
		return core.Channel{}, err
	}
	if ch.Provider == core.Zenvia && ch.Account.PublicURL != "" && d.Secrets["webhook_secret"] == "" {
		if d.Secrets["webhook_secret"], err = s.hookSecret(ctx, ch.Name); err != nil {
			return core.Channel{}, err
		}
	}
	if err := s.open(ctx, ch.Name, d.Secrets); err != nil {
		return core.Channel{}, err
	}
	if !unchecked {
		gw, err := s.Gateways(Given(d.Secrets)).Gateway(ctx, ch)
		if err != nil {
			return core.Channel{}, err
		}
		if ch.Health, err = s.look(ctx, gw, &ch, nil, tell); err != nil {
			return core.Channel{}, err
		}
		if ch.Number == "" {
			ch.Number = ch.Health.Number
		}
		s.count(ctx, gw, tell)
	}
	undo, err := s.keep(ctx, ch.Name, d.Secrets)
	if err != nil {
		return core.Channel{}, err
	}
	if ch, err = s.Channels.SaveChannel(ctx, ch); err != nil {
		return core.Channel{}, errors.Join(err, undo())
	}
	tell(Result{Step: StepKeep, State: Done, Kept: s.Lies(ctx, ch)})
	if !unchecked {
		s.Subscribe(ctx, ch, tell)
	}
	return ch, nil
}

// hookSecret is the secret for callbacks that a channel has already, or a new one.
func (s *Service) hookSecret(ctx context.Context, channel string) (core.Secret, error) {
	v, err := s.optional(ctx, channel, "webhook_secret")
	if core.CodeOf(err) == core.NotFound {
		return s.NewSecret(), nil
	}
	return v, err
}

// optional finds a secret that a channel may do without: NotFound as well where
// one place does not answer, but another that takes keys has none of it. Else
// nothing optional could be told where there is no keyring, only a file.
func (s *Service) optional(ctx context.Context, channel, field string) (core.Secret, error) {
	v, err := s.Keys.Get(ctx, channel, field)
	if core.CodeOf(err) != core.NoKeyring {
		return v, err
	}
	for _, k := range s.Rungs {
		if w, ok := k.(core.Sealer); k.Where() == "env" || ok && w.Unsealed() {
			continue
		}
		if _, kerr := k.Get(ctx, channel, field); core.CodeOf(kerr) == core.NotFound {
			return "", kerr
		}
	}
	return v, err
}

// Taken is a name or number that another channel has.
type Taken struct {
	Name   string // of that channel
	Number bool   // its number is the one; else its name
}

func (t *Taken) Error() string { return "taken by channel " + t.Name }

// place finds the channel that a draft is for: one of that name and provider,
// or a new one. One number is one channel: its callbacks come to one path, and
// what customers write must not fall apart into two conversations.
func (s *Service) place(ctx context.Context, d Draft) (core.Channel, error) {
	const op = "connect.place"
	chs, err := s.Channels.Channels(ctx)
	if err != nil {
		return core.Channel{}, err
	}
	ch := core.Channel{Name: d.Channel.Name, CreatedAt: s.Now()}
	for _, o := range chs {
		if o.Name != d.Channel.Name {
			continue
		}
		if o.Provider != d.Channel.Provider {
			return ch, core.Fail(core.Conflict, op, &Taken{Name: o.Name})
		}
		ch = o
	}
	ch.Provider, ch.State, ch.PauseClass, ch.Detail = d.Channel.Provider, core.Active, "", ""
	ch.Account = again(d.Channel.Account, ch.Account)
	if d.Channel.Number != "" {
		ch.Number = d.Channel.Number
	}
	for _, o := range chs {
		same := o.Provider == ch.Provider && o.Account.PhoneNumberID == ch.Account.PhoneNumberID && o.Account.BaseURL == ch.Account.BaseURL
		if same && o.ID != ch.ID {
			return ch, core.Fail(core.Conflict, op, &Taken{Name: o.Name, Number: true})
		}
	}
	return ch, nil
}

// again is an account typed anew, with what of the one before it was chosen
// elsewhere: the way in, and the address that the provider was told. Leaving
// an address out does not take it away, or the number would fall silent.
func again(typed, was core.Account) core.Account {
	typed.Receive = was.Receive
	if typed.PublicURL == "" {
		typed.PublicURL = was.PublicURL
	}
	return typed
}

// look asks about key and number of a channel. A key that does not open is an error; facts
// that a provider does not tell are not.
func (s *Service) look(ctx context.Context, gw core.Gateway, ch *core.Channel, before *core.Key, tell func(Result)) (core.Health, error) {
	key, err := s.inspect(ctx, gw, before, tell)
	if err != nil {
		return core.Health{}, err
	}
	h, err := gw.Health(ctx)
	if err != nil {
		return core.Health{}, err
	}
	if h.At.IsZero() {
		h.At = s.Now()
	}
	if !key.At.IsZero() {
		h.Key = key
	}
	r := Result{Step: StepNumber, State: Done, Number: &Number{Phone: cmp.Or(h.Number, ch.Number), Name: h.VerifiedName, Quality: h.Quality, Limit: h.Limit, Status: h.Status, Notes: h.Notes}}
	if h.CanSend != "" && h.CanSend != core.CanSendAll {
		r.State, r.Why = Warned, WhyBlocked
	}
	tell(r)
	return h, nil
}

func (s *Service) inspect(ctx context.Context, gw core.Gateway, before *core.Key, tell func(Result)) (core.Key, error) {
	r := Result{Step: StepKey, State: Done, Before: before}
	port, ok := core.Port[core.Inspector](gw)
	if !ok {
		r.State, r.Why = Skipped, WhyUntold
		tell(r)
		return core.Key{}, nil
	}
	key, err := port.Inspect(ctx)
	if err != nil && core.CodeOf(err) != core.ProviderRefused {
		return core.Key{}, err
	}
	switch {
	case err != nil: // the provider has an answer, but not to this: health decides
		r.State, r.Why, r.Err = Skipped, WhyUntold, err
	case len(key.Missing) > 0:
		r.State, r.Why, r.Key = Warned, WhyScopes, &key
	case key.RunsOut(s.Now(), s.Policy.Expiry.D()):
		r.State, r.Why, r.Key = Warned, WhyExpires, &key
	default:
		r.Key = &key
	}
	tell(r)
	return key, nil
}

// count counts the templates. That a key may not list them is no reason not to
// connect: one can still answer.
func (s *Service) count(ctx context.Context, gw core.Gateway, tell func(Result)) {
	r := Result{Step: StepTemplates, State: Done}
	ts, err := gw.Templates(ctx)
	if err != nil {
		r.State, r.Why, r.Err = Warned, WhyRefused, err
		tell(r)
		return
	}
	r.Templates = &Templates{Total: len(ts)}
	for i := range ts {
		if ts[i].Status == approved {
			r.Templates.Approved++
		}
	}
	if r.Templates.Approved == 0 {
		r.State, r.Why = Warned, WhyNone
	}
	tell(r)
}

// keep writes secrets that are not there already, perhaps in the environment,
// which cannot be written. When one cannot be kept, those before it are put
// back as they were; undo does the same for all of them later.
func (s *Service) keep(ctx context.Context, channel string, secrets map[string]core.Secret) (undo func() error, err error) {
	var back []func(context.Context) error
	late := context.WithoutCancel(ctx)
	undo = func() (err error) {
		for _, b := range slices.Backward(back) {
			err = errors.Join(err, b(late))
		}
		return err
	}
	for _, field := range fieldsOf(secrets) {
		was, err := s.Keys.Get(ctx, channel, field)
		if err == nil && was.Reveal() == secrets[field].Reveal() {
			continue
		}
		had := err == nil
		if err := s.Keys.Set(ctx, channel, field, secrets[field]); err != nil {
			return nil, errors.Join(err, undo())
		}
		back = append(back, func(ctx context.Context) error {
			if had {
				return s.Keys.Set(ctx, channel, field, was)
			}
			return s.Keys.Delete(ctx, channel, field)
		})
	}
	return undo, nil
}

// fieldsOf are the fields of secrets in a fixed order.
func fieldsOf(secrets map[string]core.Secret) []string {
	var fs []string
	for f := range secrets {
		fs = append(fs, f)
	}
	slices.Sort(fs)
	return fs
}

// Lies says where each of a channel's secrets lies: by field, "" as the place
// of one that is needed and cannot be found.
func (s *Service) Lies(ctx context.Context, ch core.Channel) []Kept {
	var out []Kept
	away := make([]bool, len(s.Rungs)) // asked once: a hanging keyring takes its whole time-out
	for _, f := range Fields(ch.Provider) {
		if !f.Secret {
			continue
		}
		where := ""
		for i, k := range s.Rungs {
			if away[i] {
				continue
			}
			_, err := k.Get(ctx, ch.Name, f.Name)
			if err == nil {
				where = k.Where()
				break
			}
			away[i] = core.CodeOf(err) != core.NotFound
		}
		if where != "" || f.Needed {
			out = append(out, Kept{f.Name, where})
		}
	}
	return out
}

// Given is a keyring of secrets just read, for checks before they are kept.
type Given map[string]core.Secret

// Get implements core.Keyring for whatever channel.
func (g Given) Get(_ context.Context, _, field string) (core.Secret, error) {
	if v, ok := g[field]; ok {
		return v, nil
	}
	return "", core.Fail(core.NotFound, "connect.Given", nil)
}

// Set fails: nothing is kept here.
func (Given) Set(context.Context, string, string, core.Secret) error {
	return core.Fail(core.ReadOnly, "connect.Given", nil)
}

// Delete fails: nothing is kept here.
func (Given) Delete(context.Context, string, string) error {
	return core.Fail(core.ReadOnly, "connect.Given", nil)
}

// Where is "memory".
func (Given) Where() string { return "memory" }
