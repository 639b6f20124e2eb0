package setup

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/connect"
	"bottega/core/contact"
	"bottega/ui/keys"
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
		{Do: "wizard.leave", Keys: []string{"esc"}, Help: text.SetupKeyBack},
		{Do: "wizard.up", Keys: []string{"up", "shift+tab"}, Help: text.KeyUp, Quiet: true},
		{Do: "wizard.down", Keys: []string{"down", "tab"}, Help: text.KeyDown, Quiet: true},
		{Do: "wizard.bare", Keys: []string{"ctrl+o"}, Help: text.SetupKeyBare},
		{Do: "wizard.rare", Keys: []string{"ctrl+r"}, Help: text.SetupKeyRare},
	}
}

// sealKeys work while a new pass phrase is typed.
func sealKeys() []keys.Binding {
	return slices.DeleteFunc(formKeys(), func(b keys.Binding) bool { return b.Do == "wizard.rare" })
}

// addressKeys work while the address of callbacks is typed.
func addressKeys() []keys.Binding {
	return []keys.Binding{
		{Do: "wizard.next", Keys: []string{"enter", "ctrl+s"}, Help: text.SetupKeyTell},
		{Do: "wizard.leave", Keys: []string{"esc"}, Help: text.SetupKeyClose},
	}
}

// stepKeys work while steps are taken and after.
func stepKeys() []keys.Binding {
	return []keys.Binding{
		{Do: "wizard.send", Keys: []string{"enter"}, Help: text.SetupKeySend},
		{Do: "wizard.leave", Keys: []string{"esc"}, Help: text.SetupKeyBack},
		{Do: "wizard.copy", Keys: []string{"ctrl+y"}, Help: text.SetupKeyCopy},
		{Do: "wizard.copytoken", Keys: []string{"ctrl+t"}, Help: text.SetupKeyCopyToken},
		{Do: "wizard.bare", Keys: []string{"ctrl+o"}, Help: text.SetupKeyBare},
		{Do: "wizard.up", Keys: []string{"up"}, Help: text.KeyUp, Quiet: true},
		{Do: "wizard.down", Keys: []string{"down"}, Help: text.KeyDown, Quiet: true},
	}
}

// Keys are the bindings of the page that is shown.
func (d *wizard) Keys() []keys.Binding {
	switch d.page {
	case choosing:
		return chooseKeys()
	case filling:
		if d.what == toSubscribe {
			return addressKeys()
		}
		return formKeys()
	case sealing:
		return sealKeys()
	}
	return slices.DeleteFunc(stepKeys(), func(b keys.Binding) bool {
		switch b.Do {
		case "wizard.send":
			return !d.asksPhone()
		case "wizard.copy":
			return d.paste == nil || d.paste.URL == ""
		case "wizard.copytoken", "wizard.bare":
			return d.paste == nil || d.paste.Token == ""
		}
		return false
	})
}

func (d *wizard) key(m tea.KeyPressMsg) (done bool, cmd tea.Cmd) {
	b, ok := keys.Match(d.Keys(), m)
	if !ok {
		return false, d.edit(m)
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
		return false, d.next()
	case "wizard.start":
		return false, d.goOn()
	case "wizard.bare":
		d.bare = !d.bare
	case "wizard.rare":
		d.rare = !d.rare
	case "wizard.send":
		return false, d.try()
	case "wizard.copy":
		return false, d.copied(d.paste.URL)
	case "wizard.copytoken":
		return false, d.copied(d.paste.Token.Reveal())
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
