package inbox

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/library"
	"bottega/core/template"
	"bottega/ui/dialog"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/phone"
	"bottega/ui/text"
)

// Forms are the message templates, as the composer sends them.
type Forms interface {
	// StoredTemplates returns those that fit; see core.TemplateReader.
	StoredTemplates(ctx context.Context, q core.TemplateQuery) ([]core.StoredTemplate, error)
}

// formsMsg are the templates that could be sent in a conversation, with what
// is known of the person.
type formsMsg struct {
	conv  int64
	list  []core.StoredTemplate
	stand stand
	err   error
}

// pickTemplate asks for the templates of the conversation's channel.
func (p *Pane) pickTemplate() tea.Cmd {
	id, ch, r, ctx := p.open, p.conv.ChannelID, p.d.Forms, p.env.Ctx
	contact, open := p.conv.ContactID, p.conv.WindowOpen(p.now())
	return send(func() tea.Msg {
		ts, err := r.StoredTemplates(ctx, core.TemplateQuery{Channel: ch})
		if err != nil {
			return formsMsg{id, nil, stand{}, err}
		}
		st, err := p.standing(ctx, contact, open)
		if err == nil {
			st.prices, err = p.prices(ctx, ch)
		}
		return formsMsg{id, ts, st, err}
	})
}

// takeForms lets the agent choose: what may be sent first, in the customer's
// language first; the rest with the reason why it may not.
func (p *Pane) takeForms(m formsMsg) tea.Cmd {
	switch {
	case m.err != nil:
		return fail(m.err)
	case m.conv != p.open:
		return nil
	}
	w, lang := p.env.Words, p.conv.Contact.Language
	ts := slices.DeleteFunc(m.list, func(t core.StoredTemplate) bool {
		return t.State == core.TemplateDraft || t.State == core.TemplateReplaced
	})
	if len(ts) == 0 {
		return p.refuse(text.TplSendNone)
	}
	place := func(t *core.StoredTemplate) int {
		switch {
		case p.formOff(t, m.stand) != "":
			return 2
		case !sameTongue(t.Language, lang):
			return 1
		}
		return 0
	}
	slices.SortStableFunc(ts, func(a, b core.StoredTemplate) int { return place(&a) - place(&b) })
	var all []dialog.Option
	for i := range ts {
		t := &ts[i]
		all = append(all, dialog.Option{Value: strconv.Itoa(i), Label: t.Name + " " + t.Language, Detail: p.formDetail(t, m.stand), Off: p.formOff(t, m.stand)})
	}
	d := dialog.NewPick(p.env, w.T(text.TplSendTitle, "Name", p.name()), w.T(text.TplSendHint), all, false, func(value string) tea.Cmd {
		i, err := strconv.Atoi(value)
		if err != nil {
			return nil
		}
		return dialog.Open(p.newForm(ts[i], m.stand))
	})
	d.Wide = 64
	d.Below = func(value string, w, h int) []string {
		i, err := strconv.Atoi(value)
		if err != nil {
			return nil
		}
		return p.onPhone().Bubble(template.Of(ts[i].Template).Preview(), w)
	}
	return dialog.Open(d)
}

func sameTongue(a, b string) bool {
	base := func(s string) string {
		s, _, _ = strings.Cut(core.LanguageCode(s), "_")
		return s
	}
	return base(a) == base(b)
}

// formOff is why a template cannot be sent from here, "" when it can.
func (p *Pane) formOff(t *core.StoredTemplate, st stand) string {
	if why := library.StopOf(t); why != library.NotStopped {
		return p.env.Words.Stopped(string(why))
	}
	if why := st.forbids(t.Category); why != "" {
		return p.env.Words.T(text.K("templates.consent." + why))
	}
	if _, err := template.Fill(t.Template, anything(t)); err != nil {
		return p.env.Words.T(text.TplSendNotHere)
	}
	return ""
}

// anything is some value for each variable, to see whether a template can be
// filled at all.
func anything(t *core.StoredTemplate) map[string]string {
	out := map[string]string{}
	for _, b := range blanks(t) {
		out[b.key] = "x"
		if b.key == template.HeaderValue && t.Header.Format == template.HeaderLocation {
			out[b.key] = "0,0"
		}
	}
	return out
}

