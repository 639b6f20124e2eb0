package ingest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bottega/assets"
	"bottega/core"
	"bottega/core/consent"
)

// hearing is a desk that reads words about consent.
func hearing(t *testing.T) *desk {
	t.Helper()
	k, err := consent.LoadKeywords(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	d, n := newDesk(t), 0
	d.w.Stops = &Stops{Keywords: k, NewRef: func() string { n++; return fmt.Sprint("ref", n) }}
	return d
}

// says lets the customer write, a minute after the last time.
func (d *desk) says(words string) {
	d.t.Helper()
	d.now = d.now.Add(time.Minute)
	d.hear(text("in"+d.now.String(), "+393331234567", words, d.now))
}

// standing is what the ledger allows, the entries in it, and what waits.
func (d *desk) standing() (reason consent.Reason, kinds, tray string) {
	d.t.Helper()
	es, pending := d.mem.Consents()
	for _, e := range es {
		kinds += string(e.Kind) + " "
	}
	for _, m := range d.mem.Messages() {
		if p, ok := pending[m.ID]; ok {
			tray += string(p.Reading) + " "
		}
	}
	return consent.Of(es, false).Marketing.Reason, strings.TrimSpace(kinds), strings.TrimSpace(tray)
}

// Policy P-26: a stop counts at once and is confirmed once, then there is silence.
func TestStopStartAndStopAgain(t *testing.T) {
	d := hearing(t)
	for _, step := range []struct {
		words       string
		reason      consent.Reason
		kinds, tray string
		confirmed   int
	}{
		{"ciao", consent.NeverAgreed, "", "", 0},
		{"START", consent.NeverAgreed, "", "", 0}, // who never said stop may mean anything
		{"stop, oggi non vengo", consent.NeverAgreed, "", "propose", 0},
		{"STOP!", consent.SaidStop, "opt_out", "propose opt_out", 1},
		{"basta", consent.StoppedAll, "opt_out opt_out", "propose opt_out opt_out", 1},
		{"stop", consent.StoppedAll, "opt_out opt_out", "propose opt_out opt_out", 1},
		{"start", consent.Agreed, "opt_out opt_out opt_in", "propose opt_out opt_out", 1},
		{"stop", consent.SaidStop, "opt_out opt_out opt_in opt_out", "propose opt_out opt_out opt_out", 2},
	} {
		d.says(step.words)
		reason, kinds, tray := d.standing()
		if reason != step.reason || kinds != step.kinds || tray != step.tray || len(d.mem.Line()) != step.confirmed {
			t.Fatalf("after %q: %s, ledger %q, tray %q, %d confirmations", step.words, reason, kinds, tray, len(d.mem.Line()))
		}
	}
	es, tray := d.mem.Consents()
	if e := es[0]; e.Source != consent.BySelf || e.Words != "STOP!" || e.ChannelID != d.ch.ID || e.At.IsZero() {
		t.Errorf("proof %+v", e)
	}
	for _, p := range tray {
		if (p.Reading == consent.SaysOut) != (p.EntryID != 0) {
			t.Errorf("tray %+v", p)
		}
	}
	m := d.mem.Line()[0]
	if !m.Auto || m.Author != "" || m.State != core.Queued || !strings.HasPrefix(m.Text, "Non riceverai") {
		t.Errorf("confirmation %+v", m)
	}
	_, conv := d.only()
	if conv.WaitingSince.IsZero() || conv.LastMessageID != d.mem.Line()[1].ID {
		t.Errorf("the confirmation stopped the clock, or is not shown: %+v", conv)
	}
}

// Words that may cancel something else are asked about.
func TestCancelAfterAnAppointmentIsAsked(t *testing.T) {
	for name, c := range map[string]struct {
		last core.Content
		auto bool
		want consent.Reading
	}{
		"utility template":   {core.Content{Type: core.TypeTemplate, Text: "Domani alle 9", Template: &core.TemplateCall{Category: "UTILITY"}}, false, consent.Ask},
		"marketing template": {core.Content{Type: core.TypeTemplate, Text: "Torte!", Template: &core.TemplateCall{Category: "MARKETING"}}, false, consent.SaysOut},
		"named in the text":  {core.Content{Type: core.TypeText, Text: "Scrivi ANNULLA per disdire"}, false, consent.Ask},
		"small talk":         {core.Content{Type: core.TypeText, Text: "A domani!"}, false, consent.SaysOut},
	} {
		d := hearing(t)
		d.says("buongiorno")
		_, conv := d.only()
		m := d.reply(conv, "r1", "out1", core.Delivered)
		m.Content, m.At = c.last, d.now.Add(time.Second)
		if err := d.mem.Write(t.Context(), func(tx core.Tx) error { return tx.SaveMessage(&m) }); err != nil {
			t.Fatal(err)
		}
		d.says("Annulla")
		_, _, tray := d.standing()
		if tray != string(c.want) {
			t.Errorf("%s: %q, want %q", name, tray, c.want)
		}
	}
}

// A callback that comes days late enters the stop and says nothing: the window
// is shut.
func TestLateStopIsNotConfirmed(t *testing.T) {
	d := hearing(t)
	d.now = noon.AddDate(0, 0, 3)
	d.hear(text("w1", "+393331234567", "stop", noon))
	if reason, _, _ := d.standing(); reason != consent.SaidStop || len(d.mem.Line()) != 0 {
		t.Errorf("%s, %d confirmations", reason, len(d.mem.Line()))
	}
}

// P-23 and P-24: what the provider says of a person's wishes stands in the
// ledger, however often it comes, and START does not lift it.
func TestProviderPreferences(t *testing.T) {
	d := hearing(t)
	wish := func(value string, after time.Duration) core.Event {
		return core.Event{Kind: core.EvPreference, From: "+393331234567", Category: "marketing_messages", Value: value, At: noon.Add(after)}
	}
	d.says("ciao")
	for _, step := range []struct {
		e      core.Event
		reason consent.Reason
		kinds  string
	}{
		{wish("stop", time.Hour), consent.StoppedInApp, "provider_stop"},
		{wish("stop", time.Hour), consent.StoppedInApp, "provider_stop"},
		{wish("stop", 2*time.Hour), consent.StoppedInApp, "provider_stop"},
		{wish("resume", 3*time.Hour), consent.NeverAgreed, "provider_stop provider_resume"},
	} {
		d.hear(step.e)
		if reason, kinds, _ := d.standing(); reason != step.reason || kinds != step.kinds {
			t.Errorf("after %s: %s, %q", step.e.Value, reason, kinds)
		}
	}
	_, conv := d.only()
	d.reply(conv, "r1", "out1", core.Accepted)
	failed := status("out1", core.Failed, noon.Add(4*time.Hour))
	failed.Error = &core.ProviderError{Code: "131050", Class: core.ClassOptedOut}
	d.hear(failed)
	es, _ := d.mem.Consents()
	if e := es[len(es)-1]; e.Kind != consent.ProviderStop || e.Place != "131050" || e.Source != consent.ByProvider {
		t.Errorf("%+v", e)
	}
	other := wish("stop", 5*time.Hour)
	other.Category = "news"
	d.hear(other)
	if after, _ := d.mem.Consents(); len(after) != len(es) {
		t.Errorf("another category counts: %+v", after)
	}
}
