package setup

import (
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// seal is a new pass phrase for the encrypted file of keys, typed twice.
type seal struct {
	least        int // characters that it must have
	first, again kit.Input
}

// sealing asks for a pass phrase: no keyring answers, and there is no file of
// keys yet.
func (d *wizard) sealing(least int) {
	d.page, d.at, d.bare = sealing, 0, false
	d.seal = seal{least: least}
	d.seal.first.Limit, d.seal.again.Limit = inputLimit, inputLimit
}

// sealAsks are the two fields.
func (d *wizard) sealAsks() []ask {
	w, s := d.p.env.Words, &d.seal
	short := func(v string) (string, bool) {
		if utf8.RuneCountInString(v) < s.least {
			return w.T(text.SetupSealShort, "Least", s.least), false
		}
		return "", false
	}
	differs := func(v string) (string, bool) {
		if v != s.first.Value() {
			return w.T(text.SetupSealDiffers), false
		}
		return "", false
	}
	return []ask{
		{name: "first", label: w.T(text.SetupSealFirst), help: w.T(text.SetupSealFirstWhat, "Least", s.least), in: &s.first, secret: true, needed: true, judge: short},
		{name: "again", label: w.T(text.SetupSealAgain), help: w.T(text.SetupSealAgainWhat), in: &s.again, secret: true, needed: true, judge: differs},
	}
}

// chosen goes on with the pass phrase, unless it is too short or was typed
// differently the second time.
func (d *wizard) chosen() tea.Cmd {
	for i, a := range d.sealAsks() {
		if wrong, _ := a.fault(); wrong != "" {
			d.at = i
			return toast(frame.Toast{Text: d.p.env.Words.T(text.SetupFieldWrong, "Field", a.label, "Fault", wrong), Refused: true})
		}
	}
	d.pass, d.seal = core.Secret(d.seal.first.Value()), seal{}
	return d.start()
}
