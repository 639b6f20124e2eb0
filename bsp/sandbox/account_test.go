package sandbox

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bottega/core"
)

func TestNumber(t *testing.T) {
	b := start(t, nil)
	all := "id,display_phone_number,verified_name,quality_rating,status,name_status,code_verification_status,throughput,platform_type,account_mode,whatsapp_business_manager_messaging_limit,health_status"
	status, v := b.call("GET", "/v23.0/"+phoneID+"?fields="+all, "")
	if status != 200 || len(v) != 12 || v["verified_name"] != "Bottega Tre Gatti" || v["quality_rating"] != "GREEN" || v["whatsapp_business_manager_messaging_limit"] != "TIER_2K" {
		t.Fatal(status, v)
	}
	if _, v := b.call("GET", "/v23.0/"+phoneID+"?fields=messaging_limit_tier", ""); code(v) != 100 {
		t.Errorf("a field that is gone: %v", v)
	}
	if _, v := b.call("POST", "/sandbox/number", `{"quality":"RED","can_send":"LIMITED","notes":["Your display name has not been approved yet."]}`); v["quality"] != "RED" || v["limit"] != "TIER_2K" {
		t.Errorf("what is not named stays: %v", v)
	}
	_, v = b.call("GET", "/v23.0/"+phoneID+"?fields=quality_rating,health_status", "")
	h := v["health_status"].(map[string]any)
	phone := h["entities"].([]any)[0].(map[string]any)
	if v["quality_rating"] != "RED" || h["can_send_message"] != "LIMITED" || phone["additional_info"].([]any)[0] != "Your display name has not been approved yet." {
		t.Errorf("health %v", v)
	}
	if status, _ := b.call("POST", "/sandbox/number", `{"colour":"red"}`); status != 400 {
		t.Error("an unknown key")
	}
	_, v = b.call("GET", "/v23.0/"+waba+"/phone_numbers", "")
	if list := v["data"].([]any); len(list) != 1 || list[0].(map[string]any)["id"] != phoneID {
		t.Errorf("numbers %v", v)
	}
	_, v = b.call("GET", "/v23.0/"+waba+"?fields=id,name,health_status", "")
	if v["name"] != "Bottega Tre Gatti" || v["health_status"] == nil {
		t.Errorf("account %v", v)
	}
	_, v = b.call("GET", "/v23.0/"+phoneID+"/whatsapp_business_profile", "")
	if v["data"].([]any)[0].(map[string]any)["address"] == "" {
		t.Errorf("profile %v", v)
	}
}

func TestThroughputCanBeSet(t *testing.T) {
	b := start(t, func(o *Options) { o.Limits = Unlimited() })
	b.call("POST", "/sandbox/number", `{"per_second":1}`)
	b.text("+393200000001", "x")
	if _, v := b.send(`{"to":"+393200000002","type":"text","text":{"body":"x"}}`); code(v) != 130429 {
		t.Error(v)
	}
}

func TestLedgerEndpoint(t *testing.T) {
	b := start(t, func(o *Options) { o.Limits = Unlimited() })
	for _, s := range []string{"a", "b", "a", "c"} {
		b.text("+3932000000"+map[string]string{"a": "01", "b": "02", "c": "03"}[s], s)
	}
	for query, want := range map[string][]float64{"": {1, 2, 3, 4}, "ref=ref-a": {1, 3}, "ref=none": {}, "to=%2B393200000002": {2}, "type=image": {}, "after=2": {3, 4}, "after=1&limit=2": {2, 3}, "ref=ref-a&limit=1": {1}} {
		status, v := b.call("GET", "/sandbox/ledger?"+query, "")
		var got []float64
		for _, e := range v["entries"].([]any) {
			got = append(got, e.(map[string]any)["seq"].(float64))
		}
		if status != 200 || v["total"].(float64) != 4 || !slices.Equal(got, want) && len(want) > 0 {
			t.Errorf("%q: %v, want %v", query, got, want)
		}
	}
	e := b.Ledger()
	if e[0].Hash != e[2].Hash || e[0].Hash == e[1].Hash || e[0].ID == e[2].ID {
		t.Error("the hash tells the same content from another")
	}
	if status, _ := b.call("GET", "/sandbox/ledger?limit=x", ""); status != 400 {
		t.Error("a limit that is no number")
	}
}

