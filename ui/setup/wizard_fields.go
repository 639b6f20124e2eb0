package setup

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/connect"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/steps"
	"bottega/ui/text"
)

// fields are those of the provider that are shown now.
func (d *wizard) fields() []connect.Field {
	return slices.DeleteFunc(connect.Fields(d.provider), func(f connect.Field) bool {
		switch d.what {
		case toRotate:
			if !f.Secret {
				return true
			}
		case toSubscribe:
			return f.Name != addressField
		}
		return f.Rare && !d.rare && d.input(f.Name).Empty()
	})
}

// asks are the fields as the form draws them. New keys need not all be given.
func (d *wizard) asks() []ask {
	w := d.p.env.Words
	fs := d.fields()
	out := make([]ask, len(fs))
	for i, f := range fs {
		out[i] = ask{name: f.Name, label: steps.Field(w, f.Name), help: steps.Find(w, d.provider, f.Name), in: d.input(f.Name), secret: f.Secret, needed: f.Needed && d.what != toRotate,
			judge: func(v string) (string, bool) {
				fault := f.Check(v)
				if fault == "" || d.what == toRotate && fault == connect.Missing {
					return "", false
				}
				return steps.Fault(w, fault), fault.Odd()
			}}
	}
	return out
}

// addressField is where callbacks come in.
const addressField = "public_url"

// typedIn are the inputs of what the wizard fills in: kept for the session, so
// that who looks something up finds the rest as it was.
func (d *wizard) typedIn() map[string]*kit.Input {
	key := string(d.provider)
	switch d.what { // what is new of one channel is nobody else's
	case toRotate:
		key = "rotate " + d.channel.Name
	case toSubscribe:
		key = "address " + d.channel.Name
	}
	ins := d.p.typed[key]
	if ins == nil {
		ins = map[string]*kit.Input{}
		d.p.typed[key] = ins
	}
	return ins
}

// inputLimit is how long a value may be: Meta's tokens have some 200 characters.
const inputLimit = 2048

// input is the input of a field; the first time a verify token is made up.
func (d *wizard) input(field string) *kit.Input {
	ins := d.typedIn()
	in := ins[field]
	if in == nil {
		in = &kit.Input{Limit: inputLimit}
		if field == "name" {
			in.Placeholder = string(d.provider) // what it is called without one
		}
		if field == "verify_token" && d.what == toConnect && d.provider == core.Meta && d.p.d.NewSecret != nil {
			in.SetValue(d.p.d.NewSecret().Reveal())
		}
		if field == addressField && d.what == toSubscribe {
			in.SetValue(d.channel.Account.PublicURL)
		}
		ins[field] = in
	}
	return in
}

// pasted puts in what was copied from the provider's page: a value without what
// came along with it, or a whole JSON object, field by field.
func (d *wizard) pasted(content string) tea.Cmd {
	if d.page == filling {
		if n := d.fill(connect.Values([]byte(content))); n > 0 {
			return toast(frame.Toast{Text: d.p.env.Words.N(text.SetupFilled, n)})
		}
	}
	return d.edit(tea.PasteMsg{Content: connect.Clean(content)})
}

// fill puts values into the fields of those names, and says into how many.
func (d *wizard) fill(values map[string]string) (n int) {
	for _, f := range connect.Fields(d.provider) {
		if v := connect.Clean(values[f.Name]); v != "" && (d.what != toRotate || f.Secret) {
			d.input(f.Name).SetValue(v)
			n++
		}
	}
	return n
}

// start asks the provider, unless a field is wrong: then the cursor goes there.
func (d *wizard) start() tea.Cmd {
	values := map[string]string{}
	for _, f := range connect.Fields(d.provider) {
		values[f.Name] = d.input(f.Name).Value()
	}
	draft, problems := connect.Read(d.provider, values)
	for _, x := range problems {
		if !x.Fault.Odd() && (d.what == toConnect || x.Fault != connect.Missing && d.shows(x.Field)) {
			return d.refuse(x.Field, x.Fault)
		}
	}
	switch d.what {
	case toConnect:
		return d.connect(draft)
	case toSubscribe:
		return d.subscribe(draft.Channel.Account.PublicURL)
	}
	if len(draft.Secrets) == 0 {
		return toast(frame.Toast{Text: d.p.env.Words.T(text.SetupNothingNew), Refused: true})
	}
	return d.rotate(draft.Secrets)
}

// shows reports whether a field is among those shown.
func (d *wizard) shows(field string) bool {
	return slices.ContainsFunc(d.fields(), func(f connect.Field) bool { return f.Name == field })
}

// refuse says what is wrong with a field, and goes there.
func (d *wizard) refuse(field string, fault connect.Fault) tea.Cmd {
	w := d.p.env.Words
	if i := slices.IndexFunc(d.fields(), func(f connect.Field) bool { return f.Name == field }); i >= 0 {
		d.at = i
	}
	said := steps.Fault(w, fault)
	if d.page == filling {
		said = w.T(text.SetupFieldWrong, "Field", steps.Field(w, field), "Fault", said)
	}
	return toast(frame.Toast{Text: said, Refused: true})
}

// forget drops secrets that are in their place by now.
func (d *wizard) forget() {
	if d.what == toSubscribe {
		delete(d.p.typed, "address "+d.channel.Name) // it is the channel's now
	}
	if d.what != toConnect && d.what != toRotate {
		return
	}
	ins := d.typedIn()
	for _, f := range connect.Fields(d.provider) {
		if f.Secret {
			delete(ins, f.Name)
		}
	}
}

// copied hands what the provider's page asks for to the clipboard.
func (d *wizard) copied(value string) tea.Cmd {
	return tea.Batch(tea.SetClipboard(value), toast(frame.Toast{Text: d.p.env.Words.T(text.SetupCopied)}))
}
