package contacts

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"bottega/core/contact"
	"bottega/ui/dialog"
	"bottega/ui/keys"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// fields that a column can mean, in the order of the list.
var fields = []string{contact.ColName, contact.ColPhone, contact.ColFirstName, contact.ColLastName, contact.ColEmail, contact.ColTags, contact.ColNote,
	contact.ColValue, contact.ColLanguage, contact.ColZone, contact.ColBirthday, contact.ColConsent, contact.ColConsentAt, contact.ColConsentText,
	contact.ColUsername, contact.ColUserID}

// pickLine is one choice of the wizard: a column and what it means, or a setting.
type pickLine struct {
	label, value string
	faint        bool // the value says that nothing is set
	pick         func() tea.Cmd
}

// fieldName is a field in words.
func (b *brush) fieldName(f string) string {
	switch name, own := strings.CutPrefix(f, contact.CustomPrefix); {
	case f == "" || f == "-":
		return b.Words.T(text.ContactsLeaveOut)
	case own:
		return kit.CleanLine(name)
	}
	return b.Words.T(text.K("contacts.field." + f))
}

// lines are the choices as they stand. header must be that of the look.
func (d *wizard) lines(b *brush, header []string) []pickLine {
	w := b.Words
	var out []pickLine
	for _, col := range header {
		f, set := d.maps[col]
		if !set && d.done != nil {
			f = d.done.Columns[col]
		}
		l := pickLine{label: kit.CleanLine(col), value: "→ " + b.fieldName(f), faint: f == "" || f == "-", pick: func() tea.Cmd { return d.pickField(col, f) }}
		if !set && d.done == nil && d.stage == looking {
			l.value = "→ …" // what the guess is will be known in a moment
		}
		out = append(out, l)
	}
	or := func(s, none string) (string, bool) {
		if s == "" {
			return none, true
		}
		return kit.CleanLine(s), false
	}
	add := func(k text.K, value string, faint bool, pick func() tea.Cmd) {
		out = append(out, pickLine{w.T(k), value, faint, pick})
	}
	v, faint := or(d.set.Region, w.T(text.ContactsRegionNone))
	add(text.ContactsRegion, v, faint, d.askRegion)
	v, faint = or(strings.Join(d.set.Tags, ", "), w.T(text.ContactsNoTag))
	add(text.ContactsTagAll, v, faint, d.pickTagAll)
	v, faint = or(d.set.Consent, w.T(text.ContactsConsentNone))
	add(text.ContactsConsentAll, v, faint, d.askConsent)
	back := text.ContactsErasedStay
	if d.set.Return {
		back = text.ContactsErasedBack
	}
	add(text.ContactsErased, w.T(back), !d.set.Return, func() tea.Cmd {
		return d.send(func() tea.Msg { return choseMsg{func(d *wizard) { d.set.Return = !d.set.Return }} })
	})
	return out
}

// chosen hands a choice made in a dialog above back to the wizard.
func (d *wizard) chosen(apply func(*wizard)) tea.Cmd {
	return d.send(func() tea.Msg { return choseMsg{apply} })
}

// pickField asks what a column means; a word that is no field makes one.
func (d *wizard) pickField(col, now string) tea.Cmd {
	b := d.p.brush()
	all := []dialog.Option{{Value: "-", Label: b.fieldName(""), On: now == "" || now == "-"}}
	for _, f := range fields {
		all = append(all, dialog.Option{Value: f, Label: b.fieldName(f), On: f == now})
	}
	for _, f := range d.p.schema.Fields() {
		if f.Custom {
			v := contact.CustomPrefix + f.Name
			all = append(all, dialog.Option{Value: v, Label: kit.CleanLine(f.Name), Detail: b.Words.T(text.ContactsOwnField), On: v == now})
		}
	}
	known := func(v string) bool {
		return slices.ContainsFunc(all, func(o dialog.Option) bool { return o.Value == v })
	}
	return dialog.Open(dialog.NewPick(d.p.env, b.Words.T(text.ContactsColumnTitle, "Column", kit.CleanLine(col)), b.Words.T(text.ContactsColumnHint), all, true, func(v string) tea.Cmd {
		if !known(v) {
			v = contact.CustomPrefix + strings.ToLower(strings.TrimSpace(v))
		}
		return d.chosen(func(d *wizard) { d.maps[col] = v })
	}))
}