func TestInboundEndpoint(t *testing.T) {
	b := start(t, nil)
	for body, want := range map[string]int{
		`{"from":"+393205550102","text":"ciao"}`:                                                             200,
		`{"user_id":"US.1","name":"A","username":"@a","type":"image","text":"look","media":"photo-cake"}`:    200,
		`{"from":"+393205550102","type":"audio"}`:                                                            200,
		`{"from":"+393205550102","type":"location","place":{"lat":1,"lon":2,"name":"x"}}`:                    200,
		`{"from":"+393205550102","type":"interactive","reply_to":"wamid.x","choice":{"id":"a","title":"b"}}`: 200,
		`{"from":"+393205550103","type":"contacts","text":"A B","new":"+393205550998"}`:                      200,
		`{"from":"+393205550103","type":"order"}`:                                                            200,
		`{"from":"+393205550103","type":"unsupported"}`:                                                      200,
		`{"text":"from nobody"}`:                                  400,
		`{"from":"0039320","text":"x"}`:                           400,
		`{"from":"+393205550103","type":"telepathy"}`:             400,
		`{"from":"+393205550103","type":"location"}`:              400,
		`{"from":"+393205550103","type":"button"}`:                400,
		`{"from":"+393205550103","type":"edit","text":"x"}`:       400,
		`{"from":"+393205550103","type":"image","media":"voice"}`: 400,
		`{"from":"+393205550103","telepathy":true}`:               400,
	} {
		if status, v := b.call("POST", "/sandbox/inbound", body); status != want {
			t.Errorf("%s: %d %v", body, status, v)
		}
	}
	if status, v := b.call("POST", "/sandbox/inbound", `{"from":"+393205550102","type":"system","new":"+393205550999"}`); status != 200 {
		t.Error(status, v)
	}
	if got := len(b.notes()); got != 9 {
		t.Errorf("%d callbacks, want 9", got)
	}
	if b.crowd.find("+393205550999") == nil || b.crowd.find("+393205550102") != nil {
		t.Error("the new number is theirs, the old one is not")
	}
	if _, err := b.Write(Inbound{}); core.CodeOf(err) != core.InvalidInput {
		t.Errorf("Write: %v", err)
	}
}

func TestReset(t *testing.T) {
	b := start(t, func(o *Options) { o.Life = true })
	b.writes(Inbound{From: known1, Text: "ciao"})
	b.text(string(known1), "x")
	b.call("POST", "/sandbox/number", `{"quality":"RED"}`)
	b.call("POST", "/sandbox/faults", `{"rules":[{"on":"media","kind":"down"}]}`)
	b.call("DELETE", templatesPath+"?name=order_ready", "")
	if status, v := b.call("POST", "/sandbox/reset", ""); status != 200 {
		t.Fatal(status, v)
	}
	_, v := b.call("GET", "/sandbox/state", "")
	if v["accepted"] != 0.0 || v["queued"] != 0.0 || v["planned"] != 3.0 || v["number"].(map[string]any)["quality"] != "GREEN" {
		t.Errorf("state %v", v)
	}
	if b.library.named("order_ready", "it") == "" || len(b.faults.get().Rules) != 0 {
		t.Error("templates and faults are as in the beginning")
	}
	if _, codes := b.fate(string(known1)); !slices.Equal(codes, []int{131047}) {
		t.Error("the windows are forgotten")
	}
}

