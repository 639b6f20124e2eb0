package sandbox

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
)

const templatesPath = "/v23.0/" + waba + "/message_templates"

func TestTemplateValues(t *testing.T) {
	b := start(t, func(o *Options) { o.Limits = Unlimited() })
	call := func(name, lang, components string) string {
		return `{"to":"+393205550102","type":"template","template":{"name":"` + name + `","language":{"code":"` + lang + `"},"components":[` + components + `]}}`
	}
	text := func(s string) string { return fmt.Sprintf(`{"type":"text","text":%q}`, s) }
	body := func(values ...string) string {
		var ps []string
		for _, v := range values {
			ps = append(ps, text(v))
		}
		return `{"type":"body","parameters":[` + strings.Join(ps, ",") + `]}`
	}
	named := func(name, v string) string {
		return `{"type":"text","parameter_name":"` + name + `","text":"` + v + `"}`
	}
	for name, c := range map[string]struct {
		body string
		code int
	}{
		"as it should be":       {call("order_ready", "it", body("a", "b", "c")), 0},
		"one value short":       {call("order_ready", "it", body("a", "b")), 132000},
		"no values":             {call("order_ready", "it", ``), 132000},
		"no such template":      {call("order_reddy", "it", body("a", "b", "c")), 132001},
		"no such language":      {call("order_ready", "fr", body("a", "b", "c")), 132001},
		"hyphen in language":    {call("order_ready", "pt-BR", body("a", "b", "c")), 132001},
		"rejected":              {call("last_chance", "it", ``), 132001},
		"paused":                {call("grill_weekend", "it", body("a")), 132015},
		"too long when filled":  {call("order_ready", "it", body(strings.Repeat("x", 1024), "b", "c")), 132005},
		"line break in a value": {call("order_ready", "it", body("a\nb", "b", "c")), 132018},
		"five spaces":           {call("order_ready", "it", body("a     b", "b", "c")), 132018},
		"empty value":           {call("order_ready", "it", body("", "b", "c")), 131008},
		"an image as a value":   {call("order_ready", "it", `{"type":"body","parameters":[{"type":"image"},`+text("b")+`,`+text("c")+`]}`), 132012},
		"no such button":        {call("order_ready", "it", body("a", "b", "c")+`,{"type":"button","sub_type":"quick_reply","index":"7","parameters":[{"type":"payload","payload":"x"}]}`), 132012},
		"payload of a button":   {call("order_ready", "it", body("a", "b", "c")+`,{"type":"button","sub_type":"quick_reply","index":1,"parameters":[{"type":"payload","payload":"x"}]}`), 0},
		"named":                 {call("delivery_tomorrow", "it", `{"type":"body","parameters":[`+named("ora", "9")+`,`+named("ordine", "1")+`,`+named("luogo", "x")+`]}`), 0},
		"wrong name":            {call("delivery_tomorrow", "it", `{"type":"body","parameters":[`+named("ore", "9")+`,`+named("ordine", "1")+`,`+named("luogo", "x")+`]}`), 100},
		"a name twice":          {call("delivery_tomorrow", "it", `{"type":"body","parameters":[`+named("ora", "9")+`,`+named("ora", "1")+`,`+named("luogo", "x")+`]}`), 132000},
		"code without value":    {call("pickup_code", "en", body("123456")), 131008},
		"code":                  {call("pickup_code", "en", body("123456")+`,{"type":"button","sub_type":"url","index":"0","parameters":[{"type":"text","text":"123456"}]}`), 0},
		"unknown component":     {call("order_ready", "it", `{"type":"footer"}`), 100},
	} {
		status, v := b.send(c.body)
		if got := code(v); got != c.code || (status == 200) != (c.code == 0) {
			t.Errorf("%s: %d %v, want code %d", name, status, v, c.code)
		}
	}
}

func TestCodeTemplatesNeedANumber(t *testing.T) {
	b := start(t, func(o *Options) { o.Limits = Unlimited() })
	if _, v := b.send(`{"recipient":"US.123","type":"template","template":{"name":"pickup_code","language":{"code":"en"},"components":[{"type":"body","parameters":[{"type":"text","text":"1"}]},{"type":"button","sub_type":"url","index":0,"parameters":[{"type":"text","text":"1"}]}]}}`); code(v) != 131062 {
		t.Error(v)
	}
}

