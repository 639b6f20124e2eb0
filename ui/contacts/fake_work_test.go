package contacts

import (
	"context"
	"slices"

	"bottega/core"
	"bottega/core/consent"
	"bottega/core/contact"
	"bottega/core/people"
)

func (s *shop) Edit(_ context.Context, id int64, _ string, p people.Patch) (people.Undo, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	who := s.find(id)
	if who == nil {
		return nil, core.Fail(core.NotFound, "shop.Edit", nil)
	}
	was, wasProfile := who.Contact, who.profile
	if p.Language != nil && len(*p.Language) > 3 {
		return nil, &people.BadValue{Field: contact.ColLanguage, Problem: contact.LanguageBad}
	}
	for to, v := range map[*string]*string{&who.Name: p.Name, &who.Language: p.Language, &who.TimeZone: p.TimeZone, &who.profile.Email: p.Email,
		&who.profile.Birthday: p.Birthday, &who.profile.Note: p.Note} {
		if v != nil {
			*to = *v
		}
	}
	if p.Value != nil {
		who.Value = *p.Value
	}
	own := map[string]string{}
	for k, v := range who.profile.Custom {
		own[k] = v
	}
	for k, v := range p.Custom {
		own[k] = v
	}
	who.profile.Custom = own
	s.tell(id)
	return func(context.Context) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		who.Contact, who.profile = was, wasProfile
		s.tell(id)
		return nil
	}, nil
}

// tell publishes a change, as the store does.
func (s *shop) tell(id int64) {
	if s.changed != nil {
		s.changed(core.Change{Kind: core.Contacts, ID: id})
	}
}

func (s *shop) TagMany(ctx context.Context, ids []int64, _, tag string, on bool, done func(int)) (int, people.Undo, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var changed []int64
	for i, id := range ids {
		if err := ctx.Err(); err != nil {
			return len(changed), nil, err
		}
		if p := s.find(id); p != nil && slices.Contains(p.Tags, tag) != on {
			p.retag(tag, on)
			changed = append(changed, id)
			s.tell(id)
		}
		done(i + 1)
	}
	if changed == nil {
		return 0, nil, s.err
	}
	return len(changed), func(context.Context) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, id := range changed {
			s.find(id).retag(tag, !on)
			s.tell(id)
		}
		return nil
	}, nil
}

func (p *customer) retag(tag string, on bool) {
	p.Tags = slices.DeleteFunc(slices.Clone(p.Tags), func(t string) bool { return t == tag })
	if on {
		p.Tags = append(p.Tags, tag)
	}
	slices.Sort(p.Tags)
}

func (s *shop) Record(_ context.Context, ids []int64, e consent.Entry, done func(int)) (out people.Recorded, undo people.Undo, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, id := range ids {
		p := s.find(id)
		switch {
		case e.Kind == consent.OptIn && p.OptOut && len(ids) > 1:
			out.Skipped++
		case e.Kind == consent.OptIn && p.OptIn:
			out.Same++
		default:
			e.At, e.Source = noon, consent.ByAgent
			p.enter(e)
			out.Done++
			s.tell(id)
		}
		done(i + 1)
	}
	return out, func(context.Context) error { return nil }, nil
}

func (s *shop) KeepMany(_ context.Context, ids []int64, on bool, done func(int)) (n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, id := range ids {
		if p := s.find(id); p.Kept != on {
			p.Kept = on
			n++
			s.tell(id)
		}
		done(i + 1)
	}
	return n, nil
}

func (s *shop) SaveSegment(_ context.Context, name, expr string) (core.SavedSegment, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := core.SavedSegment{Name: name, Expr: expr}
	s.segments = append(slices.DeleteFunc(s.segments, func(o core.SavedSegment) bool { return o.Name == name }), g)
	return g, nil
}

func (s *shop) ColourTag(_ context.Context, tag, colour string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.colours == nil {
		s.colours = map[string]string{}
	}
	s.colours[tag] = colour
	return nil
}

func (s *shop) RemoveSegment(_ context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.segments)
	if s.segments = slices.DeleteFunc(s.segments, func(o core.SavedSegment) bool { return o.Name == name }); len(s.segments) == n {
		return core.Fail(core.NotFound, "shop.RemoveSegment", nil)
	}
	return nil
}

func (s *shop) Create(_ context.Context, phone core.Phone, name string) (int64, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.people {
		if p.Phone == phone {
			return p.ID, false, nil
		}
	}
	p := &customer{}
	p.ID, p.Name, p.Phone = int64(len(s.people)+1), name, phone
	s.people = append(s.people, p)
	s.tell(p.ID)
	return p.ID, true, nil
}

func (s *shop) Erase(_ context.Context, id int64) (people.Erased, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.people)
	if s.people = slices.DeleteFunc(s.people, func(p *customer) bool { return p.ID == id }); len(s.people) == n {
		return people.Erased{}, core.Fail(core.NotFound, "shop.Erase", nil)
	}
	s.tell(id)
	return people.Erased{}, nil
}

func (s *shop) SaveField(_ context.Context, f core.CustomField) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fields = append(s.fields, f)
	return nil
}