// TestLedgerSurvives: a simulator that is killed and started again knows what
// it took, goes on with what was on its way, and keeps the windows.
func TestLedgerSurvives(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	open := func(change func(*Options)) *bench {
		b := start(t, change)
		if err := b.OpenLedger(path); err != nil {
			t.Fatal(err)
		}
		return b
	}
	one := open(nil)
	one.writes(Inbound{From: known1, Text: "ciao"})
	first := one.text(string(known1), "told")
	one.drain(5 * time.Minute)
	if n := one.Untold(); n != 1 {
		t.Errorf("untold before the callbacks: %d", n)
	}
	for _, n := range slices.Backward(one.notes()) { // the last comes first
		if n.told != nil {
			n.told()
		}
	}
	if n := one.Untold(); n != 0 {
		t.Errorf("untold after the callbacks: %d", n)
	}
	second := one.text(string(known1), "on its way") // killed here: no Close
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = f.WriteString(`{"entry":{"id":"cut off`); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}

	two := open(nil)
	two.clock.add(time.Minute)
	e := two.Ledger()
	if len(e) != 2 || e[0].ID != first || e[1].ID != second || e[1].State != core.Accepted || e[1].Ref != "ref-on its way" {
		t.Fatalf("ledger %+v", e)
	}
	two.drain(5 * time.Minute)
	ns := two.notes()
	if states, _ := statuses(ns, second); !slices.Equal(states, []string{"sent", "delivered"}) {
		t.Errorf("goes on with %v", states)
	}
	if states, _ := statuses(ns, first); len(states) > 0 {
		t.Errorf("tells again what was told: %v", states)
	}
	if _, codes := two.fate(string(known1)); len(codes) > 0 {
		t.Errorf("the window is open still: %v", codes)
	}
	if id := two.text(string(known1), "third"); id == first || id == second {
		t.Error("an id twice")
	}
	if err := two.Close(); err != nil {
		t.Fatal(err)
	}
	if err := two.Close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}
}

// TestUntoldStatusesAreToldAgain: the callback may have been lost in the kill.
func TestUntoldStatusesAreToldAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	one := start(t, func(o *Options) { o.Limits = Unlimited() })
	if err := one.OpenLedger(path); err != nil {
		t.Fatal(err)
	}
	id := one.text("+393200131026", "x")
	one.drain(5 * time.Minute) // nothing is told
	two := start(t, func(o *Options) { o.Limits = Unlimited() })
	if err := two.OpenLedger(path); err != nil {
		t.Fatal(err)
	}
	if states, codes := statuses(two.notes(), id); !slices.Equal(states, []string{"failed"}) || codes[0] != 131026 {
		t.Errorf("told %v %v", states, codes)
	}
	if status, v := two.call("POST", "/sandbox/reset", ""); status != 200 {
		t.Fatal(status, v)
	}
	if info, err := os.Stat(path); err != nil || info.Size() != 0 {
		t.Errorf("after a reset the file is empty: %v %v", info.Size(), err)
	}
}

func TestOpenLedgerRefusals(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad")
	if err := os.WriteFile(bad, []byte("no JSON\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := start(t, nil)
	if err := b.OpenLedger(bad); core.CodeOf(err) != core.Damaged {
		t.Errorf("damaged: %v", err)
	}
	if err := b.OpenLedger(filepath.Join(dir, "no", "folder")); err == nil || strings.Contains(err.Error(), "damaged") {
		t.Errorf("no folder: %v", err)
	}
}

// TestCertainStates: receipts in the ledger never go back.
func TestCertainStates(t *testing.T) {
	l := newLedger(nil)
	seq := l.add(Entry{ID: "a", State: core.Accepted})
	for _, s := range []core.State{core.Sent, core.Read, core.Delivered, core.Failed, core.Sent} {
		l.happened(seq, s, 131026)
	}
	if e, _ := l.entry(seq); e.State != core.Read || e.Error != 0 {
		t.Errorf("%+v", e)
	}
	l.happened(99, core.Sent, 0)
	if _, ok := l.entry(99); ok {
		t.Error("an entry that is not there")
	}
}
