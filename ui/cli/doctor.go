package cli

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/core/connect"
	"bottega/core/health"
	"bottega/core/inbox"
	"bottega/ui/steps"
	"bottega/ui/text"
)

// grade of a check.
type grade string

const (
	good grade = "ok"
	fair grade = "warn" // works, but somebody should look
	bad  grade = "fail" // something will not work
)

// check is one line of doctor: what was looked at, how it is, and its fix.
type check struct {
	Name    string `json:"check"`
	Grade   grade  `json:"status"`
	Message string `json:"message"`
	Fix     string `json:"fix,omitempty"`

	Channel string       `json:"channel,omitempty"` // which one, where a check is of one
	At      *time.Time   `json:"at,omitempty"`      // of the last callback, question or sync that was found
	Webhook *core.Hooked `json:"webhook,omitempty"` // where the provider sends callbacks by now
}

// reportJSON is what `doctor --json` prints.
type reportJSON struct {
	OK     bool    `json:"ok"`
	Checks []check `json:"checks"`
}

// lately is how long a callback for nobody is told of: a shop's weekend and a bit.
const lately = 72 * time.Hour

// room is how much must be left on the disk, in bytes: the write-ahead log may
// grow to 64 MB, and a backup needs about as much as the database.
const room = 500 << 20

func (a *app) doctor() *cobra.Command {
	return a.command("doctor", text.CmdDoctor, args(0, 0), func(cmd *cobra.Command, _ []string) error {
		cs := a.examine(cmd.Context())
		rep := reportJSON{OK: true, Checks: cs}
		for _, c := range cs {
			rep.OK = rep.OK && c.Grade != bad
		}
		if a.g.JSON {
			if err := a.printJSON(rep); err != nil {
				return err
			}
		} else if err := a.printChecks(cs); err != nil {
			return err
		}
		if !rep.OK {
			return quiet(exitFailed)
		}
		return nil
	})
}

// marks of the grades: a shape and a word, so that colour is not needed.
var marks = map[grade]string{good: "✓", fair: "!", bad: "✗"}

func (a *app) printChecks(cs []check) error {
	for _, c := range cs {
		line := marks[c.Grade] + " " + a.w.T(text.K("cli.doctor."+c.Name)) + ": " + c.Message
		if c.Fix != "" {
			line += "\n    → " + c.Fix
		}
		if err := a.println(line); err != nil {
			return err
		}
	}
	return nil
}

// examine looks at everything that can be looked at; what needs an opened
// database is left out when it cannot be opened, and that is said.
func (a *app) examine(ctx context.Context) []check {
	dir, err := a.h.Probe.Folder(a.g)
	if err != nil {
		return append([]check{a.failed("folder", err)}, a.desk()...)
	}
	cs := []check{a.say("folder", good, text.DoctorFolder, "Dir", dir)}
	cs = append(cs, a.private(dir), a.disk(dir))
	s, err := a.h.Open(ctx, a.g)
	if err != nil {
		return append(append(cs, a.failed("database", err)), a.desk()...)
	}
	cs = append(cs, a.database(ctx, s, dir))
	cs = append(cs, a.keyrings(ctx, s)...)
	cs = append(cs, a.clock(ctx, s), a.zone(s))
	cs = append(cs, a.desk()...)
	cs = append(cs, a.lines(ctx, s)...)
	if err := s.Close(); err != nil {
		cs = append(cs, a.failed("database", err))
	}
	return cs
}

// say makes a check with its words; the fix stands under the same key where it
// is needed.
func (a *app) say(name string, g grade, k text.K, kv ...any) check {
	c := check{Name: name, Grade: g, Message: a.w.T(k, kv...)}
	if g != good {
		c.Fix = a.w.T(k+".fix", kv...)
	}
	return c
}

// of adds which channel a check is of, and the time that it speaks of.
func (ck check) of(c *core.Channel, when time.Time) check {
	ck.Channel, ck.At = c.Name, at(when)
	return ck
}

// failed makes a check of an error.
func (a *app) failed(name string, err error) check {
	msg, fix := a.w.Error(err)
	return check{Name: name, Grade: bad, Message: msg, Fix: fix}
}

func (a *app) private(dir string) check {
	open, err := a.h.Probe.Private(dir)
	switch {
	case err != nil:
		return a.failed("rights", err)
	case len(open) > 0:
		return a.say("rights", fair, text.DoctorOpen, "Files", strings.Join(open, ", "), "Dir", dir)
	}
	return a.say("rights", good, text.DoctorPrivate)
}

func (a *app) disk(dir string) check {
	free, err := a.h.Probe.Free(dir)
	switch {
	case err != nil:
		return a.failed("disk", err)
	case free < room/10:
		return a.say("disk", bad, text.DoctorDiskFull, "Free", a.w.Bytes(free))
	case free < room:
		return a.say("disk", fair, text.DoctorDiskLow, "Free", a.w.Bytes(free))
	}
	return a.say("disk", good, text.DoctorDisk, "Free", a.w.Bytes(free))
}

