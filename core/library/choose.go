package library

import (
	"context"
	"fmt"
	"slices"

	"bottega/core"
	"bottega/core/template"
)

// Choice is the template that is to be sent.
type Choice struct {
	core.StoredTemplate
	// Instead is the one that was asked for and is stopped, when another of its
	// family was taken; nil otherwise.
	Instead *core.StoredTemplate
}

// Choose finds what may be sent under a name: the template of that name, or
// another of its family while it is stopped (S-210); or, for the name of a
// family, the member whose turn it is. Language "" takes the only one there
// is. Errors: NotFound when nothing has that name, Conflict when several
// languages would fit, TemplateStopped (*Stopped) when none may be sent.
func (s *Service) Choose(ctx context.Context, channel int64, name, language string) (Choice, error) {
	const op = "library.Choose"
	all, err := s.Read.StoredTemplates(ctx, core.TemplateQuery{Channel: channel, Language: language})
	if err != nil {
		return Choice{}, fail(op, err)
	}
	all = slices.DeleteFunc(all, func(t core.StoredTemplate) bool { return !t.State.Submitted() })
	named := only(all, func(t core.StoredTemplate) bool { return t.Name == name })
	family := name
	if len(named) > 0 {
		if n := languages(named); n > 1 {
			return Choice{}, conflict(op, "%d languages of %q", n, name)
		}
		if i := slices.IndexFunc(named, sendable); i >= 0 {
			return Choice{StoredTemplate: named[i]}, nil
		}
		family = named[0].Family
	}
	members := only(all, func(t core.StoredTemplate) bool {
		return family != "" && t.Family == family && (len(named) == 0 || core.LanguageCode(t.Language) == core.LanguageCode(named[0].Language))
	})
	if len(named) == 0 && len(members) == 0 {
		return Choice{}, core.Fail(core.NotFound, op, fmt.Errorf("no template %q", name))
	}
	if n := languages(members); n > 1 {
		return Choice{}, conflict(op, "%d languages of %q", n, name)
	}
	best, err := s.turn(ctx, channel, only(members, sendable))
	if err != nil {
		return Choice{}, fail(op, err)
	}
	if best == nil {
		first := append(named, members...)[0]
		return Choice{}, core.Fail(core.TemplateStopped, op, &Stopped{first.Name, first.Language, StopOf(&first)})
	}
	if len(named) == 0 {
		return Choice{StoredTemplate: *best}, nil
	}
	return Choice{StoredTemplate: *best, Instead: &named[0]}, nil
}

func sendable(t core.StoredTemplate) bool { return StopOf(&t) == NotStopped }

func only(ts []core.StoredTemplate, ok func(core.StoredTemplate) bool) []core.StoredTemplate {
	return slices.DeleteFunc(slices.Clone(ts), func(t core.StoredTemplate) bool { return !ok(t) })
}

func languages(ts []core.StoredTemplate) int {
	seen := map[string]bool{}
	for _, t := range ts {
		seen[core.LanguageCode(t.Language)] = true
	}
	return len(seen)
}

// turn is the member whose turn it is: the one sent least in the period, of
// equals the one whose last message is oldest. The emergency text has its turn
// only when no other may be sent. Nil when there is none.
func (s *Service) turn(ctx context.Context, channel int64, members []core.StoredTemplate) (*core.StoredTemplate, error) {
	if len(members) == 0 {
		return nil, nil
	}
	uses, _, err := s.Read.TemplateUses(ctx, core.UseQuery{Channel: channel, Since: s.Now().Add(-s.Cycle.Period.D())})
	if err != nil {
		return nil, err
	}
	used := map[string]core.TemplateUse{}
	for _, u := range uses {
		used[u.Name+" "+u.Language] = u
	}
	use := func(t core.StoredTemplate) core.TemplateUse { return used[t.Name+" "+core.LanguageCode(t.Language)] }
	best := slices.MinFunc(members, func(a, b core.StoredTemplate) int {
		if ea, eb := a.Role == core.RoleEmergency, b.Role == core.RoleEmergency; ea != eb {
			if ea {
				return 1
			}
			return -1
		}
		if ua, ub := use(a), use(b); ua.Sent != ub.Sent {
			return ua.Sent - ub.Sent
		} else if c := ua.LastAt.Compare(ub.LastAt); c != 0 {
			return c
		}
		return int(a.ID - b.ID)
	})
	return &best, nil
}

// Fill fills the chosen template with values by variable; see template.Fill
// for its errors.
func (c Choice) Fill(values map[string]string) (core.Content, error) {
	return template.Fill(c.Template, values)
}

// Ready says whether a template may be sent now: what sends by itself asks
// before each message. Errors: NotFound, TemplateStopped (*Stopped).
func (s *Service) Ready(ctx context.Context, channel int64, name, language string) (core.StoredTemplate, error) {
	const op = "library.Ready"
	all, err := s.Read.StoredTemplates(ctx, core.TemplateQuery{Channel: channel, Name: name, Language: language})
	if err != nil {
		return core.StoredTemplate{}, fail(op, err)
	}
	all = slices.DeleteFunc(all, func(t core.StoredTemplate) bool { return !t.State.Submitted() })
	if len(all) == 0 {
		return core.StoredTemplate{}, core.Fail(core.NotFound, op, fmt.Errorf("no template %q", name))
	}
	if i := slices.IndexFunc(all, sendable); i >= 0 {
		return all[i], nil
	}
	return all[0], core.Fail(core.TemplateStopped, op, &Stopped{name, all[0].Language, StopOf(&all[0])})
}
