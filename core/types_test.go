package core

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestCountsAsContact(t *testing.T) {
	for kind, want := range map[MessageType]bool{
		TypeText: true, TypeImage: true, TypeVideo: true, TypeAudio: true, TypeDocument: true, TypeSticker: true, TypeLocation: true,
		TypeContacts: true, TypeButton: true, TypeInteractive: true, TypeFlow: true, TypeOrder: true,
		TypeSystem: false, TypeUnsupported: false, TypeTemplate: false, TypeReaction: false, TypeNote: false, "": false, "poll": false,
	} {
		if got := kind.CountsAsContact(); got != want {
			t.Errorf("%q: %v", kind, got)
		}
	}
}

func TestDirection(t *testing.T) {
	if In.String() != "in" || Out.String() != "out" {
		t.Errorf("%s %s", In, Out)
	}
}

func TestWindowOpen(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		closes, free time.Time
		open         bool
		ends         time.Time
	}{
		"never open":       {time.Time{}, time.Time{}, false, time.Time{}},
		"open":             {now.Add(time.Minute), time.Time{}, true, now.Add(time.Minute)},
		"at the very end":  {now, time.Time{}, false, now},
		"entry point only": {now.Add(-time.Hour), now.Add(time.Hour), true, now.Add(time.Hour)},
		"both":             {now.Add(2 * time.Hour), now.Add(time.Hour), true, now.Add(2 * time.Hour)},
		"both over":        {now.Add(-time.Hour), now.Add(-time.Minute), false, now.Add(-time.Minute)},
	} {
		conv := Conversation{WindowCloses: c.closes, FreeUntil: c.free}
		if conv.WindowOpen(now) != c.open || !conv.WindowEnds().Equal(c.ends) {
			t.Errorf("%s: open %v, ends %v", name, conv.WindowOpen(now), conv.WindowEnds())
		}
	}
}

func TestDurationAsText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Duration(rapid.Int64().Draw(t, "d"))
		b, err := json.Marshal(map[string]Duration{"d": d})
		if err != nil {
			t.Fatal(err)
		}
		var back map[string]Duration
		if err := json.Unmarshal(b, &back); err != nil || back["d"] != d || back["d"].D() != time.Duration(d) {
			t.Fatalf("%s came back as %v: %v", b, back["d"], err)
		}
	})
	var d Duration
	for _, bad := range []string{`"soon"`, `"5"`, `5`, `""`} {
		if err := json.Unmarshal([]byte(bad), &d); err == nil {
			t.Errorf("%s was read as %v", bad, d.D())
		}
	}
	if err := json.Unmarshal([]byte(`"2h30m"`), &d); err != nil || d.D() != 150*time.Minute {
		t.Errorf("%v %v", d.D(), err)
	}
}

// TestPhoneFormsLeadBack: who is known under one form is found under the other.
func TestPhoneFormsLeadBack(t *testing.T) {
	land := Phone("+551133334444") // has no ninth digit
	if forms := land.Forms(); len(forms) != 1 || forms[0] != land {
		t.Errorf("%q", forms)
	}
	if forms := Phone("+5511933334444").Forms(); len(forms) != 1 {
		t.Errorf("without its 9 this mobile number is a landline's: %q", forms)
	}
	rapid.Check(t, func(t *rapid.T) {
		p := Phone("+" + rapid.StringMatching(`(55|52|54|39)[0-9]{6,12}`).Draw(t, "p"))
		for _, f := range p.Forms() {
			back := f.Forms()
			if len(back) != len(p.Forms()) || back[len(back)-1] != p && back[0] != p {
				t.Fatalf("%s has the form %s, which has %q", string(p), string(f), back)
			}
		}
	})
}
