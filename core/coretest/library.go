package coretest

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"bottega/core"
	"bottega/core/consent"
)

var _ core.TemplateReader = (*Mem)(nil)

// StoredTemplates lists those that a query selects.
func (m *Mem) StoredTemplates(_ context.Context, q core.TemplateQuery) (ts []core.StoredTemplate, err error) {
	m.read(func(s *state) { ts = q.Pick(s.shelf(func(core.StoredTemplate) bool { return true })) })
	return ts, nil
}

// StoredTemplate returns one.
func (m *Mem) StoredTemplate(_ context.Context, id int64) (t core.StoredTemplate, err error) {
	err = notFound("StoredTemplate")
	m.read(func(s *state) {
		if v, ok := s.templates[id]; ok {
			t, err = v, nil
		}
	})
	return t, err
}

// TemplatePeople counts people.
func (m *Mem) TemplatePeople(_ context.Context, channel int64, name, language string, since time.Time) (people, without int, err error) {
	m.read(func(s *state) {
		seen := map[int64]bool{}
		for _, v := range s.messages {
			id := s.convs[v.ConversationID].ContactID
			if v.Direction != core.Out || v.Template == nil || v.ChannelID != channel || v.Template.Name != name || v.At.Before(since) ||
				!strings.EqualFold(core.LanguageCode(v.Template.Language), core.LanguageCode(language)) || seen[id] {
				continue
			}
			seen[id] = true
			people++
			var es []consent.Entry
			for _, e := range s.consents {
				if e.ContactID == id {
					es = append(es, e)
				}
			}
			if !consent.Of(es, false).Marketing.Allowed {
				without++
			}
		}
	})
	return people, without, nil
}

// TemplateUses counts messages.
func (m *Mem) TemplateUses(_ context.Context, q core.UseQuery) ([]core.TemplateUse, int, error) {
	type key struct {
		channel        int64
		name, language string
	}
	by, all := map[key]*core.TemplateUse{}, 0
	ms := m.Messages()
	for _, v := range ms {
		if v.Direction != core.Out || v.Type == core.TypeNote || v.Type == core.TypeReaction || v.At.Before(q.Since) || q.Channel != 0 && v.ChannelID != q.Channel {
			continue
		}
		all++
		if v.Template == nil {
			continue
		}
		k := key{v.ChannelID, v.Template.Name, core.LanguageCode(v.Template.Language)}
		if by[k] == nil {
			by[k] = &core.TemplateUse{ChannelID: k.channel, Name: k.name, Language: k.language}
		}
		use(by[k], v, ms, q)
	}
	var out []core.TemplateUse
	for _, u := range by {
		out = append(out, *u)
	}
	slices.SortFunc(out, func(a, b core.TemplateUse) int {
		return cmp.Or(b.Sent-a.Sent, cmp.Compare(a.Name, b.Name), cmp.Compare(a.Language, b.Language), cmp.Compare(a.ChannelID, b.ChannelID))
	})
	return out, all, nil
}

// use counts one message.
func use(u *core.TemplateUse, v core.Message, ms []core.Message, q core.UseQuery) {
	if v.At.After(u.LastAt) {
		u.LastAt = v.At
	}
	switch v.State {
	case core.Failed:
		u.Failed++
	case core.Read:
		u.Sent, u.Delivered, u.Read = u.Sent+1, u.Delivered+1, u.Read+1
	case core.Delivered:
		u.Sent, u.Delivered = u.Sent+1, u.Delivered+1
	case core.Sent, core.Accepted:
		u.Sent++
	}
	if slices.ContainsFunc(ms, func(r core.Message) bool {
		return r.ConversationID == v.ConversationID && r.ID > v.ID && r.Direction == core.In && r.Type != core.TypeReaction &&
			r.Type != core.TypeSystem && !r.At.After(v.At.Add(q.Replies))
	}) {
		u.Replied++
	}
}

// shelf lists versions in the order of the store.
func (s *state) shelf(ok func(core.StoredTemplate) bool) (ts []core.StoredTemplate) {
	for _, t := range s.templates {
		if ok(t) {
			ts = append(ts, t)
		}
	}
	slices.SortFunc(ts, func(a, b core.StoredTemplate) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Language, b.Language), cmp.Compare(a.ChannelID, b.ChannelID), b.Version-a.Version)
	})
	return ts
}

func (t *tx) StoredTemplate(id int64) (core.StoredTemplate, error) {
	v, ok := t.s.templates[id]
	if !ok {
		return v, notFound("StoredTemplate")
	}
	return v, nil
}

func (t *tx) TemplateVersions(channel int64, name, language string) ([]core.StoredTemplate, error) {
	return t.s.shelf(func(v core.StoredTemplate) bool {
		return v.ChannelID == channel && v.Name == name && core.LanguageCode(v.Language) == core.LanguageCode(language)
	}), nil
}

func (t *tx) TemplatesOf(channel int64) ([]core.StoredTemplate, error) {
	return t.s.shelf(func(v core.StoredTemplate) bool { return v.ChannelID == channel }), nil
}

func (t *tx) SaveTemplate(v *core.StoredTemplate) error {
	if err := t.fail("SaveTemplate", v.ID); err != nil {
		return err
	}
	for _, o := range t.s.templates {
		if o.ID != v.ID && o.SameText(v) && o.Version == v.Version {
			return core.Fail(core.Conflict, "coretest.SaveTemplate", nil)
		}
	}
	if v.ID == 0 {
		v.ID = t.s.id()
	} else if _, ok := t.s.templates[v.ID]; !ok {
		return notFound("SaveTemplate")
	}
	v.Rev++
	t.s.templates[v.ID] = *v
	return nil
}

func (t *tx) DeleteTemplate(id int64) error {
	if _, ok := t.s.templates[id]; !ok {
		return notFound("DeleteTemplate")
	}
	delete(t.s.templates, id)
	t.writes++
	return nil
}

func (t *tx) QueuedWith(channel int64, name, language string, limit int) (ms []core.Message, err error) {
	for _, v := range sortedBy(t.s.messages, func(v core.Message) int64 { return v.ID }) {
		if q, ok := t.s.outbox[v.ID]; !ok || q.owner != "" || v.State != core.Queued || v.ChannelID != channel || v.Template == nil {
			continue
		}
		if v.Template.Name == name && core.LanguageCode(v.Template.Language) == core.LanguageCode(language) && len(ms) < limit {
			ms = append(ms, shown(v))
		}
	}
	return ms, nil
}
