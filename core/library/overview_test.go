package library_test

import (
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"bottega/assets"
	"bottega/core"
	"bottega/core/consent"
	"bottega/core/library"
)

// sent puts a message with a template into the past.
func (d *desk) sent(conv core.Conversation, name string, state core.State, at time.Time) {
	d.t.Helper()
	m := core.Message{ConversationID: conv.ID, ChannelID: conv.ChannelID, Direction: core.Out, State: state, At: at, Ref: name + strconv.Itoa(len(d.mem.Messages())),
		Content: core.Content{Type: core.TypeTemplate, Text: name, Template: &core.TemplateCall{Name: name, Language: "it"}}}
	if name == "" {
		m.Type, m.Template = core.TypeText, nil
	}
	if err := d.mem.Write(d.t.Context(), func(tx core.Tx) error { _, err := tx.InsertMessage(&m); return err }); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) overview() library.Overview {
	d.t.Helper()
	o, err := d.Overview(d.t.Context(), core.TemplateQuery{})
	if err != nil {
		d.t.Fatal(err)
	}
	return o
}

// TestValidity: 90 days, a reminder 15 days before, and what is done about it
// (S-206, S-207).
func TestValidity(t *testing.T) {
	d := newDesk(t)
	v := d.approved("ready")
	for _, tt := range []struct {
		after time.Duration
		want  library.Due
		soon  int
	}{{0, library.DueOK, 0}, {75*24*time.Hour - time.Second, library.DueOK, 0}, {75 * 24 * time.Hour, library.DueSoon, 1}, {90*24*time.Hour - 1, library.DueSoon, 1}, {90 * 24 * time.Hour, library.DueOver, 1}} {
		d.clock = noon.Add(tt.after)
		o := d.overview()
		if e := o.Entries[0]; e.Validity != tt.want || o.Soon != tt.soon || !e.ValidUntil.Equal(noon.Add(90*24*time.Hour)) {
			t.Errorf("after %s: %s until %s, %d soon", tt.after, e.Validity, e.ValidUntil, o.Soon)
		}
	}
	next, err := d.Renew(t.Context(), v.ID, "ana")
	if err != nil || next.Version != 2 {
		t.Fatalf("%+v, %v", next, err)
	}
	d.submit(next.ID)
	d.hear(core.Event{Kind: core.EvTemplateStatus, TemplateID: "t1", TemplateStatus: "APPROVED", At: d.clock})
	if o := d.overview(); len(o.Entries) != 1 || o.Entries[0].Validity != library.DueOK || o.Entries[0].Version != 2 || o.Soon != 0 {
		t.Errorf("renewed: %+v", o.Entries)
	}
	_, err = d.Renew(t.Context(), v.ID, "ana")
	d.code(err, core.Conflict) // replaced
	_, err = d.Renew(t.Context(), next.ID, "")
	d.code(err, core.InvalidInput)
}

// TestReviewTakesLong: an alarm after a day, a loud one after three (S-034, S-208).
func TestReviewTakesLong(t *testing.T) {
	d := newDesk(t)
	d.submit(d.draft(form("ready")).ID)
	for after, want := range map[time.Duration]library.Due{time.Hour: library.DueOK, 25 * time.Hour: library.DueSoon, 73 * time.Hour: library.DueOver} {
		d.clock = noon.Add(after)
		if e := d.overview().Entries[0]; e.Review != want || !e.ReviewUntil.Equal(noon.Add(24*time.Hour)) || e.Validity != library.DueNone {
			t.Errorf("after %s: %s", after, e.Review)
		}
	}
}

// TestArchive: a template without use is archived by the platform after a year (P-57).
func TestArchive(t *testing.T) {
	d := newDesk(t)
	d.approved("ready")
	conv := d.mem.AddPerson(t, d.ch, "+39333", noon)
	d.clock = noon.Add(340 * 24 * time.Hour)
	if e := d.overview().Entries[0]; e.Archive != library.DueSoon {
		t.Errorf("%s at %s", e.Archive, e.ArchivedAt)
	}
	d.sent(conv, "ready", core.Delivered, d.clock.Add(-time.Hour))
	if e := d.overview().Entries[0]; e.Archive != library.DueOK {
		t.Errorf("used an hour ago: %s at %s", e.Archive, e.ArchivedAt)
	}
}

// TestFigures: use, share of templates (S-202), approvals (S-035), how many are
// prepared (S-193).
func TestFigures(t *testing.T) {
	d := newDesk(t)
	if o := d.overview(); o.Share() != -1 || o.ApprovalRate() != -1 || o.Prepared != 0 || o.PreparedWant != 15 || o.ShareMax != 40 || o.ApprovalWant != 85 {
		t.Errorf("empty: %+v", o)
	}
	d.approved("ready")
	d.approved("delayed")
	d.hear(core.Event{Kind: core.EvTemplateStatus, TemplateID: d.submit(d.draft(form("never")).ID).Template.ID, TemplateStatus: "REJECTED", Reason: "SCAM", At: noon})
	conv := d.mem.AddPerson(t, d.ch, "+39333", noon)
	d.sent(conv, "ready", core.Read, noon.Add(-time.Hour))
	d.sent(conv, "ready", core.Failed, noon.Add(-time.Hour))
	d.sent(conv, "delayed", core.Delivered, noon.Add(-time.Hour))
	d.sent(conv, "ready", core.Read, noon.Add(-40*24*time.Hour)) // long ago
	d.sent(conv, "", core.Sent, noon.Add(-time.Hour))
	o := d.overview()
	if o.Sent != 2 || o.Messages != 4 || o.Share() != 50 || o.Prepared != 2 || o.Decided != 3 || o.Approved != 2 || o.ApprovalRate() != 66 {
		t.Errorf("%+v", o)
	}
	uses := map[string]core.TemplateUse{}
	for _, e := range o.Entries {
		uses[e.Name] = e.Use
	}
	if u := uses["ready"]; u.Sent != 1 || u.Read != 1 || u.Failed != 1 {
		t.Errorf("%+v", u)
	}
}

