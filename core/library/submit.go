package library

import (
	"context"
	"errors"
	"strings"

	"bottega/core"
	"bottega/core/template"
)

// Submit hands a draft in for review and returns the version as it then
// stands, with what the rules still say of it. It is refused while a rule that
// is an error is broken (*Refused, code LintFailed), while a former version is
// under review (Conflict), where the provider takes no templates (Unsupported).
// When the provider refuses, the draft stays a draft with the provider's words
// in Detail. When its answer is lost (OutcomeUnsure) the version stays
// submitted until Sync finds out; it is never handed in twice by itself.
func (s *Service) Submit(ctx context.Context, id int64, agent string) (core.StoredTemplate, []template.Finding, error) {
	const op = "library.Submit"
	if agent == "" {
		return core.StoredTemplate{}, nil, core.Fail(core.InvalidInput, op, errors.New("no agent's name"))
	}
	t, err := s.Read.StoredTemplate(ctx, id)
	if err != nil {
		return t, nil, fail(op, err)
	}
	ch, gw, err := s.gateway(ctx, op, t.ChannelID)
	if err != nil {
		return t, nil, err
	}
	var found []template.Finding
	var edit *core.StoredTemplate
	err = s.Store.Write(ctx, func(tx core.Tx) (err error) {
		t, found, edit, err = s.begin(tx, id, ch.ID, agent, gw.Capabilities())
		return err
	})
	if err != nil {
		return t, found, fail(op, err)
	}
	a, err := s.hand(ctx, gw, t.Template, edit)
	// What the provider said is kept even if the caller has left meanwhile.
	late := context.WithoutCancel(ctx)
	werr := s.Store.Write(late, func(tx core.Tx) (werr error) {
		t, werr = s.settle(tx, id, a, err)
		return werr
	})
	return t, found, fail(op, errors.Join(err, werr))
}

// hand gives the provider a text: for the template that it has, or as a new one.
func (s *Service) hand(ctx context.Context, gw core.Gateway, out core.Template, edit *core.StoredTemplate) (core.TemplateAnswer, error) {
	out, err := s.sampled(ctx, gw, out)
	if err != nil {
		return core.TemplateAnswer{}, err
	}
	if edit != nil {
		out.ID, out.Status = edit.Template.ID, edit.Status
		return gw.EditTemplate(ctx, out)
	}
	out.ID = ""
	return gw.CreateTemplate(ctx, out)
}

// gateway is the way to the provider of a channel; the only channel there is
// when none is named.
func (s *Service) gateway(ctx context.Context, op string, channel int64) (core.Channel, core.Gateway, error) {
	if s.Gateways == nil {
		return core.Channel{}, nil, core.Fail(core.ReadOnly, op, nil)
	}
	ch, err := s.channel(ctx, channel)
	if err != nil {
		return ch, nil, fail(op, err)
	}
	gw, err := s.Gateways.Gateway(ctx, ch)
	return ch, gw, fail(op, err)
}

func (s *Service) channel(ctx context.Context, id int64) (core.Channel, error) {
	if id != 0 {
		return s.Channels.Channel(ctx, id)
	}
	chs, err := s.Channels.Channels(ctx)
	switch {
	case err != nil:
		return core.Channel{}, err
	case len(chs) == 1:
		return chs[0], nil
	}
	return core.Channel{}, core.Fail(core.NoChannel, "library.channel", nil)
}

// What some provider's interface does not do with templates; the codes under
// which ui/text has words for it (bsp/*.md, templates).
const (
	NoCreate = "no_template_create"
	NoEdit   = "no_template_edit" // of a text that the provider has
	NoDelete = "no_template_delete"
)

// unable is the refusal of what a provider cannot do; its code is Unsupported.
func unable(op, what string) error {
	return core.Fail(core.Unsupported, op, &core.ProviderError{Code: what, Class: core.ClassTemplate, Message: what})
}