// blank is a variable to fill: by the name that template.Fill knows it by.
type blank struct {
	key, shown, sample string
	before             string // the text in front of it
}

// blanks are the variables of header and body, then what buttons want. One that both have is asked
// for twice when it is a number, for then they are counted apart.
func blanks(t *core.StoredTemplate) []blank {
	var out []blank
	add := func(s, prefix string, samples []string) {
		for i, n := range template.Names(s) {
			b := blank{key: prefix + n, shown: "{{" + n + "}}"}
			if slices.ContainsFunc(out, func(o blank) bool { return o.key == b.key }) {
				continue
			}
			if i < len(samples) {
				b.sample = samples[i]
			}
			b.before, _, _ = strings.Cut(s, b.shown)
			out = append(out, b)
		}
	}
	if t.Header.Format == template.HeaderLocation || template.HeaderKind(t.Header.Format) != "" {
		out = append(out, blank{key: template.HeaderValue, shown: t.Header.Format})
	}
	if t.Header.Format == template.HeaderText {
		prefix := "header."
		if t.NamedVars {
			prefix = ""
		}
		add(t.Header.Text, prefix, t.Header.Samples)
	}
	add(t.Body, "", t.Samples)
	for i, b := range t.Buttons {
		at := strings.Index(b.URL, "{{")
		switch {
		case b.Type == template.CopyCode, b.Type == "OTP":
			out = append(out, blank{key: template.ButtonValue(i + 1), shown: kit.CleanLine(cmp.Or(b.Text, phone.Sign(b.Type))), sample: b.Example})
		case b.Type == template.URLButton && at >= 0:
			out = append(out, blank{key: template.ButtonValue(i + 1), shown: kit.CleanLine(b.Text), sample: strings.TrimPrefix(b.Example, b.URL[:at])})
		}
	}
	return out
}

// greeting is how long the text before a variable may be for it to be the
// customer's name.
const greeting = 25

// guess is what of the contact a blank most likely wants, "" for nothing.
func (b blank) guess(c *core.Contact) string {
	name := strings.ToLower(b.key)
	first, _, _ := strings.Cut(strings.TrimSpace(c.Name), " ")
	switch {
	case strings.Contains(name, "phone"):
		return string(c.Phone)
	case strings.Contains(name, "first"), strings.Contains(name, "name") && !strings.Contains(name, "shop"):
		return first
	case b.key == "1" && len([]rune(b.before)) <= greeting:
		return first
	}
	return ""
}

// facts of the contact are offered for any blank, one after the other.
func facts(c *core.Contact) []string {
	first, rest, _ := strings.Cut(strings.TrimSpace(c.Name), " ")
	var out []string
	for _, s := range []string{first, c.Name, strings.TrimSpace(rest), string(c.Phone), c.Username} {
		if s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func (p *Pane) onPhone() phone.Look {
	return phone.Look{Styles: p.env.Theme, Words: p.env.Words, Clock: p.env.Words.Clock(p.now())}
}

func categoryWord(w *text.Words, c string) string {
	switch c {
	case template.Marketing:
		return w.T(text.TplMarketing)
	case template.Utility:
		return w.T(text.TplUtility)
	case template.Authentication:
		return w.T(text.TplAuthentication)
	}
	return kit.CleanLine(cmp.Or(c, w.T(text.TplNoCategory)))
}

// refusal says in words why a template is not sent.
func (p *Pane) refusal(err error) string {
	w := p.env.Words
	if r := library.RefusedOf(err); r != nil {
		for _, f := range r.Findings {
			if f.Severity == template.SevError {
				msg, _ := w.Finding(string(f.Rule), f.Params)
				return w.T(text.TplRefusedValue, "N", w.Num(f.Place.N), "Why", msg)
			}
		}
	}
	if s := library.StoppedOf(err); s != nil {
		return w.Stopped(string(s.Why))
	}
	what, hint := w.Error(err)
	return strings.TrimSpace(what + " " + hint)
}

var _ frame.Dialog = (*form)(nil)