// TestReach: after a drift it is known whom the template went to lately, and
// who of them may not get promotion.
func TestReach(t *testing.T) {
	d := newDesk(t)
	v := d.approved("ready")
	ana, ugo := d.mem.AddPerson(t, d.ch, "+39333", noon), d.mem.AddPerson(t, d.ch, "+39334", noon)
	d.sent(ana, "ready", core.Read, noon.Add(-time.Hour))
	d.sent(ana, "ready", core.Read, noon.Add(-2*time.Hour))
	d.sent(ugo, "ready", core.Failed, noon.Add(-time.Hour))
	d.sent(ugo, "delayed", core.Read, noon.Add(-time.Hour))
	if err := d.mem.Write(t.Context(), func(tx core.Tx) error {
		return tx.(consent.Tx).AddConsent(&consent.Entry{ContactID: ana.ContactID, Kind: consent.OptIn, Scope: consent.Marketing, At: noon, Source: consent.BySelf})
	}); err != nil {
		t.Fatal(err)
	}
	if r, err := d.Reach(t.Context(), v); err != nil || r != (library.Reach{People: 2, Without: 1}) {
		t.Errorf("%+v, %v", r, err)
	}
	d.clock = noon.Add(60 * 24 * time.Hour)
	if r, err := d.Reach(t.Context(), v); err != nil || r.People != 0 {
		t.Errorf("long after: %+v, %v", r, err)
	}
}

// TestTooManyOfAKind: more than five of one kind are warned of (S-209).
func TestTooManyOfAKind(t *testing.T) {
	d := newDesk(t)
	for i := range 6 {
		f := form("n" + strconv.Itoa(i))
		f.Body = "Buongiorno {{1}}, il suo ordine " + strconv.Itoa(100+i) + " è pronto al banco della nostra bottega in piazza del mercato, di fronte alla fontana grande."
		v := d.submit(d.draft(f).ID)
		d.hear(core.Event{Kind: core.EvTemplateStatus, TemplateID: v.Template.ID, TemplateStatus: "APPROVED", At: noon})
	}
	for _, e := range d.overview().Entries {
		if e.Kind != 5 {
			t.Errorf("%s: %d others of its kind, want 5", e.Name, e.Kind)
		}
	}
}

func TestSuspects(t *testing.T) {
	d := newDesk(t)
	for reason, tt := range map[string]struct{ body, first string }{
		"INVALID_FORMAT":     {"Ciao {{1}}, guarda bit.ly/abc e {{3}} per favore oggi.", "var-sequence"},
		"PROMOTIONAL":        {"Ciao {{1}}, sconto del 20 % su tutto il negozio questa settimana.", "category-mismatch"},
		"SCAM":               {"Ciao {{1}}, mandaci il numero della carta di credito e leggi bit.ly/abc adesso.", "sensitive-id"},
		"SOMETHING_NEW":      {"Ciao {{1}}, guarda bit.ly/abc adesso e poi passa da noi.", ""},
		"INCORRECT_CATEGORY": {"Buongiorno {{1}}, il suo ordine è pronto al banco della bottega.", ""},
	} {
		v := core.StoredTemplate{State: core.TemplateRejected, Template: core.Template{Name: "x", Language: "it", Category: "UTILITY", Body: tt.body, Reason: reason}}
		found := d.Suspects(v)
		switch {
		case tt.first == "" && len(found) > 0:
			t.Errorf("%s: %+v", reason, found)
		case tt.first != "" && (len(found) == 0 || string(found[0].Rule) != tt.first):
			t.Errorf("%s: %+v, want %s first", reason, found, tt.first)
		}
	}
}

// TestCycleFile: figures without a source, a date or sense are refused.
func TestCycleFile(t *testing.T) {
	whole, err := assets.Rules().Open("templates.json")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = whole.Close() }()
	b := make([]byte, 1<<16)
	n, err := whole.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	good := string(b[:n])
	for name, tt := range map[string]struct {
		old, new string
		want     core.Code
	}{
		"as it is":       {"", "", ""},
		"no source":      {`"S-035"`, `""`, core.InvalidInput},
		"no date":        {`"2026-04-17"`, `"soon"`, core.InvalidInput},
		"no value":       {`"value": 15`, `"value": 0`, core.InvalidInput},
		"no sense":       {`"360h"`, `"9999h"`, core.InvalidInput},
		"no span":        {`"360h"`, `"fortnight"`, core.InvalidInput},
		"over a hundred": {`"value": 40`, `"value": 400`, core.InvalidInput},
		"no JSON":        {`{`, `<`, core.InvalidInput},
		"no reasons":     {`"reasons_source": "P-56`, `"x": "`, core.InvalidInput},
	} {
		_, err := library.LoadCycle(fstest.MapFS{"templates.json": {Data: []byte(strings.Replace(good, tt.old, tt.new, 1))}})
		if core.CodeOf(err) != tt.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = library.LoadCycle(fstest.MapFS{})
	if core.CodeOf(err) != core.NotFound {
		t.Errorf("no file: %v", err)
	}
}
