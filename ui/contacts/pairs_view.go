package contacts

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"bottega/core"
	"bottega/core/contact"
	"bottega/core/people"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// mergeRow is a field of two people side by side.
type mergeRow struct {
	field      string
	keep, gone string
}

// mergeRows are the fields in which at least one of the two says something.
func mergeRows(m *people.Merge) []mergeRow {
	k, g := &m.Keep, &m.Gone
	out := []mergeRow{
		{contact.ColName, k.Contact.Name, g.Contact.Name}, {contact.ColPhone, string(k.Contact.Phone), string(g.Contact.Phone)},
		{contact.ColUsername, k.Contact.Username, g.Contact.Username}, {contact.ColValue, string(k.Contact.Value), string(g.Contact.Value)},
		{contact.ColLanguage, k.Contact.Language, g.Contact.Language}, {contact.ColZone, k.Contact.TimeZone, g.Contact.TimeZone},
		{contact.ColEmail, k.Profile.Email, g.Profile.Email}, {contact.ColBirthday, k.Profile.Birthday, g.Profile.Birthday},
		{contact.ColTags, tagWords(&k.Contact), tagWords(&g.Contact)}, {contact.ColNote, k.Profile.Note, g.Profile.Note},
	}
	own := map[string]bool{}
	for _, c := range []map[string]string{k.Profile.Custom, g.Profile.Custom} {
		for name := range c {
			own[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(own)) {
		f := core.CustomField{Name: name}
		if i := slices.IndexFunc(k.Fields, func(f core.CustomField) bool { return f.Name == name }); i >= 0 {
			f = k.Fields[i]
		}
		out = append(out, mergeRow{contact.CustomPrefix + name, people.Shown(f, k.Profile.Custom[name]), people.Shown(f, g.Profile.Custom[name])})
	}
	return slices.DeleteFunc(out, func(r mergeRow) bool { return r.keep == "" && r.gone == "" })
}

// inWords is a value of a field in words.
func (b *brush) inWords(field, v string) string {
	switch {
	case v == "":
		return ""
	case field == contact.ColPhone:
		v = contact.Pretty(core.Phone(v))
	case field == contact.ColLanguage:
		v = cmp.Or(b.Words.Language(v), v)
	case field == contact.ColValue:
		v = b.Words.T(tierWord(core.ValueTier(v)))
	case field == contact.ColBirthday:
		v = b.date(v)
	}
	return kit.CleanLine(v)
}

func tagWords(c *core.Contact) string {
	if len(c.Tags) == 0 {
		return ""
	}
	return "#" + strings.Join(c.Tags, " #")
}

// mergeLines draws a merge: what stays, what is taken over, what is lost.
func (b *brush) mergeLines(m *people.Merge, w int) []string {
	th, words := b.Theme, b.Words
	lw := max(6, min(16, w/5))
	cw := max(1, (w-lw-2)/2)
	line := func(label, left, right string) string {
		return kit.Fit(kit.Fit(label, lw)+" "+kit.Fit(left, cw)+" "+kit.Fit(right, cw), w)
	}
	out := []string{line("", th.Title.Render(words.T(text.ContactsStays)), th.Title.Render(words.T(text.ContactsGoes)))}
	for _, r := range mergeRows(m) {
		left, right := th.Text.Render(b.inWords(r.field, r.keep)), th.Muted.Render(b.inWords(r.field, r.gone))
		switch {
		case r.field == contact.ColPhone && r.keep != "" && r.gone != "": // both stay addresses
			left, right = "  "+left, th.Good.Render("+ ")+right
		case slices.Contains(m.Clash, r.field):
			left, right = th.Good.Render("✓ ")+left, th.Bad.Render("✗ ")+right
		case r.gone == "" || r.gone == r.keep:
			left, right = "  "+left, "  "+right
		case r.field == contact.ColTags:
			left, right = "  "+left, th.Good.Render("+ ")+right
		default:
			left, right = "  "+left, th.Good.Render("← ")+right
		}
		out = append(out, line(th.Faint.Render(b.fieldName(r.field)), left, right))
	}
	num := func(k text.K, a, z int) {
		if a+z > 0 {
			out = append(out, line(th.Faint.Render(words.T(k)), "  "+th.Text.Render(words.Num(a)), th.Good.Render("+ ")+th.Muted.Render(words.Num(z))))
		}
	}
	num(text.ContactsOrders, m.Keep.Facts.Orders, m.Gone.Facts.Orders)
	num(text.ContactsAddresses, len(m.Keep.Contact.Identities), len(m.Gone.Contact.Identities))
	num(text.ContactsConsent, len(m.Keep.Ledger), len(m.Gone.Ledger))
	var after []string
	if m.Joined > 0 {
		after = append(after, words.N(text.ContactsJoined, m.Joined))
	}
	if m.Keep.Facts.OptOut || m.Gone.Facts.OptOut {
		after = append(after, words.T(text.ContactsStopHolds))
	}
	if len(m.Clash) > 0 {
		after = append(after, words.T(text.ContactsClash))
	}
	out = append(out, "")
	for _, s := range after {
		for _, l := range kit.Wrap(s, w) {
			out = append(out, th.Muted.Render(l))
		}
	}
	return out
}
