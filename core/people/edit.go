package people

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"bottega/core"
	"bottega/core/contact"
	"bottega/core/inbox"
	"bottega/core/segment"
)

// Undo takes an action back. It returns Conflict, and changes nothing, when
// what the action had set was changed meanwhile; of an action on many people it
// takes back what still stands.
type Undo func(context.Context) error

// Patch is what an agent changes of a person; nil leaves a field as it is.
type Patch struct {
	Name, Language, TimeZone, Email, Birthday, Note *string
	Value                                           *core.ValueTier
	Custom                                          map[string]string // by field; "" removes
}

// BadValue is a value that a field does not take.
type BadValue struct {
	Field   string // contact.Col… or contact.CustomPrefix and a name
	Problem contact.Problem
}

func (e *BadValue) Error() string { return "people: bad " + e.Field + ": " + string(e.Problem) }

// Edit changes a person. Errors: *BadValue, NotFound. Without a change the Undo
// is nil.
func (s *Service) Edit(ctx context.Context, id int64, agent string, p Patch) (Undo, error) {
	const op = "people.Edit"
	schema, err := s.Schema(ctx)
	if err != nil {
		return nil, err
	}
	if err := clean(&p, schema); err != nil {
		return nil, err
	}
	var before, after Patch
	err = s.write(ctx, func(tx Tx) (err error) {
		before, after, err = s.patch(tx, id, p)
		return err
	})
	if err != nil || before.same(after) {
		return nil, fail(op, err)
	}
	return func(ctx context.Context) error {
		return fail(op+".Undo", s.write(ctx, func(tx Tx) error {
			now, _, err := s.patch(tx, id, Patch{})
			if err != nil {
				return err
			}
			if !now.same(after) {
				return core.Fail(core.Conflict, op+".Undo", nil)
			}
			_, _, err = s.patch(tx, id, before.from(after))
			return err
		}))
	}, nil
}

// clean brings the values of a patch into the form in which they are kept.
func clean(p *Patch, schema segment.Schema) error {
	text := func(field string, v *string, read func(string) (string, contact.Problem)) error {
		if v == nil {
			return nil
		}
		*v = strings.TrimSpace(*v)
		if *v == "" {
			return nil
		}
		got, bad := read(*v)
		if bad != "" {
			return &BadValue{field, bad}
		}
		*v = got
		return nil
	}
	one := func(field string) func(string) (string, contact.Problem) {
		return func(cell string) (string, contact.Problem) { return contact.Value(field, cell) }
	}
	for field, v := range map[string]**string{contact.ColName: &p.Name, contact.ColLanguage: &p.Language, contact.ColZone: &p.TimeZone,
		contact.ColEmail: &p.Email, contact.ColBirthday: &p.Birthday, contact.ColNote: &p.Note} {
		if *v != nil {
			own := **v
			*v = &own // the caller's stays as it is
		}
		if err := text(field, *v, one(field)); err != nil {
			return err
		}
	}
	if p.Value != nil && !slices.Contains(core.ValueTiers, *p.Value) {
		return &BadValue{contact.ColValue, contact.ChoiceBad}
	}
	p.Custom = maps.Clone(p.Custom)
	for name, v := range p.Custom {
		f, known := schema.Field(name)
		if !known || !f.Custom {
			return &BadValue{contact.CustomPrefix + name, contact.FieldUnknown}
		}
		err := text(contact.CustomPrefix+name, &v, func(cell string) (string, contact.Problem) { return contact.Canonical(f, cell) })
		if err != nil {
			return err
		}
		p.Custom[name] = v
	}
	return nil
}

// patch applies p and returns all that a patch can say of the person, before
// and after.
func (s *Service) patch(tx Tx, id int64, p Patch) (before, after Patch, err error) {
	c, err := tx.Contact(id)
	if err != nil {
		return before, after, err
	}
	own, err := tx.Profile(id)
	if err != nil {
		return before, after, err
	}
	before = patchOf(c, own)
	set := func(to *string, v *string) {
		if v != nil {
			*to = *v
		}
	}
	set(&c.Name, p.Name)
	set(&c.Language, p.Language)
	set(&c.TimeZone, p.TimeZone)
	set(&own.Email, p.Email)
	set(&own.Birthday, p.Birthday)
	set(&own.Note, p.Note)
	if p.Value != nil {
		c.Value = *p.Value
	}
	custom := maps.Clone(own.Custom)
	for k, v := range p.Custom {
		if custom == nil {
			custom = map[string]string{}
		}
		if custom[k] = v; v == "" {
			delete(custom, k)
		}
	}
	own.Custom = custom
	if after = patchOf(c, own); before.same(after) {
		return before, after, nil
	}
	if err := tx.SaveContact(&c); err != nil {
		return before, after, err
	}
	if err := tx.SaveProfile(id, own); err != nil {
		return before, after, err
	}
	return before, after, s.shown(tx, &c, *before.Value != c.Value)
}

func patchOf(c core.Contact, p core.Profile) Patch {
	return Patch{Name: &c.Name, Language: &c.Language, TimeZone: &c.TimeZone, Email: &p.Email, Birthday: &p.Birthday, Note: &p.Note, Value: &c.Value, Custom: p.Custom}
}

// from is p as a patch of a person who is at o: fields that p has not go away.
func (p Patch) from(o Patch) Patch {
	all := map[string]string{}
	for k := range o.Custom {
		all[k] = ""
	}
	maps.Copy(all, p.Custom)
	p.Custom = all
	return p
}

