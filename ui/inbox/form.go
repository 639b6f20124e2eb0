package inbox

import (
	"context"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/template"
	"bottega/ui/dialog"
	"bottega/ui/keys"
	"bottega/ui/kit"
	"bottega/ui/phone"
	"bottega/ui/text"
)

// formAddr is where the answer to a form's sending comes back.
const formAddr = "inbox.form"

// form is a dialog that fills a template's variables and sends it, with the
// customer's phone below while it is filled.
type form struct {
	p      *Pane
	conv   int64
	t      core.StoredTemplate
	tpl    template.Template
	blanks []blank
	in     []kit.Input
	at     int
	facts  []string
	next   int // fact that is offered next
	cost   string
	why    string // it was not sent
	busy   bool
	w      int // of the inputs at the last drawing
	top    int // blanks above the picture
}

func (p *Pane) newForm(t core.StoredTemplate, st stand) *form {
	d := &form{p: p, conv: p.open, t: t, tpl: template.Of(t.Template), blanks: blanks(&t), facts: facts(&p.conv.Contact), cost: p.formCost(t.Category, st)}
	for _, b := range d.blanks {
		in := kit.Input{Limit: 500, Placeholder: kit.CleanLine(b.sample)}
		switch {
		case b.key != template.HeaderValue:
		case t.Header.Format == template.HeaderLocation:
			in.Placeholder = p.env.Words.T(text.TplSendPlace)
		default:
			in.Limit, in.Placeholder = 4096, p.env.Words.T(text.TplSendFile) // as long as a path may be
		}
		in.SetValue(b.guess(&p.conv.Contact))
		d.in = append(d.in, in)
	}
	for i := range d.in {
		if d.in[i].Empty() {
			d.at = i
			break
		}
	}
	return d
}

// Addr is where the outcome of sending comes back.
func (d *form) Addr() string { return formAddr }

// sentMsg is the outcome; why is "" when it has left.
type sentMsg struct {
	why   string
	reply repliedMsg
}

// Handle fills and sends.
func (d *form) Handle(msg tea.Msg) (done bool, cmd tea.Cmd) {
	switch m := msg.(type) {
	case sentMsg:
		d.busy = false
		if d.why = m.why; m.why != "" {
			return false, nil
		}
		return true, send(func() tea.Msg { return m.reply })
	case tea.KeyPressMsg:
		switch m.String() {
		case "esc":
			return true, nil
		case "tab", "down":
			d.move(1)
			return false, nil
		case "shift+tab", "up":
			d.move(-1)
			return false, nil
		case "ctrl+n":
			d.offer()
			return false, nil
		case "enter":
			for i := d.at + 1; i < len(d.in); i++ {
				if d.in[i].Empty() {
					d.move(i - d.at)
					return false, nil
				}
			}
			return false, d.submit()
		}
	case tea.MouseClickMsg:
		if y := m.Y - 1 + d.top; m.Y >= 1 && y < len(d.in) {
			d.at = y
			d.in[y].Click(m.X-2-formLabel, 0, d.w)
		}
		return false, nil
	}
	if d.at < len(d.in) && d.in[d.at].Handle(msg) {
		d.why = ""
	}
	return false, nil
}

func (d *form) move(n int) {
	if len(d.in) > 0 {
		d.at = (d.at + n + len(d.in)) % len(d.in)
		d.next = 0
	}
}

// offer puts the next fact of the contact into the blank.
func (d *form) offer() {
	if len(d.facts) == 0 || d.at >= len(d.in) {
		return
	}
	if d.in[d.at].Value() == d.facts[d.next%len(d.facts)] {
		d.next++
	}
	d.in[d.at].Replace(d.facts[d.next%len(d.facts)])
	d.next++
	d.why = ""
}

func (d *form) values() (by map[string]string, list []string) {
	by = map[string]string{}
	for i, b := range d.blanks {
		v := strings.TrimSpace(d.in[i].Value())
		by[b.key] = v
		if b.key != template.HeaderValue { // a file or a place is no text that a customer reads
			list = append(list, v)
		}
	}
	return by, list
}