func (a *app) database(ctx context.Context, s *Shop, dir string) check {
	if err := s.Check(ctx); err != nil {
		return a.failed("database", err)
	}
	size, err := a.h.Probe.Size(dir)
	if err != nil {
		return a.failed("database", err)
	}
	return a.say("database", good, text.DoctorDatabase, "Size", a.w.Bytes(size))
}

// keyrings asks every place for a secret that is not there: a place that says
// so works. The environment always answers; the others may not.
func (a *app) keyrings(ctx context.Context, s *Shop) []check {
	var cs []check
	usable := false
	for _, k := range s.Rungs {
		if w, ok := k.(core.Sealer); ok && w.Unsealed() || k.Where() == "env" {
			continue // one waits for a pass phrase, the other cannot be written: no place for a new key
		}
		err := connect.Answers(ctx, k)
		works := err == nil
		where := a.w.T(text.K("cli.where." + k.Where()))
		usable = usable || works
		if core.CodeOf(err) == core.WrongPassphrase {
			ck := a.failed("keyring", err)
			ck.Grade = fair
			cs = append(cs, ck)
		} else if works {
			cs = append(cs, a.say("keyring", good, text.DoctorKeyring, "Where", where))
		} else {
			cs = append(cs, a.say("keyring", fair, text.DoctorNoKeyring, "Where", where))
		}
	}
	if usable { // one that works is enough
		cs = slices.DeleteFunc(cs, func(c check) bool { return c.Grade != good })
	}
	return cs
}

// clock compares the computer's clock with what has already been written: time
// does not run backwards, so a clock before the newest callback was set back.
func (a *app) clock(ctx context.Context, s *Shop) check {
	now := a.h.Now()
	newest := time.Time{}
	chs, err := s.Channels.Channels(ctx)
	if err != nil {
		return a.failed("clock", err)
	}
	for _, c := range chs {
		if c.LastCallbackAt.After(newest) {
			newest = c.LastCallbackAt
		}
	}
	if newest.Sub(now) > time.Minute {
		return a.say("clock", bad, text.DoctorClockBack, "Behind", a.w.Short(newest.Sub(now)))
	}
	return a.say("clock", good, text.DoctorClock, "Time", now.UTC().Format(time.RFC3339))
}

// zone looks whether the shop's hours are in the zone the computer lives in.
func (a *app) zone(s *Shop) check {
	h := s.Rules().Hours
	if err := inbox.CheckHours(h); err != nil {
		return a.failed("zone", err)
	}
	now := a.h.Now()
	zone := inbox.Zone(h)
	name, there := now.In(zone).Zone()
	_, here := now.Zone()
	if there != here {
		return a.say("zone", fair, text.DoctorZoneDiffers, "Zone", zone.String(), "Shop", a.w.Clock(now.In(zone)), "Here", a.w.Clock(now))
	}
	return a.say("zone", good, text.DoctorZone, "Zone", name)
}

func (a *app) terminal() check {
	t := a.h.Terminal
	switch {
	case t.Name == "" || t.Name == "dumb":
		return a.say("terminal", fair, text.DoctorTermDumb)
	case !t.UTF8:
		return a.say("terminal", fair, text.DoctorTermASCII)
	case t.Screen && (t.Width < 80 || t.Height < 24):
		return a.say("terminal", fair, text.DoctorTermSmall, "Width", t.Width, "Height", t.Height)
	}
	return a.say("terminal", good, text.DoctorTerm, "Name", t.Name, "Colors", t.Colors)
}

// lines looks at each channel: its keys, whether it may send, and when its
// provider last reached us.
func (a *app) lines(ctx context.Context, s *Shop) []check {
	chs, err := s.Channels.Channels(ctx)
	if err != nil {
		return []check{a.failed("channel", err)}
	}
	if len(chs) == 0 {
		return []check{a.say("channel", fair, text.DoctorNoChannel)}
	}
	var cs []check
	for i := range chs {
		cs = append(cs, a.line(ctx, s, &chs[i]))
		cs = append(cs, a.keys(ctx, s, &chs[i])...)
		cs = append(cs, a.reach(ctx, s, &chs[i])...)
		asked := a.ask(ctx, s, &chs[i])
		if !slices.ContainsFunc(asked, func(c check) bool { return c.Name == "key" }) { // what was known before, then
			cs = append(cs, a.keyEnds(s, &chs[i], chs[i].Health.Key)...)
		}
		cs = append(cs, asked...)
		cs = append(cs, a.shelf(ctx, s, &chs[i]))
	}
	return append(cs, a.stray(ctx, s, chs)...)
}

// keyEnds warns of a channel's key before it runs out.
func (a *app) keyEnds(s *Shop, c *core.Channel, k core.Key) []check {
	if s.Connect == nil || !k.RunsOut(a.h.Now(), s.Connect.Policy.Expiry.D()) {
		return nil
	}
	until := steps.Teller{Words: a.w, Now: a.h.Now()}.Until(k)
	ck := a.say("key", fair, text.DoctorKeyEnds, "Name", c.Name, "Until", until)
	if !k.Expires.After(a.h.Now()) {
		ck.Grade = bad
	}
	return []check{ck}
}

