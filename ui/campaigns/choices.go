package campaigns

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/people"
	"bottega/core/template"
	"bottega/ui/dialog"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// choseMsg is what was chosen in a dialog over the wizard.
type choseMsg struct {
	w     *wizard
	apply func(*wizard) tea.Cmd
}

// chose makes a choice's command.
func (w *wizard) chose(apply func(*wizard) tea.Cmd) tea.Cmd {
	return send(func() tea.Msg { return choseMsg{w, apply} })
}

// pickAudience offers the saved segments and the tags; one is added to what is
// there with "or".
func (w *wizard) pickAudience() tea.Cmd {
	t := w.p.env.Words
	if w.world == nil {
		return nil
	}
	var all []dialog.Option
	for _, o := range w.world.offers {
		label := kit.CleanLine(o.name)
		if o.tag {
			label = "#" + label
		}
		all = append(all, dialog.Option{Value: o.expr, Label: label, Detail: t.Num(o.n)})
	}
	return dialog.Open(dialog.NewPick(w.p.env, t.T(text.CampPickTitle), t.T(text.CampPickHint), all, false, func(expr string) tea.Cmd {
		return w.chose(func(w *wizard) tea.Cmd { return w.addAudience(expr) })
	}))
}

func (w *wizard) addAudience(expr string) tea.Cmd {
	if old := strings.TrimSpace(w.who.Value()); old != "" && old != expr {
		expr = "(" + old + ") or (" + expr + ")"
	}
	w.who.SetValue(expr)
	return w.read()
}

func (w *wizard) pickChannel() tea.Cmd {
	t := w.p.env.Words
	var all []dialog.Option
	for _, c := range w.world.channels {
		all = append(all, dialog.Option{Value: strconv.FormatInt(c.ID, 10), Label: kit.CleanLine(c.Name), Detail: string(c.Number), On: c.ID == w.c.ChannelID})
	}
	return dialog.Open(dialog.NewPick(w.p.env, t.T(text.CampFieldChannel), t.T(text.CampPickHint), all, false, func(v string) tea.Cmd {
		return w.chose(func(w *wizard) tea.Cmd {
			if id, err := strconv.ParseInt(v, 10, 64); err == nil && id != w.c.ChannelID { // its templates are others
				w.c.ChannelID, w.c.Templates, w.c.Values, w.c.Languages = id, nil, nil, nil
			}
			return nil
		})
	}))
}

// askFile brings people in from a file under a tag of its own, which becomes
// the audience.
func (w *wizard) askFile() tea.Cmd {
	t := w.p.env.Words
	read := func(typed string) dialog.Reading {
		typed = strings.TrimSpace(typed)
		tag, ok := fileTag(typed)
		if !ok || strings.HasSuffix(typed, string(filepath.Separator)) {
			return dialog.Reading{Says: t.T(text.CampFileHow)}
		}
		return dialog.Reading{Says: t.T(text.CampFileTag, "Tag", "#"+tag), OK: true}
	}
	d := dialog.NewAsk(w.p.env, t.T(text.CampFileTitle), t.T(text.ContactsImportHint), "", read, func(typed string) tea.Cmd { return w.p.bring(w, dialog.Expand(typed)) })
	d.Complete = dialog.Paths
	return dialog.Open(d)
}

// fileTag is the tag for the people of a file: its name without the ending.
func fileTag(path string) (string, bool) {
	base := filepath.Base(strings.TrimSpace(path))
	if path == "" || base == "." || base == string(filepath.Separator) {
		return "", false
	}
	return core.CleanTag(strings.TrimSuffix(base, filepath.Ext(base)))
}

func (p *Pane) bring(w *wizard, path string) tea.Cmd {
	if p.busy {
		return p.refuse(text.CampOffBusy)
	}
	tag, ok := fileTag(path)
	if !ok {
		return p.refuse(text.CampFileHow)
	}
	p.busy = true
	ctx, deps, agent, words := p.env.Ctx, p.d, p.env.Agent, p.env.Words
	return send(func() tea.Msg {
		got, err := bring(ctx, deps, path, tag, agent)
		if err != nil {
			return broughtMsg{err: err}
		}
		n := got.New + got.Updated + got.Same
		return broughtMsg{choseMsg: choseMsg{w, func(w *wizard) tea.Cmd {
			said := toast(frame.Toast{Text: words.N(text.CampFileDone, n, "Refused", words.Num(got.Refused), "Tag", "#"+tag)})
			return tea.Batch(w.addAudience(tagExpr(tag)), w.reload(), said)
		}}}
	})
}

