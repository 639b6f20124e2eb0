package library

import (
	"context"
	"errors"

	"bottega/core"
	"bottega/core/template"
)

// Draft is what an editor saves.
type Draft struct {
	ID      int64 // of the draft it goes on with; 0 begins one
	Channel int64 // 0 for none yet
	template.Template
	Family string
	Role   core.TemplateRole
	Agent  string
	Rev    int64 // of the draft as the editor knows it; 0 takes no notice of others
}

// SaveDraft keeps a draft, complete or not. With ID 0 it begins one: version 1
// of a new template, or the next version of one that the library has. Conflict
// when the version is no draft any more, when somebody changed it since Rev,
// or when another draft of that name and language exists.
func (s *Service) SaveDraft(ctx context.Context, d Draft) (core.StoredTemplate, error) {
	const op = "library.SaveDraft"
	if d.Agent == "" {
		return core.StoredTemplate{}, core.Fail(core.InvalidInput, op, errors.New("no agent's name"))
	}
	var t core.StoredTemplate
	err := s.Store.Write(ctx, func(tx core.Tx) error {
		t = core.StoredTemplate{State: core.TemplateDraft, Author: d.Agent, CreatedAt: s.Now()}
		if d.ID != 0 {
			var err error
			if t, err = tx.StoredTemplate(d.ID); err != nil {
				return err
			}
			if t.State != core.TemplateDraft || d.Rev != 0 && d.Rev != t.Rev {
				return conflict(op, "state %s, revision %d", t.State, t.Rev)
			}
		}
		return s.keep(tx, &t, d)
	})
	return t, fail(op, err)
}

// keep writes a draft into its row, and numbers it anew when it goes by another name.
func (s *Service) keep(tx core.Tx, t *core.StoredTemplate, d Draft) error {
	before := *t
	t.Template = d.Core()
	t.Template.ID, t.Language = before.Template.ID, core.LanguageCode(d.Language)
	t.ChannelID, t.Family, t.Role, t.UpdatedAt = d.Channel, d.Family, d.Role, s.Now()
	if t.ID == 0 || !t.SameText(&before) {
		if err := number(tx, t); err != nil {
			return err
		}
	}
	if err := tx.SaveTemplate(t); err != nil {
		return err
	}
	changed(tx, t)
	return nil
}

// number gives a draft the version after those of its name, and the provider's
// id that they share.
func number(tx core.Tx, t *core.StoredTemplate) error {
	vs, err := tx.TemplateVersions(t.ChannelID, t.Name, t.Language)
	if err != nil {
		return err
	}
	t.Version, t.Template.ID = 1, ""
	for _, v := range vs {
		if v.ID == t.ID {
			continue
		}
		if v.State == core.TemplateDraft && t.Name != "" {
			return conflict("library.number", "draft %d", v.ID)
		}
		if v.Version >= t.Version {
			t.Version = v.Version + 1
		}
		if t.Template.ID == "" && v.State != core.TemplateGone {
			t.Template.ID = v.Template.ID
		}
	}
	return nil
}

// NewVersion begins the next version of a template with the text of this one,
// for one that was submitted is never changed. Where a draft of it exists
// already, that one is returned.
func (s *Service) NewVersion(ctx context.Context, id int64, agent string) (core.StoredTemplate, error) {
	return s.next(ctx, "library.NewVersion", id, agent, func(core.StoredTemplate) bool { return true })
}

// Renew prepares the next version of one in force, so that it is looked at
// and reviewed again before its time is over (S-206). Conflict for one that is
// not in force.
func (s *Service) Renew(ctx context.Context, id int64, agent string) (core.StoredTemplate, error) {
	return s.next(ctx, "library.Renew", id, agent, func(t core.StoredTemplate) bool { return t.InForce() })
}

func (s *Service) next(ctx context.Context, op string, id int64, agent string, may func(core.StoredTemplate) bool) (core.StoredTemplate, error) {
	if agent == "" {
		return core.StoredTemplate{}, core.Fail(core.InvalidInput, op, errors.New("no agent's name"))
	}
	var next core.StoredTemplate
	err := s.Store.Write(ctx, func(tx core.Tx) error {
		t, err := tx.StoredTemplate(id)
		if err != nil {
			return err
		}
		vs, err := tx.TemplateVersions(t.ChannelID, t.Name, t.Language)
		if err != nil {
			return err
		}
		for _, v := range vs {
			if v.State == core.TemplateDraft {
				next = v
				return nil
			}
		}
		if !may(t) {
			return conflict(op, "state %s", t.State)
		}
		next = core.StoredTemplate{ChannelID: t.ChannelID, Template: t.Template, State: core.TemplateDraft, Family: t.Family, Role: t.Role,
			Author: agent, CreatedAt: s.Now(), UpdatedAt: s.Now()}
		next.Status, next.Quality, next.Reason, next.Correct = "", "", "", ""
		if err := number(tx, &next); err != nil {
			return err
		}
		if err := tx.SaveTemplate(&next); err != nil {
			return err
		}
		changed(tx, &next)
		return nil
	})
	return next, fail(op, err)
}

// SetFamily puts a template, all its versions, into a family with a role, or
// out of one.
func (s *Service) SetFamily(ctx context.Context, id int64, family string, role core.TemplateRole) error {
	const op = "library.SetFamily"
	switch role {
	case core.RoleNone, core.RoleStandard, core.RoleAdvanced, core.RoleEmergency:
	default:
		return core.Fail(core.InvalidInput, op, errors.New("no such role"))
	}
	return fail(op, s.Store.Write(ctx, func(tx core.Tx) error {
		return s.versions(tx, id, func(v *core.StoredTemplate) bool {
			same := v.Family == family && v.Role == role
			v.Family, v.Role = family, role
			return !same
		})
	}))
}

// Seen ends what a drift had stopped: somebody has looked at the template and
// lets it be sent as what it is now.
func (s *Service) Seen(ctx context.Context, id int64) error {
	return fail("library.Seen", s.Store.Write(ctx, func(tx core.Tx) error {
		return s.versions(tx, id, func(v *core.StoredTemplate) bool {
			had := v.Drift != ""
			v.Drift, v.Wanted = "", v.Category
			return had
		})
	}))
}

// versions changes all versions of a template.
func (s *Service) versions(tx core.Tx, id int64, change func(*core.StoredTemplate) bool) error {
	t, err := tx.StoredTemplate(id)
	if err != nil {
		return err
	}
	vs, err := tx.TemplateVersions(t.ChannelID, t.Name, t.Language)
	if err != nil {
		return err
	}
	for i := range vs {
		if !change(&vs[i]) {
			continue
		}
		if err := tx.SaveTemplate(&vs[i]); err != nil {
			return err
		}
	}
	changed(tx, &t)
	return nil
}
