package cli

import (
	"context"
	"slices"

	"bottega/core"
	"bottega/core/connect"
	"bottega/ui/steps"
	"bottega/ui/text"
)

// keys says where each of a channel's keys lies. Of one that is missing the
// channel's own line speaks.
func (a *app) keys(ctx context.Context, s *Shop, c *core.Channel) []check {
	if s.Connect == nil {
		return nil
	}
	kept := slices.DeleteFunc(s.Connect.Lies(ctx, *c), func(k connect.Kept) bool { return k.Where == "" })
	if len(kept) == 0 {
		return nil
	}
	return []check{a.say("keys", good, text.DoctorKeys, "Name", c.Name, "Kept", steps.Teller{Words: a.w}.Kept(kept))}
}