func bring(ctx context.Context, d Deps, path, tag, agent string) (got people.Imported, err error) {
	table, end, err := d.OpenTable(path, "")
	if err != nil {
		return got, err
	}
	defer func() { err = errors.Join(err, end()) }()
	return d.People.Import(ctx, people.Import{Table: table, File: filepath.Base(path), Region: d.Region, Tags: []string{tag}, Agent: agent})
}

// broughtMsg is how reading an audience went.
type broughtMsg struct {
	choseMsg
	err error
}

// pickForm asks for the template, or for a further version of it.
func (w *wizard) pickForm(i int) tea.Cmd {
	t, b := w.p.env.Words, w.p.brush()
	if w.world == nil {
		return nil
	}
	var all []dialog.Option
	if i > 0 && i < len(w.c.Templates) {
		all = append(all, dialog.Option{Label: t.T(text.CampNoVersion)})
	}
	for _, c := range w.world.chances(w.c.ChannelID) {
		o := dialog.Option{Value: c.name, Label: c.name + " " + strings.Join(c.languages, " "), Detail: b.category(campaign.CategoryOf(c.forms[0].Template)), On: i < len(w.c.Templates) && w.c.Templates[i] == c.name}
		switch {
		case i > 0 && campaign.CategoryOf(c.forms[0].Template) != w.c.Category:
			o.Off = t.T(text.CampOtherCategory)
		case i > 0 && slices.Contains(w.c.Templates, c.name) && !o.On:
			o.Off = t.T(text.CampChosenAlready)
		}
		all = append(all, o)
	}
	if len(all) == 0 { // a list of what cannot be chosen would only tantalise
		return w.p.refuse(text.CampNoForms)
	}
	for _, f := range w.world.barred {
		if f.ChannelID == w.c.ChannelID {
			all = append(all, dialog.Option{Value: f.Name, Label: f.Name, Detail: b.category(campaign.CategoryOf(f.Template)), Off: t.Stopped(string(f.why))})
		}
	}
	title := t.T(text.CampFieldForm)
	if i > 0 {
		title = t.T(text.CampFieldVersion)
	}
	d := dialog.NewPick(w.p.env, title, t.T(text.CampPickHint), all, false, func(name string) tea.Cmd {
		return w.chose(func(w *wizard) tea.Cmd { return w.setForm(i, name) })
	})
	d.Wide = 72
	d.Below = func(name string, width, _ int) []string {
		form := w.world.form(w.c.ChannelID, name)
		if c := w.world.find(w.c.ChannelID, name); c != nil {
			form = w.speaks(c)
		}
		if form == nil {
			return nil
		}
		return w.p.brush().look().Bubble(fill(form.Template, w.c.Values).Preview(), width)
	}
	return dialog.Open(d)
}

// speaks is a template in the screen's language, else in any.
func (w *wizard) speaks(c *chance) *core.StoredTemplate {
	for _, t := range c.forms {
		if base, _, _ := strings.Cut(core.LanguageCode(t.Language), "_"); base == w.p.env.Words.Lang() {
			return t
		}
	}
	return c.forms[0]
}

// setForm puts a template in its place; "" takes a version away.
func (w *wizard) setForm(i int, name string) tea.Cmd {
	c := w.world.find(w.c.ChannelID, name)
	switch {
	case name == "" && i < len(w.c.Templates):
		w.c.Templates = slices.Delete(slices.Clone(w.c.Templates), i, i+1)
		return nil
	case c == nil:
		return nil
	case i < len(w.c.Templates):
		w.c.Templates = slices.Clone(w.c.Templates)
		w.c.Templates[i] = name
	default:
		w.c.Templates = append(slices.Clone(w.c.Templates), name)
	}
	if i == 0 {
		if cat := campaign.CategoryOf(c.forms[0].Template); cat != w.c.Category {
			w.c.Category, w.c.Templates = cat, w.c.Templates[:1]
			w.c.SMS, w.c.Urgent = w.c.SMS && !w.c.Marketing(), w.c.Urgent && !w.c.Marketing()
		}
		w.c.Languages = nil
		if len(c.languages) > 0 {
			w.c.Languages = []string{w.speaks(c).Language}
		}
	}
	wanted := w.variables()
	w.c.Values = slices.DeleteFunc(slices.Clone(w.c.Values), func(v campaign.Value) bool { return !slices.Contains(wanted, v.Variable) })
	if len(wanted) > 0 && w.value(wanted[0]) == nil { // most greet by name
		w.c.Values = append(w.c.Values, campaign.Value{Variable: wanted[0], Field: "name"})
	}
	return nil
}

