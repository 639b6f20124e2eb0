package cli

import (
	"context"
	"time"

	"bottega/core"
	"bottega/core/connect"
	"bottega/core/health"
	"bottega/ui/steps"
	"bottega/ui/text"
)

// machine holds the computer to what a provider's technical review asks of a
// server (S-126). Too little is no fault of a shop that is not reviewed.
func (a *app) machine(c health.Checks) check {
	cores, memory := a.h.Probe.Machine()
	kv := []any{"Cores", cores, "Memory", a.w.T(text.DoctorMemoryUnknown), "NeedCores", c.Cores, "NeedMemory", a.w.Bytes(c.Memory)}
	if memory > 0 {
		kv[3] = a.w.Bytes(memory)
	}
	if cores < c.Cores || memory > 0 && memory < c.Memory {
		return a.say("machine", fair, text.DoctorMachineSmall, kv...)
	}
	return a.say("machine", good, text.DoctorMachine, kv...)
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

// secure asks the public address of a channel as its provider will: over TLS of
// a version and with a certificate that it takes (S-102, S-103, S-127, S-142).
func (a *app) secure(ctx context.Context, s *Shop, c *core.Channel) []check {
	if s.Connect == nil || s.Connect.Reach == nil || c.Account.PublicURL == "" {
		return nil
	}
	r := s.Connect.AskAddress(ctx, *c)
	said := steps.Teller{Words: a.w, Now: a.h.Now(), Channel: c}.Say(r)
	g := good
	if r.State != connect.Done {
		g = fair
	}
	return []check{{Name: "address", Grade: g, Message: c.Name + ": " + said.What, Fix: said.Hint, Channel: c.Name}}
}

// review tells how much is left of the time that a technical review gives
// (S-101); "" asks for nothing.
func (a *app) review(c health.Checks, since string) ([]check, error) {
	if since == "" {
		return nil, nil
	}
	now := a.h.Now()
	begun, err := time.Parse(time.RFC3339, since)
	for _, form := range []string{"2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly} {
		if err == nil {
			break
		}
		begun, err = time.ParseInLocation(form, since, now.Location())
	}
	if err != nil || begun.After(now) {
		return nil, usage(text.UseReviewSince, "Value", clip(since))
	}
	ends := begun.Add(c.Review.D())
	kv := []any{"Ends", a.w.When(ends.In(now.Location()), now), "Left", a.w.Short(ends.Sub(now).Abs()), "Hours", int(c.Review.D().Hours())}
	switch {
	case !ends.After(now):
		return []check{a.say("review", bad, text.DoctorReviewOver, kv...)}, nil
	case ends.Sub(now) < c.Review.D()/4:
		return []check{a.say("review", fair, text.DoctorReviewSoon, kv...)}, nil
	}
	return []check{a.say("review", good, text.DoctorReview, kv...)}, nil
}
