package campaigns

import (
	"reflect"
	"strings"

	tea "charm.land/bubbletea/v2"

	"bottega/core/campaign"
	"bottega/core/ledger"
	"bottega/core/segment"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// field is a line of a step: a text that is typed, or something that enter
// changes. lead belongs to the line above and cannot be chosen.
type field struct {
	label text.K
	name  string // in place of label: a variable
	in    *kit.Input
	hint  text.K // in the empty input
	value string
	note  string // below, in a few words
	wrong bool   // the note says what is wrong
	do    func() tea.Cmd
}

// same reports whether two campaigns say the same.
func same(a, b campaign.Campaign) bool { return reflect.DeepEqual(a, b) }

// fields are the lines of the step that is shown.
func (w *wizard) fields() []field {
	switch w.step {
	case stepWho:
		return w.whoFields()
	case stepWhat:
		return w.whatFields()
	case stepWhen:
		return w.whenFields()
	case stepPace:
		return w.paceFields()
	}
	return nil
}

func (w *wizard) yes(on bool) string {
	b := w.p.brush()
	if on {
		return b.Good.Render("✓ " + b.words.T(text.CampYes))
	}
	return b.Muted.Render("– " + b.words.T(text.CampNo))
}

// flip is a field that is on or off.
func (w *wizard) flip(label, note text.K, on *bool) field {
	return field{label: label, value: w.yes(*on), note: w.p.env.Words.T(note), do: func() tea.Cmd { *on = !*on; return nil }}
}

// useful is a field that can be on for utility messages only.
func (w *wizard) useful(label, note text.K, on *bool) field {
	f := w.flip(label, note, on)
	if w.c.Category != ledger.Utility && !*on {
		f.note, f.do = w.p.env.Words.T(text.CampOnlyUtility), func() tea.Cmd { return w.p.refuse(text.CampOnlyUtility) }
	}
	return f
}

func (w *wizard) whoFields() []field {
	t := w.p.env.Words
	who := field{label: text.CampFieldWho, in: &w.who, hint: text.CampWhoHint}
	who.note, who.wrong = w.exprNote(0)
	not := field{label: text.CampFieldNot, in: &w.not, hint: text.CampNotHint}
	not.note, not.wrong = w.exprNote(1)
	out := []field{
		{label: text.CampFieldName, in: &w.name, hint: text.CampNameHint},
		who, not, w.countryField(),
		{label: text.CampFieldPick, value: t.T(text.CampPickValue), do: w.pickAudience},
	}
	if w.p.d.OpenTable != nil {
		out = append(out, field{label: text.CampFieldFile, value: t.T(text.CampFileValue), do: w.askFile})
	}
	out = append(out, w.flip(text.CampFieldCold, text.CampColdNote, &w.c.IncludeCold))
	if w.world != nil && len(w.world.channels) > 1 {
		out = append(out, field{label: text.CampFieldChannel, value: w.channelName(), do: w.pickChannel})
	}
	return out
}

func (w *wizard) countryField() field {
	t := w.p.env.Words
	f := field{label: text.CampFieldCountries, in: &w.countries, hint: text.CampCountriesHint}
	switch codes, bad := w.chosenCountries(); {
	case bad != "" && (len(bad) > 1 || w.cur[stepWho] != countryLine || w.step != stepWho): // one letter may become two
		f.note, f.wrong = t.T(text.UseRegion, "Value", kit.CleanLine(bad)), true
	case len(codes) > 0:
		f.note = t.T(text.CampCountriesNote)
	}
	return f
}

// countryLine is the place of the countries among the fields of the first step.
const countryLine = 3

// exprNote says what is wrong with an expression, else whom it holds for.
func (w *wizard) exprNote(i int) (note string, wrong bool) {
	b := w.p.brush()
	if bad := w.bad[i]; bad != nil {
		if w.unfinished(i) {
			return "", false
		}
		return b.segmentError(bad), true
	}
	if i == 0 && w.counted.ok && w.bad[1] == nil {
		return b.words.N(text.CampPeople, w.counted.n), false
	}
	return "", false
}

// unfinished reports whether an expression may only be wrong because somebody
// still types: its last word is.
func (w *wizard) unfinished(i int) bool {
	in := [2]*kit.Input{&w.who, &w.not}[i]
	mine := w.step == stepWho && w.cur[stepWho] == i+1 // below the name; not w.input(), which asks the fields
	return mine && w.bad[i].Suggest == "" && w.bad[i].End >= len([]rune(strings.TrimRight(in.Value(), " ")))
}

// segmentError says what is wrong with an expression.
func (b *brush) segmentError(e *segment.Error) string {
	clip := func(s string) string {
		s = kit.CleanLine(s)
		return kit.Fit(s, min(24, kit.Width(s)))
	}
	s := b.words.T(text.K("cli.segment."+string(e.Code)), "Found", clip(e.Found), "Field", clip(e.Field))
	if e.Suggest != "" {
		s += " " + b.words.T(text.ContactsSuggest, "Word", kit.CleanLine(e.Suggest))
	}
	return s
}

func (w *wizard) channelName() string {
	if w.world != nil {
		for _, c := range w.world.channels {
			if c.ID == w.c.ChannelID {
				return kit.CleanLine(c.Name)
			}
		}
	}
	return ""
}

func (w *wizard) whatFields() []field {
	t, b := w.p.env.Words, w.p.brush()
	form := field{label: text.CampFieldForm, value: t.T(text.CampChooseForm), do: func() tea.Cmd { return w.pickForm(0) }}
	if len(w.c.Templates) == 0 {
		return []field{form}
	}
	form.value = b.Strong.Render(kit.CleanLine(w.c.Templates[0])) + b.Muted.Render(" · "+b.category(w.c.Category))
	if w.world != nil && w.world.find(w.c.ChannelID, w.c.Templates[0]) == nil {
		form.note, form.wrong = t.T(text.CampFormGone), true
	}
	out := []field{form}
	for i := 1; i <= len(w.c.Templates); i++ {
		f := field{label: text.CampFieldVersion, value: t.T(text.CampAddVersion), do: func() tea.Cmd { return w.pickForm(i) }}
		if i < len(w.c.Templates) {
			f.value = b.Strong.Render(kit.CleanLine(w.c.Templates[i]))
		}
		out = append(out, f)
	}
	for _, v := range w.variables() {
		out = append(out, w.variableField(v))
	}
	spoken := b.words.T(text.CampOwnLanguage)
	for _, l := range w.c.Languages {
		spoken += ", " + t.Language(l)
	}
	out = append(out, field{label: text.CampFieldLanguage, value: spoken, do: w.pickLanguage})
	held := w.yes(false)
	if w.c.HoldBack > 0 {
		held = b.Text.Render(t.Percent(w.c.HoldBack))
	}
	out = append(out, field{label: text.CampFieldHold, value: held, note: t.T(text.CampHoldNote), do: w.pickHold})
	return append(out, field{label: text.CampFieldCode, in: &w.code, hint: text.CampCodeHint})
}

// variables are those of all versions.
func (w *wizard) variables() []string {
	var out []string
	seen := map[string]bool{}
	for _, name := range w.c.Templates {
		if c := w.world.find(w.c.ChannelID, name); c != nil {
			for _, v := range c.variables() {
				if !seen[v] {
					seen[v] = true
					out = append(out, v)
				}
			}
		}
	}
	return out
}

// value is what fills a variable, nil when nothing does yet.
func (w *wizard) value(variable string) *campaign.Value {
	for i := range w.c.Values {
		if w.c.Values[i].Variable == variable {
			return &w.c.Values[i]
		}
	}
	return nil
}

func (w *wizard) variableField(v string) field {
	t, b := w.p.env.Words, w.p.brush()
	f := field{name: "{{" + kit.CleanLine(strings.TrimPrefix(v, "header.")) + "}}", do: func() tea.Cmd { return w.pickValue(v) }}
	x := w.value(v)
	switch {
	case !filled(x):
		f.value, f.note, f.wrong = b.Muted.Render(t.T(text.CampNoValue)), t.T(text.CampNoValueNote), true
	case x.Field == "":
		f.value = b.Text.Render("“" + kit.CleanLine(x.Text) + "”")
	case x.Text == "":
		f.value, f.note = b.Text.Render(w.fieldName(x.Field)), t.T(text.CampNoFallback)
	default:
		f.value = b.Text.Render(w.fieldName(x.Field)) + b.Muted.Render(" "+t.T(text.CampElse, "Text", kit.CleanLine(x.Text)))
	}
	return f
}

// fieldName names a field of contacts.
func (w *wizard) fieldName(f string) string {
	switch f {
	case "name":
		return w.p.env.Words.T(text.CampContactName)
	case "phone":
		return w.p.env.Words.T(text.CampContactPhone)
	}
	return kit.CleanLine(f)
}

func (w *wizard) whenFields() []field {
	t, b := w.p.env.Words, w.p.brush()
	way := func(k text.K, note string, on bool, do func() tea.Cmd) field {
		sign := "○ "
		if on {
			sign = "● "
		}
		return field{name: sign + t.T(k), note: note, do: do}
	}
	s := &w.c.Schedule
	at := t.T(text.CampAtNote)
	if s.When == campaign.At && !s.At.IsZero() {
		at = b.schedule(*s)
	}
	golden := t.T(text.CampGoldenNote)
	if s.When == campaign.Golden && !s.At.IsZero() {
		golden = b.schedule(*s)
	}
	out := []field{
		way(text.CampWhenNow, t.T(text.CampNowNote), s.When == campaign.Now || s.When == "", func() tea.Cmd { *s = campaign.Schedule{When: campaign.Now}; return nil }),
		way(text.CampWhenAt, at, s.When == campaign.At, func() tea.Cmd { return w.askTime(campaign.At) }),
		way(text.CampWhenGolden, golden, s.When == campaign.Golden, func() tea.Cmd { return w.askTime(campaign.Golden) }),
	}
	if s.When == campaign.At {
		out = append(out, w.flip(text.CampFieldLocal, text.CampLocalNote, &s.Local))
	}
	return append(out, w.useful(text.CampFieldUrgent, text.CampUrgentNote, &w.c.Urgent))
}

func (w *wizard) paceFields() []field {
	t, b, r := w.p.env.Words, w.p.brush(), w.p.d.Rules
	per := w.c.PerMinute(r)
	f := field{label: text.CampFieldPace, value: b.Strong.Render(t.N(text.CampPerMinute, per)), do: w.askPace}
	if w.c.Pace.PerMinute == 0 || w.c.Pace.PerMinute == r.PerMinute.Value {
		f.note = t.T(text.CampPaceUsual)
	}
	if w.c.Pace.Override != "" {
		f.note, f.wrong = t.T(text.CampPaceRisk, "Name", kit.CleanLine(w.c.Pace.Override)), true
	}
	return []field{f, w.useful(text.CampFieldSMS, text.CampSMSNote, &w.c.SMS)}
}