// pickValue asks which field of a contact fills a variable, then what stands
// there for those who have none.
func (w *wizard) pickValue(variable string) tea.Cmd {
	t := w.p.env.Words
	all := []dialog.Option{{Value: "", Label: t.T(text.CampFixedText)}}
	now := w.value(variable)
	for _, f := range w.world.fields {
		all = append(all, dialog.Option{Value: f, Label: w.fieldName(f), On: now != nil && now.Field == f})
	}
	return dialog.Open(dialog.NewPick(w.p.env, t.T(text.CampValueTitle, "Variable", "{{"+kit.CleanLine(strings.TrimPrefix(variable, "header."))+"}}"), t.T(text.CampPickHint), all, false, func(field string) tea.Cmd {
		return w.askFallback(variable, field)
	}))
}

func (w *wizard) askFallback(variable, field string) tea.Cmd {
	t, old := w.p.env.Words, ""
	if now := w.value(variable); now != nil {
		old = now.Text
	}
	title, hint := t.T(text.CampFixedText), t.T(text.CampFixedHint)
	if field != "" {
		title, hint = t.T(text.CampFallbackTitle, "Field", w.fieldName(field)), t.T(text.CampFallbackHint)
	}
	read := func(typed string) dialog.Reading {
		switch typed = strings.TrimSpace(typed); {
		case typed == "" && field == "":
			return dialog.Reading{Says: t.T(text.CampFixedHint)}
		case typed == "":
			return dialog.Reading{Says: t.T(text.CampNoFallback), OK: true}
		case strings.ContainsAny(typed, "\n\t") || strings.Contains(typed, "    ") || len(template.Names(typed)) > 0:
			return dialog.Reading{Says: t.T(text.CampBadValue), Bad: true}
		}
		return dialog.Reading{Says: "“" + kit.CleanLine(typed) + "”", OK: true}
	}
	return dialog.Open(dialog.NewAsk(w.p.env, title, hint, old, read, func(typed string) tea.Cmd {
		v := campaign.Value{Variable: variable, Field: field, Text: strings.TrimSpace(typed)}
		return w.chose(func(w *wizard) tea.Cmd { w.setValue(v); return nil })
	}))
}

func (w *wizard) setValue(v campaign.Value) {
	vs := slices.Clone(w.c.Values)
	if i := slices.IndexFunc(vs, func(o campaign.Value) bool { return o.Variable == v.Variable }); i >= 0 {
		vs[i] = v
	} else {
		vs = append(vs, v)
	}
	w.c.Values = vs
}

// pickLanguage adds a language to fall back to, or takes it away.
func (w *wizard) pickLanguage() tea.Cmd {
	t := w.p.env.Words
	var all []dialog.Option
	seen := map[string]bool{}
	for _, name := range w.c.Templates {
		c := w.world.find(w.c.ChannelID, name)
		if c == nil {
			continue
		}
		for _, l := range c.languages {
			if !seen[l] {
				seen[l] = true
				all = append(all, dialog.Option{Value: l, Label: t.Language(l), Detail: l, On: slices.Contains(w.c.Languages, l)})
			}
		}
	}
	return dialog.Open(dialog.NewPick(w.p.env, t.T(text.CampLanguageTitle), t.T(text.CampPickHint), all, false, func(l string) tea.Cmd {
		return w.chose(func(w *wizard) tea.Cmd {
			ls := slices.DeleteFunc(slices.Clone(w.c.Languages), func(o string) bool { return o == l })
			if len(ls) == len(w.c.Languages) {
				ls = append(ls, l)
			}
			w.c.Languages = ls
			return nil
		})
	}))
}

// holdBacks are the shares of an audience that may be held back to compare with.
var holdBacks = []float64{0, 0.05, 0.1, 0.2, 0.5}

