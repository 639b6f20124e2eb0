package cli

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"bottega/core"
	"bottega/core/connect"
	"bottega/ui/kit"
	"bottega/ui/steps"
	"bottega/ui/text"
)

// ask asks the provider of a channel how the number stands: whether it is
// reached, takes the keys, lets the number send, what time it is there, and
// where its callbacks go.
func (a *app) ask(ctx context.Context, s *Shop, c *core.Channel) []check {
	if c.Provider == core.Sandbox && c.Account.BaseURL == "" {
		return nil // the demo's own, which runs only with it
	}
	r, err := s.Reach(ctx, *c)
	cs := []check{a.answered(c, r, err)}
	if !r.Health.Key.At.IsZero() {
		cs = append(cs, a.keyMay(c, r.Health.Key))
		cs = append(cs, a.keyEnds(s, c, r.Health.Key)...)
	}
	if r.Timed {
		cs = append(cs, a.skew(s, c, r.Skew))
	}
	if err == nil {
		cs = append(cs, a.callbacks(ctx, s, c)...)
	}
	return cs
}

func (a *app) answered(c *core.Channel, r core.Reached, err error) check {
	switch code := core.CodeOf(err); {
	case code == core.Unreachable || code == core.Internal:
		return a.say("provider", fair, text.DoctorUnreached, "Name", c.Name)
	case code == core.NoSecret, code == core.NoKeyring, code == core.WrongPassphrase: // which the channel's own check judges
		return a.say("provider", fair, text.DoctorNotAsked, "Name", c.Name)
	case err != nil:
		ck := a.failed("provider", err)
		ck.Message = c.Name + ": " + ck.Message
		return ck
	case r.Health.CanSend != "" && r.Health.CanSend != core.CanSendAll:
		return a.say("provider", fair, text.DoctorHeld, "Name", c.Name, "State", clip(r.Health.CanSend), "Why", clip(orDefault(strings.Join(r.Health.Notes, "; "), r.Health.Status)))
	}
	return a.say("provider", good, text.DoctorAnswers, "Name", c.Name, "Quality", strings.ToUpper(orDefault(string(r.Health.Quality), "unknown")))
}

// keyMay says what a channel's key may do, and what it lacks of that which
// bottega needs.
func (a *app) keyMay(c *core.Channel, k core.Key) check {
	r, g := connect.Result{Step: connect.StepKey, State: connect.Done, Key: &k}, good
	if len(k.Missing) > 0 {
		r.State, r.Why, g = connect.Warned, connect.WhyScopes, fair
	}
	said := steps.Teller{Words: a.w, Now: a.h.Now(), Channel: c}.Say(r)
	return check{Name: "key", Grade: g, Message: c.Name + ": " + said.What, Fix: said.Hint}
}

// callbacks asks the provider of a channel where its callbacks go (S-102);
// nothing is told of one that is asked for what came in.
func (a *app) callbacks(ctx context.Context, s *Shop, c *core.Channel) []check {
	if s.Connect == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, s.Checks.Wait.D())
	defer cancel()
	r := s.Connect.Callbacks(ctx, *c)
	if r.State == connect.Skipped {
		return nil
	}
	said := steps.Teller{Words: a.w, Now: a.h.Now(), Channel: c}.Say(r)
	g := fair
	switch {
	case r.State == connect.Done:
		g = good
	case r.Why == connect.WhyNowhere:
		g = bad
	}
	return []check{{Name: "callbacks", Grade: g, Message: c.Name + ": " + said.What, Fix: said.Hint, Channel: c.Name, Webhook: r.Hook}}
}

// skew compares the computer's clock with the provider's: callbacks of some are
// refused when it is off, and windows end at the wrong time.
func (a *app) skew(s *Shop, c *core.Channel, by time.Duration) check {
	k := text.DoctorClockAhead
	if by < 0 {
		k = text.DoctorClockBehind
	}
	kv := []any{"By", a.w.Short(by.Abs()), "Name", c.Name}
	switch {
	case by.Abs() >= s.Checks.ClockLimit.D():
		return a.say("clock", bad, k, kv...)
	case by.Abs() >= s.Checks.ClockWarn.D():
		return a.say("clock", fair, k, kv...)
	}
	return a.say("clock", good, text.DoctorClockRight, "Name", c.Name)
}