// begin judges a draft and marks it submitted, on disk before the network is
// touched. edit is the version whose text the provider is to replace, nil when
// it knows none.
func (s *Service) begin(tx core.Tx, id, channel int64, agent string, can core.Capabilities) (t core.StoredTemplate, found []template.Finding, edit *core.StoredTemplate, err error) {
	const op = "library.begin"
	if t, err = tx.StoredTemplate(id); err != nil {
		return t, nil, nil, err
	}
	if t.State != core.TemplateDraft {
		return t, nil, nil, conflict(op, "state %s", t.State)
	}
	if t.ChannelID != channel { // the draft of no channel finds one
		t.ChannelID = channel
		if err := number(tx, &t); err != nil {
			return t, nil, nil, err
		}
	}
	all, err := tx.TemplatesOf(channel)
	if err != nil {
		return t, nil, nil, err
	}
	if found = s.lint(&t, all); template.Blocks(found) {
		return t, found, nil, core.Fail(core.LintFailed, op, &Refused{t, found})
	}
	for i := range all {
		v := &all[i]
		switch {
		case v.ID == t.ID || !v.SameText(&t):
		case v.State.Waiting():
			return t, found, nil, conflict(op, "version %d is under review", v.Version)
		case edit == nil && v.State != core.TemplateGone && v.Template.ID != "":
			edit = v
		}
	}
	switch {
	case !can.CreateTemplates:
		return t, found, nil, unable(op, NoCreate)
	case edit != nil && !can.EditTemplates:
		return t, found, nil, unable(op, NoEdit)
	}
	t.State, t.Wanted, t.Agent, t.SubmittedAt, t.Detail = core.TemplateSubmitted, t.Category, agent, s.Now(), ""
	changed(tx, &t)
	return t, found, edit, tx.SaveTemplate(&t)
}

// settle writes down what the provider answered. A callback may have been faster.
func (s *Service) settle(tx core.Tx, id int64, a core.TemplateAnswer, answer error) (core.StoredTemplate, error) {
	t, err := tx.StoredTemplate(id)
	if err != nil {
		return t, err
	}
	pe := core.ProviderErrorOf(answer)
	switch {
	case answer != nil && t.State != core.TemplateSubmitted:
		return t, nil // a callback knows better
	case answer != nil && pe != nil && pe.Uncertain:
		return t, nil // Sync will find out
	case answer != nil:
		if pe != nil && core.CodeOf(answer) != core.InvalidInput { // what was never sent has no answer
			t.Detail = strings.TrimSpace(pe.Code + " " + pe.Message)
		}
		return t, takeBack(tx, &t)
	}
	n := news{id: a.ID, status: a.Status, category: a.Category, at: s.Now()}
	if t.State != core.TemplateSubmitted {
		n.status = "" // what a callback said of it stands
	} else if n.status == "" {
		n.status = "PENDING"
	}
	_, err = s.effects().move(tx, &t, n)
	return t, err
}

// takeBack makes a submission that was not taken a draft again; where somebody
// has begun a later draft meanwhile, that one stands.
func takeBack(tx core.Tx, t *core.StoredTemplate) error {
	vs, err := tx.TemplateVersions(t.ChannelID, t.Name, t.Language)
	if err != nil {
		return err
	}
	t.State = core.TemplateDraft
	for _, v := range vs {
		if v.State == core.TemplateDraft && v.ID != t.ID {
			t.State = core.TemplateReplaced
		}
	}
	changed(tx, t)
	return tx.SaveTemplate(t)
}

// Delete removes a template: a draft from the library alone, any other at the
// provider, where its name is then locked for a while. All versions of that
// language go with it; what was sent with it stays counted.
func (s *Service) Delete(ctx context.Context, id int64) error {
	const op = "library.Delete"
	t, err := s.Read.StoredTemplate(ctx, id)
	if err != nil {
		return fail(op, err)
	}
	if t.State != core.TemplateDraft && t.State != core.TemplateGone {
		if err := s.deleteThere(ctx, op, t); err != nil {
			return err
		}
	}
	return fail(op, s.Store.Write(ctx, func(tx core.Tx) error {
		if t.State == core.TemplateDraft {
			changed(tx, &t)
			return tx.DeleteTemplate(id)
		}
		vs, err := tx.TemplateVersions(t.ChannelID, t.Name, t.Language)
		if err != nil {
			return err
		}
		for i := range vs {
			if vs[i].State == core.TemplateDraft {
				continue
			}
			if _, err := s.effects().move(tx, &vs[i], news{status: "DELETED", at: s.Now()}); err != nil {
				return err
			}
		}
		return nil
	}))
}

func (s *Service) deleteThere(ctx context.Context, op string, t core.StoredTemplate) error {
	_, gw, err := s.gateway(ctx, op, t.ChannelID)
	if err != nil {
		return err
	}
	if !gw.Capabilities().DeleteTemplates {
		return unable(op, NoDelete)
	}
	if t.Template.ID == "" { // its submission was never answered: the provider's list names it
		return conflict(op, "no id yet")
	}
	return fail(op, gw.DeleteTemplate(ctx, t.Template))
}