// stray tells of callbacks that came lately to a path which no channel has.
func (a *app) stray(ctx context.Context, s *Shop, chs []core.Channel) []check {
	var last core.Stray
	if _, err := s.Settings.Setting(ctx, core.StraySetting, &last); err != nil {
		return []check{a.failed("channel", err)}
	}
	paths := make([]string, len(chs))
	for i := range chs {
		paths[i] = "/webhooks/" + chs[i].Name
	}
	now := a.h.Now()
	if last.At.IsZero() || now.Sub(last.At) > lately || slices.Contains(paths, last.Path) {
		return nil
	}
	when := a.w.When(last.At.In(now.Location()), now)
	return []check{a.say("channel", fair, text.DoctorStray, "Path", clip(last.Path), "When", when, "Known", strings.Join(paths, ", "))}
}

func (a *app) line(ctx context.Context, s *Shop, c *core.Channel) check {
	needed, _ := SecretFields(c.Provider)
	for _, f := range needed {
		if _, err := s.Keyring.Get(ctx, c.Name, f); err != nil {
			if core.CodeOf(err) == core.WrongPassphrase {
				ck := a.failed("channel", err)
				ck.Message = c.Name + ": " + ck.Message
				return ck
			}
			if c.Provider == core.Sandbox { // the demo's keys live and die with it
				return a.say("channel", fair, text.DoctorSandboxAway, "Name", c.Name)
			}
			return a.say("channel", bad, text.DoctorNoSecret, "Name", c.Name, "Field", f)
		}
	}
	switch {
	case c.State == core.Paused:
		why, hint := a.w.Reason(&core.ProviderError{Class: c.PauseClass, Message: c.Detail})
		ck := a.say("channel", bad, text.DoctorPaused, "Name", c.Name, "Why", why)
		ck.Fix = hint
		return ck
	case !c.Health.AwaySince.IsZero():
		_, hint := a.w.Error(core.Fail(c.Health.AwayWhy, "cli.doctor", nil))
		return check{Name: "channel", Grade: bad, Message: c.Name + ": " + a.away(c) + ".", Fix: hint}
	}
	return a.hears(ctx, s, c)
}

// hears looks how a channel receives, and when it last did.
func (a *app) hears(ctx context.Context, s *Shop, c *core.Channel) check {
	v, in, err := s.Watch.Look(ctx, c)
	if err != nil {
		return a.failed("channel", err)
	}
	last := in.LastPoll
	if c.LastCallbackAt.After(last) {
		last = c.LastCallbackAt
	}
	return a.heard(c, v, in).of(c, last)
}

func (a *app) heard(c *core.Channel, v health.Verdict, in health.Signals) check {
	now, path := a.h.Now(), "/webhooks/"+c.Name
	quiet := a.w.Short(now.Sub(v.Since))
	switch v.Sign {
	case health.SignOff:
		return a.say("channel", fair, text.DoctorOff, "Name", c.Name, "Way", a.way(in.Way))
	case health.SignStale:
		return a.say("channel", bad, text.DoctorStale, "Name", c.Name, "For", quiet)
	case health.SignBlocked:
		return a.say("channel", bad, text.DoctorBlocked, "Name", c.Name, "For", quiet)
	case health.SignSilent:
		return a.say("channel", fair, text.DoctorSilent, "Name", c.Name, "For", quiet, "Path", path)
	case health.SignNew:
		return a.say("channel", fair, text.DoctorNeverHeard, "Name", c.Name, "Path", path)
	case health.SignQuiet:
		return a.say("channel", good, text.DoctorQuiet, "Name", c.Name, "For", quiet)
	}
	if !in.Way.Calls() {
		when := a.w.T(text.ShowNever)
		if !in.LastPoll.IsZero() {
			when = a.w.When(in.LastPoll.In(now.Location()), now)
		}
		return a.say("channel", good, text.DoctorAsked, "Name", c.Name, "When", when)
	}
	return a.say("channel", good, text.DoctorChannel, "Name", c.Name, "When", a.w.When(c.LastCallbackAt.In(now.Location()), now))
}

// reach tries the address of each channel that is called at one, while somebody listens.
func (a *app) reach(ctx context.Context, s *Shop, c *core.Channel) []check {
	v, in, err := s.Watch.Look(ctx, c)
	if err != nil {
		return []check{a.failed("address", err)}
	}
	to, err := s.Address(ctx, c)
	if err != nil {
		return []check{a.failed("address", err)}
	}
	if to == "" || v.Sign == health.SignOff || in.Receiving.Address == "" || !in.Way.Calls() {
		return nil
	}
	p := s.Ping(ctx, *c, to)
	if p.Failed() {
		return []check{a.say("address", fair, text.DoctorPingFailed, "Name", c.Name, "Address", clip(to), "Why", a.w.Pinged(string(p.Code)))}
	}
	return []check{a.say("address", good, text.DoctorPing, "Name", c.Name, "Address", clip(to), "Took", a.took(p.Took))}
}