func TestMarketingEndpoint(t *testing.T) {
	b := start(t, func(o *Options) { o.Limits = Unlimited() })
	post := func(body string) int {
		_, v := b.call("POST", "/v23.0/"+phoneID+"/marketing_messages", `{"messaging_product":"whatsapp",`+body[1:])
		return code(v)
	}
	if got := post(`{"to":"+393205550102","type":"text","text":{"body":"x"}}`); got != 134100 {
		t.Errorf("text: %d", got)
	}
	if got := post(orderReady("it", "a", "b", "c")); got != 134100 {
		t.Errorf("utility: %d", got)
	}
	if got := post(`{"to":"+393205550102","type":"template","template":{"name":"oven_news","language":{"code":"it"},"components":[{"type":"body","parameters":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]},"product_policy":"STRICT"}`); got != 0 {
		t.Errorf("marketing: %d", got)
	}
}

func TestHeldForQualityAssessment(t *testing.T) {
	b := start(t, func(o *Options) { o.Limits = Unlimited(); o.Limits.HoldAfter = 1 })
	news := `{"to":"+393205550102","type":"template","template":{"name":"oven_news","language":{"code":"en"},"components":[{"type":"body","parameters":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]}}`
	b.send(news)
	_, v := b.send(news)
	m := v["messages"].([]any)[0].(map[string]any)
	if m["message_status"] != "held_for_quality_assessment" {
		t.Fatal(m)
	}
	id := m["id"].(string)
	b.drain(holdFor - time.Second)
	if states, _ := statuses(b.notes(), id); len(states) > 0 {
		t.Errorf("held, and yet %v", states)
	}
	b.drain(5 * time.Minute)
	if states, _ := statuses(b.notes(), id); len(states) == 0 || states[0] != "sent" {
		t.Errorf("released, and yet %v", states)
	}
}