// shelf tells how old a channel's list of templates is.
func (a *app) shelf(ctx context.Context, s *Shop, c *core.Channel) check {
	var last time.Time
	if _, err := s.Settings.Setting(ctx, core.SyncSetting(c.ID), &last); err != nil {
		return a.failed("templates", err)
	}
	now := a.h.Now()
	switch {
	case last.IsZero():
		return a.say("templates", fair, text.DoctorNeverSynced, "Name", c.Name)
	case now.Sub(last) > s.Checks.Templates.D():
		return a.say("templates", fair, text.DoctorSyncOld, "Name", c.Name, "For", a.w.Short(now.Sub(last))).of(c, last)
	}
	return a.say("templates", good, text.DoctorSynced, "Name", c.Name, "When", a.w.When(last.In(now.Location()), now)).of(c, last)
}

// samples are what the width test writes: Chinese, an accent of its own
// character, and a person made of several.
func samples() []string { return []string{"你好", "e\u0301", "👩\u200d🍳"} }

// widths lets the terminal write what it may get wrong and asks where its
// cursor is then. Nothing is told where no terminal answers.
func (a *app) widths() []check {
	if a.h.Terminal.Cells == nil {
		return nil
	}
	var wrong []string
	for _, s := range samples() {
		n, ok := a.h.Terminal.Cells(s)
		if !ok {
			return []check{a.say("width", fair, text.DoctorWidthUnknown)}
		}
		if n != kit.Width(s) {
			wrong = append(wrong, s)
		}
	}
	if len(wrong) > 0 {
		return []check{a.say("width", fair, text.DoctorWidthWrong, "Samples", strings.Join(wrong, "  "))}
	}
	return []check{a.say("width", good, text.DoctorWidth, "Samples", strings.Join(samples(), " "))}
}

// clipboard says whether copies reach the computer's clipboard: they go through
// the terminal (OSC 52), which nobody can ask.
func (a *app) clipboard() check {
	get := a.h.Environ.Get
	switch {
	case get("TERM_PROGRAM") == "Apple_Terminal":
		return a.say("clipboard", fair, text.DoctorClipboardNone, "Name", "Terminal.app")
	case get("TMUX") != "":
		return a.say("clipboard", good, text.DoctorClipboardTmux)
	case strings.HasPrefix(get("TERM"), "screen"):
		return a.say("clipboard", fair, text.DoctorClipboardNone, "Name", "screen")
	}
	return a.say("clipboard", good, text.DoctorClipboard)
}

// notices says whether the desktop shows notifications.
func (a *app) notices() check {
	get := a.h.Environ.Get
	if runtime.GOOS != "linux" || get("DBUS_SESSION_BUS_ADDRESS") != "" {
		return a.say("notices", good, text.DoctorNotices)
	}
	if dir := get("XDG_RUNTIME_DIR"); dir != "" {
		if _, err := os.Stat(filepath.Join(dir, "bus")); err == nil {
			return a.say("notices", good, text.DoctorNotices)
		}
	}
	return a.say("notices", fair, text.DoctorNoNotices)
}

// locale says which language is spoken and why not another.
func (a *app) locale() check {
	if missing := a.w.Missing(a.g.Lang); missing != "" {
		return check{Name: "locale", Grade: fair, Message: missing, Fix: a.w.T(text.DoctorLocaleFix)}
	}
	return a.say("locale", good, text.DoctorLocale, "Language", a.w.Language(a.w.Lang()))
}

// desk are the checks of the place where a person sits.
func (a *app) desk() []check {
	return append(append([]check{a.terminal()}, a.widths()...), a.clipboard(), a.notices(), a.locale())
}