// submit sends it, unless a blank is empty; what else stands in the way is
// asked off the app's goroutine.
func (d *form) submit() tea.Cmd {
	if d.busy {
		return nil
	}
	for i := range d.in {
		if strings.TrimSpace(d.in[i].Value()) == "" {
			d.at, d.why = i, d.p.env.Words.T(text.TplSendEmpty, "Name", d.label(i))
			return nil
		}
	}
	by, list := d.values()
	c, err := template.Fill(d.t.Template, by)
	if err != nil {
		d.why = d.p.refusal(err)
		return nil
	}
	d.busy = true
	p, t, conv, contact, above := d.p, d.t, d.conv, d.p.conv.ContactID, by[template.HeaderValue]
	open, agent, ctx := p.conv.WindowOpen(p.now()), p.env.Agent, p.env.Ctx
	return kit.Send(formAddr, func() tea.Msg {
		if why := p.stands(ctx, t, contact, list, open); why != "" {
			return sentMsg{why: why}
		}
		if c.Template.HeaderMedia, err = p.headerFile(ctx, &t, c.Template.HeaderMedia, above); err != nil {
			return sentMsg{why: p.refusal(err)}
		}
		m, err := p.d.Work.Reply(ctx, conv, agent, c)
		if err != nil {
			return sentMsg{why: p.refusal(err)}
		}
		return sentMsg{reply: repliedMsg{conv: conv, content: c, message: m}}
	})
}

// headerFile hands the file above a template's text to the provider. A link or
// an id of the provider's stays as it is. Only a command calls it.
func (p *Pane) headerFile(ctx context.Context, t *core.StoredTemplate, m *core.Media, value string) (*core.Media, error) {
	const op = "inbox.headerFile"
	if m == nil || template.IsLink(value) {
		return m, nil
	}
	f := p.d.Limits.judge(ctx, value)
	switch {
	case f.code == core.NotFound && idOnly.MatchString(value):
		return m, nil
	case f.code != "":
		return nil, core.Fail(f.code, op, nil)
	case f.kind.Type != template.HeaderKind(t.Header.Format):
		return nil, core.Fail(core.BadMedia, op, nil)
	case p.d.Upload == nil:
		return nil, core.Fail(core.ReadOnly, op, nil)
	}
	got, err := p.d.Upload(ctx, t.ChannelID, f.path, f.mime)
	if err != nil {
		return nil, err
	}
	got.Filename, got.Size, got.MIME = kit.CleanLine(filepath.Base(f.path)), f.size, f.mime
	return &got, nil
}

// idOnly is what a provider's media id looks like, and a path hardly ever.
var idOnly = regexp.MustCompile(`^[0-9]{6,}$`)

// stands says what stands in the way of sending, "" for nothing: the
// template's state, its values, and what the person has said.
func (p *Pane) stands(ctx context.Context, t core.StoredTemplate, contact int64, values []string, open bool) string {
	if err := p.d.CheckForm(ctx, t.ChannelID, t.Name, t.Language, values); err != nil {
		return p.refusal(err)
	}
	st, err := p.standing(ctx, contact, open)
	if err != nil {
		return p.refusal(err)
	}
	if why := st.forbids(t.Category); why != "" {
		return p.env.Words.T(text.K("templates.consent." + why))
	}
	return ""
}

// Keys are those of the footer while the dialog is open.
func (d *form) Keys() []keys.Binding {
	ks := []keys.Binding{{Do: "form.send", Keys: []string{"enter"}, Help: text.InboxKeySend}}
	if len(d.in) > 1 {
		ks = append(ks, keys.Binding{Do: "form.next", Keys: []string{"tab", "down"}, Help: text.TplKeyNextBlank},
			keys.Binding{Do: "form.prev", Keys: []string{"shift+tab", "up"}, Help: text.TplKeyPrevBlank, Quiet: true})
	}
	if len(d.in) > 0 && len(d.facts) > 0 {
		ks = append(ks, keys.Binding{Do: "form.offer", Keys: []string{"ctrl+n"}, Help: text.TplKeyOffer})
	}
	return append(ks, keys.Binding{Do: "form.close", Keys: []string{"esc"}, Help: text.InboxKeyClose})
}