func TestTemplatePages(t *testing.T) {
	b := start(t, nil)
	var names []string
	path, pages := templatesPath+"?fields=name,status,rejected_reason,quality_score&limit=5", 0
	for path != "" {
		status, v := b.call("GET", path, "")
		if status != 200 || pages > 10 {
			t.Fatal(status, v)
		}
		pages++
		for _, d := range v["data"].([]any) {
			d := d.(map[string]any)
			names = append(names, d["name"].(string))
			if d["rejected_reason"] == nil || d["quality_score"] == nil || d["components"] != nil || d["id"] == nil {
				t.Errorf("fields of %v", d)
			}
		}
		next, _ := v["paging"].(map[string]any)["next"].(string)
		u, err := url.Parse(next)
		if err != nil {
			t.Fatal(err)
		}
		if path = ""; next != "" {
			path = u.Path + "?" + u.RawQuery
		}
	}
	if want := len(b.o.World.Templates); len(names) != want || pages != (want+4)/5 {
		t.Errorf("%d templates on %d pages", len(names), pages)
	}
	for query, want := range map[string]int{"status=paused": 1, "name=last_chance": 1, "category=AUTHENTICATION": 1, "language=zh_CN": 1, "quality_score=RED": 1, "status=PENDING": 0} {
		_, v := b.call("GET", templatesPath+"?"+query, "")
		if got := len(v["data"].([]any)); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
	if _, v := b.call("GET", templatesPath, ""); v["data"].([]any)[0].(map[string]any)["quality_score"] != nil {
		t.Error("without fields the quality is left out (bsp/meta.md 4.2)")
	}
	for _, bad := range []string{"limit=0", "limit=x", "after=%21%21", "after=dHg"} {
		if status, v := b.call("GET", templatesPath+"?"+bad, ""); status != 400 || code(v) != 100 {
			t.Errorf("%s: %d %v", bad, status, v)
		}
	}
}

func template(name, category, body, example string) string {
	c := fmt.Sprintf(`{"type":"BODY","text":%q`, body)
	if example != "" {
		c += `,"example":{"body_text":[` + example + `]}`
	}
	return `{"name":"` + name + `","language":"it","category":"` + category + `","components":[` + c + `}]}`
}

func TestCreateTemplate(t *testing.T) {
	b := start(t, nil)
	for name, c := range map[string]struct {
		body          string
		code, subcode int
	}{
		"name":                {template("Ready!", "UTILITY", "Il suo pane è pronto.", ""), 100, 0},
		"category":            {template("x", "NEWS", "Il suo pane è pronto.", ""), 100, 0},
		"dead key":            {`{"allow_category_change":true,` + template("x", "UTILITY", "Il suo pane è pronto.", "")[1:], 100, 0},
		"no body":             {`{"name":"x","language":"it","category":"UTILITY","components":[]}`, 131008, 0},
		"long body":           {template("x", "UTILITY", strings.Repeat("x", 1025), ""), 100, 2388040},
		"variable at start":   {template("x", "UTILITY", "{{1}} il suo pane è pronto al banco.", `["a"]`), 100, 2388299},
		"variable at end":     {template("x", "UTILITY", "Il suo pane è pronto, {{1}}.", `["a"]`), 100, 2388299},
		"neighbours":          {template("x", "UTILITY", "Il suo {{1}} {{2}} è pronto al banco.", `["a","b"]`), 100, 2388072},
		"gap in the numbers":  {template("x", "UTILITY", "Il suo {{1}} e il {{3}} sono pronti al banco da oggi.", `["a","b"]`), 100, 2388072},
		"too many for a text": {template("x", "UTILITY", "Il {{1}} e {{2}} e {{3}} qui", `["a","b","c"]`), 100, 2388293},
		"no sample":           {template("x", "UTILITY", "Il suo {{1}} è pronto al banco.", ""), 100, 2388273},
		"forbidden sign":      {template("x", "UTILITY", "Il suo {{#1}} è pronto al banco.", `["a"]`), 100, 2388072},
		"same name":           {template("order_ready", "UTILITY", "Il suo pane è pronto.", ""), 100, 2388024},
	} {
		status, v := b.call("POST", templatesPath, c.body)
		e, _ := v["error"].(map[string]any)
		sub, _ := e["error_subcode"].(float64)
		if status != 400 || code(v) != c.code || int(sub) != c.subcode || c.subcode > 0 && e["error_user_msg"] == nil {
			t.Errorf("%s: %d %v", name, status, v)
		}
	}
}

// review creates a template, lets the review happen and returns its status, reason and category.
func (b *bench) reviewed(body string) (status, reason, category string) {
	b.t.Helper()
	code, v := b.call("POST", templatesPath, body)
	if code != 200 || v["status"] != "PENDING" {
		b.t.Fatal(code, v)
	}
	id := v["id"].(string)
	b.drain(2 * time.Minute)
	_, v = b.call("GET", "/v23.0/"+id+"?fields=status,rejected_reason,category", "")
	return v["status"].(string), v["rejected_reason"].(string), v["category"].(string)
}

func TestReview(t *testing.T) {
	b := start(t, nil)
	if s, r, c := b.reviewed(template("new_one", "UTILITY", "Il suo {{1}} è pronto al banco.", `["pane"]`)); s != "APPROVED" || r != "NONE" || c != "UTILITY" {
		t.Errorf("harmless: %s %s %s", s, r, c)
	}
	ns := b.notes()
	if len(ns) != 1 || ns[0].at.IsZero() {
		t.Fatalf("events %+v", ns)
	}
	var v map[string]any
	if err := json.Unmarshal(jsonOf(t, ns[0].change.Value), &v); err != nil {
		t.Fatal(err)
	}
	if _, number := v["message_template_id"].(float64); !number || v["event"] != "APPROVED" || v["message_template_language"] != "it" {
		t.Errorf("event %v", v)
	}
	if s, _, c := b.reviewed(template("promo", "UTILITY", "Solo oggi sconto su tutto il forno.", "")); s != "APPROVED" || c != "MARKETING" {
		t.Errorf("a promotion as utility: %s %s", s, c)
	}
	if s, r, _ := b.reviewed(template("won", "MARKETING", "Hai vinto un forno, vieni subito a prenderlo.", "")); s != "REJECTED" || r != "SCAM" {
		t.Errorf("a scam: %s %s", s, r)
	}
	if s, r, _ := b.reviewed(template("link", "MARKETING", "Guarda qui bit.ly/abc che cosa è arrivato.", "")); s != "REJECTED" || r != "INVALID_FORMAT" {
		t.Errorf("a shortened link: %s %s", s, r)
	}
	if _, v := b.call("POST", templatesPath, template("copy", "UTILITY", "Il suo {{1}} è pronto al banco.", `["pane"]`)); code(v) != 100 {
		t.Errorf("a second template with the same text: %v", v)
	}
}

func TestEditTemplate(t *testing.T) {
	b := start(t, nil)
	id := b.library.named("thank_you_gift", "it")
	edit := func(body string) int { _, v := b.call("POST", "/v23.0/"+id, body); return code(v) }
	next := `{"components":[{"type":"BODY","text":"Grazie di tutto, alla prossima visita."}]}`
	if got := edit(`{"category":"MARKETING"}`); got != 100 {
		t.Errorf("the category of an approved one: %d", got)
	}
	if got := edit(next); got != 0 {
		t.Fatalf("edit: %d", got)
	}
	if got := edit(next); got != 100 {
		t.Errorf("while pending: %d", got)
	}
	b.drain(2 * time.Minute)
	if got := edit(`{"components":[{"type":"BODY","text":"Un altro testo."}]}`); got != 100 {
		t.Errorf("twice a day: %d", got)
	}
	b.clock.add(25 * time.Hour)
	if got := edit(`{"components":[{"type":"BODY","text":"Un altro testo ancora."}]}`); got != 0 {
		t.Errorf("a day later: %d", got)
	}
}

func TestDeleteTemplates(t *testing.T) {
	b := start(t, nil)
	del := func(q string) int { _, v := b.call("DELETE", templatesPath+"?"+q, ""); return code(v) }
	one := b.library.named("oven_news", "en")
	if got := del("name=oven_news&hsm_id=" + one); got != 0 || b.library.named("oven_news", "it") == "" || b.library.named("oven_news", "en") != "" {
		t.Errorf("one language: %d", got)
	}
	if got := del("name=order_ready"); got != 0 || b.library.named("order_ready", "ru") != "" {
		t.Errorf("all languages: %d", got)
	}
	if got := del(`hsm_ids=["` + b.library.named("last_chance", "it") + `"]`); got != 0 {
		t.Errorf("by ids: %d", got)
	}
	for _, q := range []string{"name=order_ready", "", "hsm_ids=x"} {
		if got := del(q); got == 0 {
			t.Errorf("%q deleted something", q)
		}
	}
	if _, v := b.call("POST", templatesPath, template("order_ready", "UTILITY", "Il suo pane è pronto.", "")); code(v) != 100 {
		t.Errorf("a burnt name: %v", v)
	}
	b.clock.add(31 * 24 * time.Hour)
	if _, v := b.call("POST", templatesPath, template("order_ready", "UTILITY", "Il suo pane è pronto.", "")); code(v) != 0 {
		t.Errorf("after 30 days: %v", v)
	}
}

func TestPauseAndUnpause(t *testing.T) {
	b := start(t, nil)
	if status, v := b.call("POST", "/sandbox/template", `{"name":"order_ready","language":"it","status":"DISABLED","title":"DISABLED"}`); status != 200 {
		t.Fatal(status, v)
	}
	if _, v := b.send(orderReady("it", "a", "b", "c")); code(v) != 132016 {
		t.Error(v)
	}
	id := b.library.named("grill_weekend", "it")
	if status, _ := b.call("POST", "/v23.0/"+id+"/unpause", ""); status != 200 {
		t.Error(status)
	}
	if status, _ := b.call("POST", "/v23.0/"+id+"/unpause", ""); status != 400 {
		t.Error("unpaused twice")
	}
	if len(b.notes()) != 2 {
		t.Error("both changes are told")
	}
	for _, bad := range []string{`{"id":"1","status":"PAUSED"}`, `{"name":"x","language":"it"}`} {
		if status, _ := b.call("POST", "/sandbox/template", bad); status != 400 {
			t.Errorf("%s: %d", bad, status)
		}
	}
}
