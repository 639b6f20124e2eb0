package setup

import (
	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/connect"
	"bottega/core/contact"
	"bottega/ui/keys"
	"bottega/ui/steps"
	"bottega/ui/text"
)

// chooseKeys work while a provider is chosen.
func chooseKeys() []keys.Binding {
	return []keys.Binding{
		{Do: "wizard.choose", Keys: []string{"enter", "space"}, Help: text.SetupKeyChoose},
		{Do: "wizard.up", Keys: []string{"up", "k", "shift+tab"}, Help: text.KeyUp, Quiet: true},
		{Do: "wizard.down", Keys: []string{"down", "j", "tab"}, Help: text.KeyDown, Quiet: true},
		{Do: "wizard.leave", Keys: []string{"esc"}, Help: text.SetupKeyClose},
	}
}

// formKeys work while fields are typed; plain letters are text.
func formKeys() []keys.Binding {
	return []keys.Binding{
		{Do: "wizard.next", Keys: []string{"enter"}, Help: text.SetupKeyNext},
		{Do: "wizard.start", Keys: []string{"ctrl+s"}, Help: text.SetupKeyStart},
		{Do: "wizard.up", Keys: []string{"up", "shift+tab"}, Help: text.KeyUp, Quiet: true},
		{Do: "wizard.down", Keys: []string{"down", "tab"}, Help: text.KeyDown, Quiet: true},
		{Do: "wizard.bare", Keys: []string{"ctrl+o"}, Help: text.SetupKeyBare},
		{Do: "wizard.rare", Keys: []string{"ctrl+r"}, Help: text.SetupKeyRare},
		{Do: "wizard.leave", Keys: []string{"esc"}, Help: text.SetupKeyBack},
	}
}

// stepKeys work while steps are taken and after.
func stepKeys() []keys.Binding {
	return []keys.Binding{
		{Do: "wizard.send", Keys: []string{"enter"}, Help: text.SetupKeySend},
		{Do: "wizard.up", Keys: []string{"up"}, Help: text.KeyUp, Quiet: true},
		{Do: "wizard.down", Keys: []string{"down"}, Help: text.KeyDown, Quiet: true},
		{Do: "wizard.leave", Keys: []string{"esc"}, Help: text.SetupKeyBack},
	}
}

// Keys are the bindings of the page that is shown.
func (d *wizard) Keys() []keys.Binding {
	switch d.page {
	case choosing:
		return chooseKeys()
	case filling:
		return formKeys()
	}
	ks := stepKeys()
	if !d.asksPhone() {
		ks = ks[1:]
	}
	return ks
}

func (d *wizard) key(m tea.KeyPressMsg) (done bool, cmd tea.Cmd) {
	b, ok := keys.Match(d.Keys(), m)
	if !ok {
		d.edit(m)
		return false, nil
	}
	switch b.Do {
	case "wizard.leave":
		return d.leave()
	case "wizard.up":
		d.move(-1)
	case "wizard.down":
		d.move(1)
	case "wizard.choose":
		return false, d.choose()
	case "wizard.next":
		if d.at < len(d.fields())-1 {
			d.move(1)
			return false, nil
		}
		return false, d.start()
	case "wizard.start":
		return false, d.start()
	case "wizard.bare":
		d.bare = !d.bare
	case "wizard.rare":
		d.rare = !d.rare
	case "wizard.send":
		return false, d.try()
	}
	return false, nil
}

// readPhone reads the owner's own phone.
func readPhone(typed string) (core.Phone, connect.Fault) {
	p, wrong := contact.ReadPhone(typed, "")
	if wrong != "" || p == "" {
		return "", connect.NoPhone
	}
	return p, ""
}

// fieldName is a field's name for people.
func fieldName(w *text.Words, field string) string { return steps.Field(w, field) }