func (d *wizard) askRegion() tea.Cmd {
	w := d.p.env.Words
	read := func(typed string) dialog.Reading {
		typed = strings.ToUpper(strings.TrimSpace(typed))
		ok := typed == "" || contact.IsRegion(typed)
		return dialog.Reading{Says: w.T(text.ContactsRegionHow), OK: ok, Bad: !ok && len(typed) > 1}
	}
	return dialog.Open(dialog.NewAsk(d.p.env, w.T(text.ContactsRegion), "IT", d.set.Region, read, func(typed string) tea.Cmd {
		return d.chosen(func(d *wizard) { d.set.Region = strings.ToUpper(strings.TrimSpace(typed)) })
	}))
}

func (d *wizard) pickTagAll() tea.Cmd {
	w := d.p.env.Words
	all := []dialog.Option{{Value: "", Label: w.T(text.ContactsNoTag), On: len(d.set.Tags) == 0}}
	for _, t := range d.p.tags {
		all = append(all, dialog.Option{Value: t.Tag, Label: "#" + kit.CleanLine(t.Tag), Detail: w.Num(t.Count), On: slices.Contains(d.set.Tags, t.Tag)})
	}
	return dialog.Open(dialog.NewPick(d.p.env, w.T(text.ContactsTagAll), w.T(text.ContactsTagHint), all, true, func(v string) tea.Cmd {
		return d.chosen(func(d *wizard) {
			d.set.Tags = nil
			if v = strings.TrimPrefix(v, "#"); v != "" {
				d.set.Tags = []string{v}
			}
		})
	}))
}

func (d *wizard) askConsent() tea.Cmd {
	w := d.p.env.Words
	read := func(string) dialog.Reading { return dialog.Reading{Says: w.T(text.ContactsConsentAllHow), OK: true} }
	return dialog.Open(dialog.NewAsk(d.p.env, w.T(text.ContactsConsentAll), w.T(text.ContactsWordsHint), d.set.Consent, read, func(typed string) tea.Cmd {
		return d.chosen(func(d *wizard) { d.set.Consent = strings.TrimSpace(typed) })
	}))
}

// key acts on a key.
func (d *wizard) key(name string) (bool, tea.Cmd) {
	switch name {
	case "esc", "q":
		return d.leave()
	case "tab", "shift+tab", "left", "right":
		d.onRows = !d.onRows
	case "j", "down":
		d.move(1)
	case "k", "up":
		d.move(-1)
	case "pgdown":
		d.move(max(1, d.room-1))
	case "pgup":
		d.move(-max(1, d.room-1))
	case "enter", "space":
		if d.stage == ready && !d.onRows {
			ls := d.lines(d.p.brush(), d.header())
			if d.cur < len(ls) {
				return false, ls[d.cur].pick()
			}
		}
	case "i":
		return false, d.goAhead()
	}
	return false, nil
}

func (d *wizard) header() []string {
	d.look.mu.Lock()
	defer d.look.mu.Unlock()
	return d.look.header
}

// move steps the cursor of what has the keyboard; drawing keeps it in bounds.
func (d *wizard) move(n int) {
	if d.onRows {
		d.rowTop = max(0, d.rowTop+n)
		return
	}
	d.cur = max(0, d.cur+n)
}

// Keys are those of the footer while the wizard is open.
func (d *wizard) Keys() []keys.Binding {
	go1 := keys.Binding{Do: "import.go", Keys: []string{"i"}, Help: text.ContactsKeyImport}
	if d.stage != ready || d.done == nil || d.done.New+d.done.Updated == 0 {
		go1.Off = text.ContactsOffNothing
	}
	set := keys.Binding{Do: "import.set", Keys: []string{"enter"}, Help: text.ContactsKeySet}
	if d.onRows || d.stage != ready {
		set.Off = text.ContactsOffNothing
	}
	end := keys.Binding{Do: "import.close", Keys: []string{"esc"}, Help: text.DialogKeyClose}
	switch d.stage {
	case bringing:
		end.Help = text.ContactsKeyStop
		return []keys.Binding{end}
	case takingOff:
		end.Off = text.ContactsTakingBack
		return []keys.Binding{end}
	}
	return []keys.Binding{go1, set, {Do: "import.move", Keys: []string{"up", "down"}, Help: text.DialogKeyMove}, {Do: "import.other", Keys: []string{"tab"}, Help: text.ContactsKeyOther}, end}
}

// Cursor is nil: nothing is typed here.
func (*wizard) Cursor() *tea.Cursor { return nil }