// formLabel is the width of the blanks' names.
const formLabel = 16

// Lines draws the blanks, the phone, and what it costs.
func (d *form) Lines(w, h int) []string {
	b := d.p.brush()
	w = dialog.Width(64, w)
	name := kit.CleanLine(d.t.Name) + " · " + kit.CleanLine(d.t.Language)
	if w < formLabel+8 {
		return []string{kit.Fit(name, w)}[:min(1, max(0, h))]
	}
	in := w - 4
	d.w = in - formLabel
	var body []string
	for i := range d.in {
		mark, ink := "  ", b.Muted
		if i == d.at {
			mark, ink = b.Accent.Render("▌ "), b.Title
		}
		body = append(body, mark+ink.Render(kit.Fit(kit.CleanLine(d.label(i)), formLabel-3))+" "+
			d.in[i].Lines(d.w, 1, kit.InputStyle{Text: b.Text, Hint: b.Hint})[0])
	}
	if len(d.in) == 0 {
		body = append(body, b.Muted.Render(b.words.T(text.TplSendNoBlanks)))
	}
	body = append(body, b.across(in, false))
	foot := []string{kit.Ends(b.Muted.Render(categoryWord(b.words, d.t.Category)), b.Faint.Render(d.cost), in)}
	if d.why != "" {
		for i, l := range kit.Wrap("✗ "+kit.Clean(d.why), in) {
			if i > 0 {
				l = "  " + l
			}
			foot = append(foot, b.Bad.Render(kit.Fit(l, in)))
		}
	}
	d.top = 0
	if over := len(body) - max(1, h-2-len(foot)); over > 0 { // the one being filled stays in sight
		d.top = min(d.at, over)
		body = body[d.top:]
	}
	room := h - 2 - len(body) - len(foot)
	bubble := d.p.onPhone().Bubble(d.filled().Preview(), in)
	body = append(append(body, bubble[:max(0, min(len(bubble), room))]...), foot...)
	return dialog.Box(d.p.env, name, body, w, h)
}

// label names a blank; those of header and buttons are marked.
func (d *form) label(i int) string {
	if d.blanks[i].key == template.HeaderValue {
		return phone.Above(d.p.env.Words, d.t.Header.Format)
	}
	if strings.HasPrefix(d.blanks[i].key, "button.") {
		return "↗ " + d.blanks[i].shown
	}
	if strings.HasPrefix(d.blanks[i].key, "header.") {
		return d.p.env.Words.T(text.TplFieldHeader) + " " + d.blanks[i].shown
	}
	return d.blanks[i].shown
}

// filled is the template with what is typed in place of its samples.
func (d *form) filled() template.Template {
	by, _ := d.values()
	t := d.tpl
	fill := func(s, prefix string) []string {
		var out []string
		for _, n := range template.Names(s) {
			v, ok := by[prefix+n]
			if !ok {
				v = by[n]
			}
			out = append(out, v)
		}
		return out
	}
	t.Samples = fill(t.Body, "")
	t.Header.Samples = fill(t.Header.Text, "header.")
	t.Buttons = slices.Clone(t.Buttons)
	for i := range t.Buttons {
		t.Buttons[i].Example = by[template.ButtonValue(i+1)]
	}
	return t
}

// Cursor stands in the blank being filled.
func (d *form) Cursor() *tea.Cursor {
	if d.at >= len(d.in) {
		return nil
	}
	x, _ := d.in[d.at].Cursor(max(1, d.w))
	return tea.NewCursor(2+formLabel+x, 1+d.at-d.top)
}