func (w *wizard) pickHold() tea.Cmd {
	t := w.p.env.Words
	var all []dialog.Option
	for i, h := range holdBacks {
		label := t.Percent(h)
		if h == 0 {
			label = t.T(text.CampNo)
		}
		all = append(all, dialog.Option{Value: strconv.Itoa(i), Label: label, On: w.c.HoldBack == h})
	}
	return dialog.Open(dialog.NewPick(w.p.env, t.T(text.CampFieldHold), t.T(text.CampPickHint), all, false, func(v string) tea.Cmd {
		return w.chose(func(w *wizard) tea.Cmd {
			if i, err := strconv.Atoi(v); err == nil {
				w.c.HoldBack = holdBacks[i]
			}
			return nil
		})
	}))
}

// askTime asks for the time of a start, or from when golden hours count; an
// empty line there means from now on.
func (w *wizard) askTime(when campaign.When) tea.Cmd {
	t, b, parse, now := w.p.env.Words, w.p.brush(), w.p.d.When, w.p.env.Now
	title := t.T(text.CampAtTitle)
	if when == campaign.Golden {
		title = t.T(text.CampGoldenTitle)
	}
	read := func(typed string) dialog.Reading {
		if strings.TrimSpace(typed) == "" {
			if when == campaign.Golden {
				return dialog.Reading{Says: t.T(text.CampGolden), OK: true}
			}
			return dialog.Reading{Says: t.T(text.CampAtHow)}
		}
		at, err := parse(typed, now())
		if err != nil {
			why, _ := t.Error(err)
			return dialog.Reading{Says: why, Bad: true}
		}
		return dialog.Reading{Says: b.schedule(campaign.Schedule{When: when, At: at}), OK: true}
	}
	return dialog.Open(dialog.NewAsk(w.p.env, title, t.T(text.CampAtHint), "", read, func(typed string) tea.Cmd {
		s := campaign.Schedule{When: when, Local: when == campaign.At && w.c.Schedule.Local}
		if strings.TrimSpace(typed) != "" {
			at, err := parse(typed, now())
			if err != nil {
				return fail(err) // it was right a moment ago and is past now
			}
			s.At = at
		}
		return w.chose(func(w *wizard) tea.Cmd { w.c.Schedule = s; return nil })
	}))
}

// askPace asks for the messages a minute. Above the rules' ceiling somebody has
// to take the risk by name.
func (w *wizard) askPace() tea.Cmd {
	t, b, r := w.p.env.Words, w.p.brush(), w.p.d.Rules
	most, platform := r.PerSecondMax.Value*60, r.PlatformPerSecond.Value*60
	read := func(typed string) dialog.Reading {
		n, err := strconv.Atoi(strings.TrimSpace(typed))
		switch {
		case strings.TrimSpace(typed) == "":
			return dialog.Reading{Says: t.N(text.CampPaceHow, r.PerMinute.Value)}
		case err != nil || n < 1:
			return dialog.Reading{Says: t.T(text.CampPaceNumber), Bad: true}
		case n > platform:
			return dialog.Reading{Says: t.N(text.CampPacePlatform, platform, "Source", b.source(r.PlatformPerSecond.Source, "")), Bad: true}
		case n > most:
			return dialog.Reading{Says: t.N(text.CampPaceAbove, most, "Source", b.source(r.PerSecondMax.Source, "")), OK: true}
		}
		return dialog.Reading{Says: w.lasts(n), OK: true}
	}
	return dialog.Open(dialog.NewAsk(w.p.env, t.T(text.CampFieldPace), t.T(text.CampPaceHint), strconv.Itoa(w.c.PerMinute(r)), read, func(typed string) tea.Cmd {
		n, err := strconv.Atoi(strings.TrimSpace(typed))
		if err != nil {
			return nil // read has refused it
		}
		if n <= most {
			return w.chose(func(w *wizard) tea.Cmd { w.c.Pace = campaign.Pace{PerMinute: n}; return nil })
		}
		agent := w.p.env.Agent
		c := frame.Confirm{Title: t.T(text.CampRiskTitle), Text: t.N(text.CampPaceAbove, most, "Source", b.source(r.PerSecondMax.Source, "")), Do: t.T(text.CampRiskDo), Danger: true,
			Yes: w.chose(func(w *wizard) tea.Cmd { w.c.Pace = campaign.Pace{PerMinute: n, Override: agent}; return nil })}
		return func() tea.Msg { return c }
	}))
}