// same compares two patches that patchOf made.
func (p Patch) same(o Patch) bool {
	return *p.Name == *o.Name && *p.Language == *o.Language && *p.TimeZone == *o.TimeZone && *p.Email == *o.Email && *p.Birthday == *o.Birthday &&
		*p.Note == *o.Note && *p.Value == *o.Value && maps.Equal(p.Custom, o.Custom)
}

// shown tells who looks at a person that something changed; with reorder their
// conversations find their new place in the inbox.
func (s *Service) shown(tx Tx, c *core.Contact, reorder bool) error {
	tx.Changed(core.Change{Kind: core.Contacts, ID: c.ID})
	cs, err := tx.ConversationsOf(c.ID)
	if err != nil {
		return err
	}
	for i := range cs {
		tx.Changed(core.Change{Kind: core.Conversations, ID: cs[i].ID})
		if !reorder || s.Rules == nil {
			continue
		}
		inbox.Refresh(&cs[i], s.Rules())
		if err := tx.SaveConversation(&cs[i]); err != nil {
			return err
		}
	}
	return nil
}

// SaveField adds a field of the shop's own or changes it. InvalidInput when the
// name is one of the language's or not a word, or a choice has no values.
func (s *Service) SaveField(ctx context.Context, f core.CustomField) error {
	const op = "people.SaveField"
	name, word := core.CleanTag(f.Name)
	f.Name = name
	_, taken := (segment.Schema{}).Field(f.Name)
	if _, known := kinds[f.Type]; taken || !known || !word || (f.Type == core.CustomChoice) != (len(f.Choices) > 0) {
		return core.Fail(core.InvalidInput, op, errors.New("not a field"))
	}
	return fail(op, s.write(ctx, func(tx Tx) error {
		tx.Changed(core.Change{Kind: core.Settings})
		return tx.SaveCustomField(f)
	}))
}

// chunk is how many people one transaction touches, so that a counter at work
// never waits long.
const chunk = 200

// each runs fn for the people in chunks, one transaction each, and tells done
// how many are through.
func (s *Service) each(ctx context.Context, ids []int64, done func(int), fn func(Tx, int64) error) error {
	for n := 0; n < len(ids); n += chunk {
		part := ids[n:min(n+chunk, len(ids))]
		err := s.write(ctx, func(tx Tx) error {
			for _, id := range part {
				if err := fn(tx, id); err != nil && core.CodeOf(err) != core.NotFound { // gone meanwhile
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if done != nil {
			done(n + len(part))
		}
	}
	return nil
}

// TagMany puts a tag on people or takes it off, and returns how many changed.
// done may be nil. An error in the middle leaves what was done before it; the
// Undo takes that back.
func (s *Service) TagMany(ctx context.Context, ids []int64, agent, tag string, on bool, done func(int)) (int, Undo, error) {
	const op = "people.TagMany"
	tag, err := inbox.CleanTag(tag)
	if err != nil {
		return 0, nil, fail(op, err)
	}
	changed := map[int64]bool{}
	err = s.each(ctx, ids, done, func(tx Tx, id int64) error {
		did, err := s.tag(tx, id, agent, tag, on)
		if did {
			changed[id] = true
		}
		return err
	})
	if len(changed) == 0 {
		return 0, nil, fail(op, err)
	}
	return len(changed), func(ctx context.Context) error {
		return fail(op+".Undo", s.each(ctx, slices.Sorted(maps.Keys(changed)), done, func(tx Tx, id int64) error {
			_, err := s.tag(tx, id, agent, tag, !on)
			return err
		}))
	}, fail(op, err)
}

func (s *Service) tag(tx Tx, id int64, agent, tag string, on bool) (bool, error) {
	c, err := tx.Contact(id)
	if err != nil || slices.Contains(c.Tags, tag) == on {
		return false, err
	}
	kind := core.ActUntagged
	if c.Tags = slices.DeleteFunc(slices.Clone(c.Tags), func(t string) bool { return t == tag }); on {
		kind, c.Tags = core.ActTagged, append(c.Tags, tag)
	}
	if err := tx.SaveContact(&c); err != nil {
		return false, err
	}
	if err := tx.AddActivity(core.Activity{ContactID: id, Kind: kind, Actor: agent, Detail: tag, At: s.Now()}); err != nil {
		return false, err
	}
	return true, s.shown(tx, &c, false)
}

// ColourTag gives a tag one of the theme's colours; "" takes it away.
func (s *Service) ColourTag(ctx context.Context, tag, colour string) error {
	return fail("people.ColourTag", s.write(ctx, func(tx Tx) error {
		tx.Changed(core.Change{Kind: core.Settings})
		return tx.SaveTagColour(tag, colour)
	}))
}

// KeepMany takes people out of the low-frequency group however long they are
// quiet, or back to what their messages say (S-230). It returns how many changed.
func (s *Service) KeepMany(ctx context.Context, ids []int64, on bool, done func(int)) (n int, err error) {
	seen := map[int64]bool{}
	err = s.each(ctx, ids, done, func(tx Tx, id int64) error {
		did, err := tx.SetKept(id, on)
		if did {
			seen[id] = true
			tx.Changed(core.Change{Kind: core.Contacts, ID: id})
		}
		return err
	})
	return len(seen), fail("people.KeepMany", err)
}

// fail gives err the operation's name; what is an error type of this package or
// of segment stays as it is.
func fail(op string, err error) error {
	var bad *BadValue
	if err == nil || errors.As(err, &bad) {
		return err
	}
	return core.Fail(core.CodeOf(err), op, err)
}

// Shown is a value of a field of the shop's own as a screen shows it: a tax
// number is masked (S-164). Exports and dossiers have it whole.
func Shown(f core.CustomField, v string) string {
	if f.Type == core.CustomTaxID {
		return contact.MaskTaxID(v)
	}
	return v
}
