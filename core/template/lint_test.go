package template

import (
	"cmp"
	"encoding/json"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"bottega/assets"
	"bottega/core"
)

// good breaks no rule at all; tests spoil a copy of it.
func good() Template {
	return Template{Name: "order_ready", Language: "en", Category: Utility, Body: "Hello {{1}}, your order {{2}} is ready and waits for you at the counter of our shop.",
		Footer: "Corner Shop", Samples: []string{"Anna", "A-1042"}, Sampled: true, Typed: Fields{true, true, true}}
}

func found(fs []Finding) map[Rule]Finding {
	out := map[Rule]Finding{}
	for _, f := range fs {
		if _, ok := out[f.Rule]; !ok {
			out[f.Rule] = f
		}
	}
	return out
}

var lintDay = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// spoiled has one way to break each rule, where it must be seen, and what the
// place reads after the fix ("" when there is none).
var spoiled = []struct {
	rule  Rule
	spoil func(*Template)
	at    string
	text  string
	fixed string
}{
	{nameCharset, func(t *Template) { t.Name = "Promozione è qui 2" }, "name", "P", "promozione_e_qui_2"},
	{nameCharset, func(t *Template) { t.Name = "" }, "name", "", ""},
	{nameLength, func(t *Template) { t.Name = strings.Repeat("a", 513) }, "name", "a", ""},
	{nameLock, func(t *Template) { t.Name = "gone" }, "name", "gone", "gone_v2"},
	{nameLock, func(t *Template) { t.Name = "gone_v9" }, "name", "gone_v9", "gone_v10"},
	{categoryInvalid, func(t *Template) { t.Category = "TRANSACTIONAL" }, "category", "TRANSACTIONAL", "UTILITY"},
	{categoryInvalid, func(t *Template) { t.Category = "utility" }, "category", "utility", "UTILITY"},
	{langCode, func(t *Template) { t.Language = "en-us" }, "language", "en-us", "en_US"},
	{langCode, func(t *Template) { t.Language = "zh-CN" }, "language", "zh-CN", "zh_CN"},
	{langCode, func(t *Template) { t.Language = "pt" }, "language", "pt", "pt_BR"},
	{langCode, func(t *Template) { t.Language = "" }, "language", "", ""},
	{langMismatch, func(t *Template) { t.Language = "ru" }, "body", "", ""},
	{langMismatch, func(t *Template) { t.Language = "sv" }, "body", "", ""},
	{bodyMissing, func(t *Template) { t.Body, t.Samples = " \n", nil }, "body", "", ""},
	{bodyLength, func(t *Template) { t.Body += strings.Repeat("ab ", 400) }, "body", "", ""},
	{bodyHydrated, func(t *Template) {
		t.Body += strings.Repeat(" words and more", 60)
		t.Samples[1] = strings.Repeat("x", 90)
	}, "body", "", ""},
	{bodyWhitespace, func(t *Template) { t.Body = strings.Replace(t.Body, "is ready", "is\tready", 1) }, "body", "\t", "is ready"},
	{bodyWhitespace, func(t *Template) { t.Body = strings.Replace(t.Body, " is ready", ".\n\n \nIt is ready", 1) }, "body", "\n\n \n", ".\n\nIt is"},
	{headerLength, func(t *Template) { t.Header.Text = strings.Repeat("Ready ", 11) }, "header", "Ready ", ""},
	{headerVariables, func(t *Template) { t.Header = Header{Text: "Order {{1}} of {{2}}", Samples: []string{"1", "Ann"}} }, "header", "{{2}}", ""},
	{headerFormat, func(t *Template) { t.Header.Text = "*Good news* 🎉" }, "header", "*Good news* 🎉", "Good news"},
	{headerFormat, func(t *Template) { t.Header.Text = "_Good_ news\nfor you" }, "header", "_Good_ news\n", "Good news for you"},
	{footerLength, func(t *Template) { t.Footer = strings.Repeat("Corner ", 9) }, "footer", "er ", ""},
	{footerVariables, func(t *Template) { t.Footer = "Shop {{1}}" }, "footer", "{{1}}", ""},
	{footerFormat, func(t *Template) { t.Footer = "*Corner Shop*" }, "footer", "*Corner Shop*", "Corner Shop"},
	{footerEmoji, func(t *Template) { t.Footer = "Corner Shop 🧶" }, "footer", "🧶", "Corner Shop"},
	{emojiLimit, func(t *Template) { t.Body += strings.Repeat(" 🎉", 11) }, "body", "🎉", ""},
	{buttonCount, func(t *Template) { t.Buttons = make([]Button, 11) }, "button 11", "", ""},
	{buttonCount, func(t *Template) { t.Buttons = []Button{phone("+391"), phone("+392")} }, "button 2", "", ""},
	{labelLength, func(t *Template) { t.Buttons = []Button{{Type: QuickReply, Text: "Yes, I will come tomorrow morning"}} }, "button 1", " morning", ""},
	{labelFormat, func(t *Template) { t.Buttons = []Button{{Type: QuickReply, Text: "Fine 👍"}} }, "button 1", "👍", "Fine"},
	{labelFormat, func(t *Template) { t.Buttons = []Button{{Type: QuickReply, Text: "Order {{1}}"}} }, "button 1", "{{1}}", ""},
	{labelTwice, func(t *Template) {
		t.Buttons = []Button{{Type: QuickReply, Text: "Today"}, {Type: QuickReply, Text: " today"}}
	}, "button 2", " today", ""},
	{urlLength, func(t *Template) { t.Buttons = []Button{web("https://x.example/" + strings.Repeat("a", 2000))} }, "button 1", strings.Repeat("a", 18), ""},
	{urlInvalid, func(t *Template) { t.Buttons = []Button{web("shop.example.com/order")} }, "button 1", "shop.example.com/order", "https://shop.example.com/order"},
	{urlInvalid, func(t *Template) { t.Buttons = []Button{web("https://localhost/x")} }, "button 1", "https://localhost/x", ""},
	{urlInvalid, func(t *Template) { t.Buttons = []Button{web("https://192.168.1.4/x")} }, "button 1", "https://192.168.1.4/x", ""},
	{urlVariable, func(t *Template) { t.Buttons = []Button{web("https://x.example/{{1}}/order")} }, "button 1", "{{1}}", ""},
	{urlWhatsApp, func(t *Template) { t.Buttons = []Button{web("https://wa.me/442079460958")} }, "button 1", "https://wa.me/442079460958", ""},
	{phoneInvalid, func(t *Template) { t.Buttons = []Button{phone("call-me")} }, "button 1", "call-me", ""},
	{copyCodeLength, func(t *Template) { t.Buttons = []Button{{Type: CopyCode, Example: "WELCOME-TO-OUR-SHOP"}} }, "button 1", "SHOP", ""},
	{varSyntax, func(t *Template) { t.Body = strings.Replace(t.Body, "{{1}}", "{1}", 1) }, "body", "{1}", "Hello {{1}}, your"},
	{varSyntax, func(t *Template) { t.Body = strings.Replace(t.Body, "{{1}}", "{{ 1 }}", 1) }, "body", "{{ 1 }}", "Hello {{1}}, your"},
	{varSyntax, func(t *Template) { t.Body = strings.Replace(t.Body, "{{1}}", "{{1}", 1) }, "body", "{{1}", "Hello {{1}}, your"},
	{varSyntax, func(t *Template) { t.Body = strings.Replace(t.Body, "{{1}}", "[[Nome Cliente]]", 1) }, "body", "[[Nome Cliente]]", "Hello {{nome_cliente}}, your"},
	{varSyntax, func(t *Template) { t.Body = strings.Replace(t.Body, "{{1}}", "%s", 1) }, "body", "%s", ""},
	{varSyntax, func(t *Template) { t.Body = strings.Replace(t.Body, "{{1}}", "%name%", 1) }, "body", "%name%", "Hello {{name}}, your"},
	{varSyntax, func(t *Template) { t.Body = strings.Replace(t.Body, "{{1}}", "${x}", 1) }, "body", "${x}", "Hello {{x}}, your"},
	{varSyntax, func(t *Template) { t.Body = strings.Replace(t.Body, "{{1}}", "｛｛1｝｝", 1) }, "body", "｛｛1｝｝", "Hello {{1}}, your"},
	{varSyntax, func(t *Template) { t.Buttons = []Button{web("https://x.example/{1}")} }, "button 1", "{1}", "https://x.example/{{1}}"},
	{varMixed, func(t *Template) { t.Body = strings.Replace(t.Body, "{{2}}", "{{order}}", 1) }, "body", "{{order}}", ""},
	{varMixed, func(t *Template) { t.Format = "named" }, "body", "{{1}}", ""},
	{varNamed, func(t *Template) { t.Body = "Hello {{Nome Cliente}}, your order waits for you." }, "body", "{{Nome Cliente}}", "Hello {{nome_cliente}}, your"},
	{varSequence, func(t *Template) { t.Body = strings.Replace(t.Body, "{{2}}", "{{3}}", 1) }, "body", "{{3}}", "your order {{2}} is"},
	{varSequence, func(t *Template) { t.Buttons = []Button{web("https://x.example/{{2}}")} }, "button 1", "{{2}}", "https://x.example/{{1}}"},
	{varOrder, func(t *Template) { t.Body = "On {{2}}, dear {{1}}, we bring your order to the door at noon." }, "body", "{{1}}", "On {{1}}, dear {{2}}, we"},
	{varDuplicate, func(t *Template) { t.Body = strings.Replace(t.Body, "{{2}}", "{{1}}", 1) }, "body", "{{1}}", ""},
	{varAtStart, func(t *Template) { t.Body = " {{1}}, your order {{2}} is ready and waits at the counter." }, "body", "{{1}}", "Hello {{1}}, your order"},
	{varAtEnd, func(t *Template) { t.Body = "Hello {{1}}, your order is ready. The number of it is {{2}}" }, "body", "{{2}}", "is {{2}}. Thank you."},
	{varEdge, func(t *Template) { t.Body = "Hello {{1}}, your order is ready. The number of it is {{2}}!" }, "body", "{{2}}!", "is {{2}}! Thank you."},
	{varEdge, func(t *Template) { t.Body = "👋 *{{1}}*, your order {{2}} is ready and waits at the counter." }, "body", "👋 *{{1}}", ""},
	{varAdjacent, func(t *Template) { t.Body = "Hello {{1}} *{{2}}*, your order is ready and waits for you." }, "body", "{{1}} *{{2}}", ""},
	{varRatio, func(t *Template) { t.Body = "Hi {{1}}, order {{2}} waits." }, "body", "", ""},
	{varRatioLow, func(t *Template) { t.Body = "Hi {{1}}, order {{2}} waits here now." }, "body", "", ""},
	{sampleMissing, func(t *Template) { t.Samples = nil }, "body", "{{1}}", ""},
	{sampleMissing, func(t *Template) { t.Samples[1] = " " }, "sample 2", "", ""},
	{sampleMissing, func(t *Template) { t.Buttons = []Button{web("https://x.example/{{1}}")} }, "button 1", "{{1}}", ""},
	{sampleCount, func(t *Template) { t.Samples = t.Samples[:1] }, "body", "", ""},
	{sampleFormat, func(t *Template) { t.Samples[1] = "a\nb" }, "sample 2", "a\nb", ""},
	{sampleFormat, func(t *Template) { t.Samples[1] = "a     b" }, "sample 2", "a     b", ""},
	{sampleFormat, func(t *Template) { t.Samples[1] = "<<1>>" }, "sample 2", "<<1>>", ""},
	{sampleFormat, func(t *Template) { t.Samples[1] = "a\x1b[31mb" }, "sample 2", "a\x1b[31mb", ""},
	{samplePlaceholder, func(t *Template) { t.Samples[0] = "Esempio" }, "sample 1", "Esempio", ""},
	{samplePromo, func(t *Template) { t.Samples[1] = "30% off everything" }, "sample 2", "30% off", ""},
	{price, func(t *Template) { t.Body += " It costs €19,99 now." }, "body", "€19,99", "It costs {{3}} now."},
	{priceVar, func(t *Template) { t.Body += " It costs ${{3}} now." }, "body", "${{3}}", ""},
	{discount, func(t *Template) { t.Body += " All coats are 50% off now." }, "body", "50% off", ""},
	{discountWord, func(t *Template) { t.Body += " Your coupon waits at the counter." }, "body", "coupon", ""},
	{shortener, func(t *Template) { t.Body += " See https://bit.ly/3x for it." }, "body", "https://bit.ly/3x", ""},
	{shortener, func(t *Template) { t.Samples[1] = "bit.ly/3x" }, "sample 2", "bit.ly/3x", ""},
	{shortener, func(t *Template) { t.Buttons = []Button{web("https://tinyurl.com/a")} }, "button 1", "https://tinyurl.com/a", ""},
	{brandedShort, func(t *Template) { t.Body += " See maps.app.goo.gl/3x for it." }, "body", "maps.app.goo.gl/3x", ""},
	{whatsAppLink, func(t *Template) { t.Body += " See https://wa.me/3x for it." }, "body", "https://wa.me/3x", ""},
	{plainHTTP, func(t *Template) { t.Body += " See http://shop.example.com for it." }, "body", "http://shop.example.com", "https://shop.example.com"},
	{suspicious, func(t *Template) { t.Body += " See http://203.0.113.7/p for it." }, "body", "http://203.0.113.7/p", ""},
	{shareInducing, func(t *Template) { t.Body += " Share this message with all your friends." }, "body", "Share this message with all your friends", ""},
	{urgency, func(t *Template) { t.Body += " Hurry up." }, "body", "Hurry", ""},
	{optoutMissing, func(t *Template) { t.Category, t.Footer = Marketing, "" }, "footer", "", "Reply STOP to opt out"},
	{ctaMissing, func(t *Template) {
		t.Category = Marketing
		t.Body = "Hello {{1}}, the catalogue {{2}} is out and looks well."
	}, "body", "", ""},
	{nameMissing, func(t *Template) {
		t.Body = "The new catalogue of our little shop is out, {{1}}, with {{2}} as its title."
	}, "body", "", ""},
	{mediaHint, func(t *Template) { t.Header.Format = "document" }, "header", "", ""},
	{mismatch, func(t *Template) { t.Body += " Shop now for the new collection." }, "body", "Shop now", ""},
	{authContent, func(t *Template) { t.Category = Authentication }, "body", "", "{{1}} is your verification code. For your security, do not share this code."},
	{authContent, func(t *Template) { t.Category, t.Language, t.Body = Authentication, "it", "Codice {{1}} 🔐" }, "body", "🔐", ""},
	{otpMisplaced, func(t *Template) { t.Body += " Your verification code is {{3}} for now." }, "body", "verification code", ""},
	{genericWords, func(t *Template) { t.Body, t.Samples = "Well done!", nil }, "body", "", ""},
	{duplicate, func(t *Template) {
		t.Library = []Template{{Language: "en", Name: "old", Body: t.Body, Footer: t.Footer}}
	}, "body", "", ""},
	{duplicate, func(t *Template) { t.Library = []Template{{Language: "en", Name: "order_ready", Body: "Other"}} }, "name", "", ""},
	{similar, func(t *Template) {
		for _, end := range []string{"door", "table", "desk", "shelf", "window"} {
			t.Library = append(t.Library, Template{Language: "en", Name: end, Body: strings.Replace(t.Body, "counter", end, 1)})
		}
	}, "body", "", ""},
	{sensitiveID, func(t *Template) { t.Body += " Please reply with your full card number." }, "body", "reply with your full card", ""},
	{threat, func(t *Template) { t.Body += " We will take legal action." }, "body", "take legal", ""},
	{shouting, func(t *Template) { t.Body += " YOUR PARCEL IS WAITING for you." }, "body", "YOUR PARCEL IS WAITING", "Your parcel is waiting for"},
	{shouting, func(t *Template) { t.Body += " It is here!!!" }, "body", "!!!", "It is here!"},
	{goods, func(t *Template) { t.Body += " We have craft beer too." }, "body", "beer", ""},
	{invisibleChars, func(t *Template) { t.Body += " A par\u200bcel." }, "body", "\u200b", " A parcel."},
	{invisibleChars, func(t *Template) { t.Body += " A par\x00cel." }, "body", "\x00", " A parcel."},
	{invisibleChars, func(t *Template) { t.Footer = "Corner\x1b\u0085Shop" }, "footer", "\x1b\u0085", "Corner Shop"},
	{discount, func(t *Template) { t.Body += " Now 50% \x1bo\x7fff." }, "body", "", ""},
	{unbalanced, func(t *Template) { t.Body += " **Really**." }, "body", "**", " *Really*."},
	{unbalanced, func(t *Template) { t.Body += " *Really." }, "body", "*", ""},
	{buttonGrouping, func(t *Template) {
		t.Buttons = []Button{{Type: QuickReply, Text: "A"}, web("https://x.example"), {Type: QuickReply, Text: "B"}}
	}, "button 3", "", ""},
}

func phone(n string) Button { return Button{Type: "phone", Text: "Call", Phone: n} }

func web(url string) Button { return Button{Type: "URL", Text: "See", URL: url} }

func TestGoodIsGood(t *testing.T) {
	if fs := linter().Lint(good(), Context{}); len(fs) > 0 {
		t.Fatalf("%+v", fs)
	}
}

// Each rule is broken in each way, seen at its place, and gone after its fix.
func TestEachRule(t *testing.T) {
	c := Context{Now: lintDay, Deleted: []Deleted{{"gone", lintDay.AddDate(0, 0, -4)}, {"gone_v9", lintDay.AddDate(0, 0, -4)}, {"order_ready", lintDay.AddDate(0, 0, -31)}}}
	tried := map[Rule]bool{"length-hint": true} // shown as a gauge only
	for _, s := range spoiled {
		tried[s.rule] = true
		tpl := good()
		s.spoil(&tpl)
		fs := linter().Lint(tpl, c)
		checkSpans(t, tpl, fs)
		f, ok := found(fs)[s.rule]
		if !ok {
			t.Errorf("%s: not seen in %+v, only %v", s.rule, tpl, slices.Sorted(maps.Keys(found(fs))))
			continue
		}
		if f.Place.String() != s.at || s.text != "" && f.Text != s.text && !strings.HasSuffix(f.Text, s.text) {
			t.Errorf("%s: at %s %q, want %s %q", s.rule, f.Place, f.Text, s.at, s.text)
		}
		checkFix(t, s.rule, tpl, f, s.fixed)
		checkWords(t, f)
	}
	for rule := range linter().rules {
		if !tried[rule] {
			t.Errorf("%s is never broken here", rule)
		}
	}
}

func checkFix(t *testing.T, rule Rule, tpl Template, f Finding, want string) {
	t.Helper()
	if f.Fix == nil {
		if want != "" {
			t.Errorf("%s has no fix", rule)
		}
		return
	}
	after := tpl.Apply(*f.Fix)
	if got := after.TextAt(f.Place); !strings.Contains(got, want) {
		t.Errorf("%s: %q after the fix, want %q", rule, got, want)
	}
	for _, left := range linter().Lint(after, Context{}) {
		if left.Rule == rule && left.Place == f.Place && left.Start == f.Start {
			t.Errorf("%s is still there after its fix: %q", rule, after.TextAt(f.Place))
		}
	}
}

var blanks = regexp.MustCompile(`{{\.(\w+)}}`)

// checkWords holds a finding to the parameters that its words speak of.
func checkWords(t *testing.T, f Finding) {
	t.Helper()
	data, err := fs.ReadFile(assets.Locale(), "en/lint.json")
	if err != nil {
		t.Fatal(err)
	}
	var words map[string]string
	if err := json.Unmarshal(data, &words); err != nil {
		t.Fatal(err)
	}
	said := words["lint.rule."+string(f.Rule)] + words["lint.hint."+string(f.Rule)]
	for _, m := range blanks.FindAllStringSubmatch(said, -1) {
		if m[1] != "One" && f.Params[strings.ToLower(m[1])] == "" {
			t.Errorf("%s has no %s: %v", f.Rule, m[1], f.Params)
		}
	}
}

func TestProfiles(t *testing.T) {
	tpl := good()
	tpl.Category, tpl.Footer = Marketing, "Reply STOP to opt out"
	tpl.Body += " Hurry, 20% off for €5. Tell a friend. ${{3}} and a coupon. Order now."
	for _, f := range linter().Lint(tpl, Context{Profile: Official}) {
		if slices.Contains([]Rule{price, priceVar, discount, discountWord, urgency, shareInducing}, f.Rule) && f.Severity != SevHint {
			t.Errorf("%s is %s in profile official", f.Rule, f.Severity)
		}
	}
	if !Blocks(linter().Lint(tpl, Context{})) {
		t.Error("strict blocks prices")
	}
	tpl.Category = Utility
	if f := found(linter().Lint(tpl, Context{Profile: Official}))[mismatch]; f.Severity != SevError {
		t.Errorf("a discount in a utility text is the wrong category in any profile: %+v", f)
	}
}

func TestContext(t *testing.T) {
	tpl := good()
	tpl.Body += " See https://go.shop.example/x and https://bit.ly/x or our new beer."
	has := func(c Context, r Rule) bool { _, ok := found(linter().Lint(tpl, c))[r]; return ok }
	own := Context{Shorteners: []string{"shop.example"}, Allowed: map[string]string{"bit.ly": "our own domain of old"}}
	if f := found(linter().Lint(tpl, own))[shortener]; f.Text != "https://go.shop.example/x" {
		t.Errorf("%+v", f)
	}
	if !has(Context{Allowed: map[string]string{"bit.ly": ""}}, shortener) {
		t.Error("a host is let pass without a reason")
	}
	if has(Context{Silent: map[Rule]string{goods: "we are a wine bar"}}, goods) || !has(Context{Silent: map[Rule]string{goods: ""}}, goods) {
		t.Error("a rule is silenced with a reason only")
	}
	tpl.Name = "Not good"
	if !has(Context{Silent: map[Rule]string{nameCharset: "I want to"}}, nameCharset) {
		t.Error("what the provider refuses cannot be silenced")
	}
	tpl = good()
	tpl.ID = "7"
	if has(Context{Library: NewLibrary([]Template{tpl})}, duplicate) {
		t.Error("a template is no duplicate of itself")
	}
	tpl.ID = ""
	if !has(Context{Library: NewLibrary([]Template{good()})}, duplicate) || has(Context{Library: NewLibrary([]Template{{Language: "it", Body: tpl.Body}})}, duplicate) {
		t.Error("duplicates are of one language")
	}
	if n := len(linter().Similar(tpl, NewLibrary([]Template{good(), {Language: "en", Body: "Something else"}}))); n != 1 {
		t.Errorf("%d similar", n)
	}
}

func TestValue(t *testing.T) {
	tpl := good()
	for value, want := range map[string]Rule{"Ann": "", "a\tb": sampleFormat, "see bit.ly/x": shortener, "20% off": samplePromo, "40.00": ""} {
		fs := linter().Value(value, tpl, Context{})
		if want == "" && len(fs) > 0 || want != "" && (len(fs) != 1 || fs[0].Rule != want) {
			t.Errorf("%q: %+v", value, fs)
		}
	}
}

// Findings come in the order of the parts, then of the text.
func TestOrder(t *testing.T) {
	tpl := good()
	tpl.Name, tpl.Body, tpl.Footer = "X", tpl.Body+" €5 and 20% off.", "*x*"
	fs := linter().Lint(tpl, Context{})
	if !slices.IsSortedFunc(fs, func(a, b Finding) int {
		return cmp.Or(slices.Index(partOrder, a.Place.Part)-slices.Index(partOrder, b.Place.Part), a.Place.N-b.Place.N, a.Start-b.Start)
	}) {
		t.Errorf("%+v", fs)
	}
}

func TestNewLinterRefuses(t *testing.T) {
	for name, data := range map[string]string{
		"unknown field": `{"source":"x","date":"2026-01-01","dummies":[],"more":1}`,
		"no source":     `{"date":"2026-01-01","dummies":[]}`,
		"no date":       `{"source":"x","dummies":[]}`,
		"no JSON":       `{`,
	} {
		fsys := fstest.MapFS{}
		for _, f := range ruleFiles(t) {
			fsys[f.name] = &fstest.MapFile{Data: f.data}
		}
		fsys["lint/samples.json"] = &fstest.MapFile{Data: []byte(data)}
		if _, err := NewLinter(fsys); core.CodeOf(err) != core.InvalidInput || !strings.Contains(err.Error(), "samples.json") {
			t.Errorf("%s: %v", name, err)
		}
		delete(fsys, "lint/samples.json")
		if _, err := NewLinter(fsys); core.CodeOf(err) != core.InvalidInput {
			t.Errorf("missing: %v", err)
		}
	}
}

// The sample of a picture is a handle and no value for a placeholder.
func TestHandleIsNoSample(t *testing.T) {
	for _, format := range []string{"IMAGE", "VIDEO", "DOCUMENT"} {
		tpl := Template{Name: "window", Language: "it", Category: Utility, Body: "La tenda che hai ordinato è pronta in via Roma.", Header: Header{Format: format, Samples: []string{"4::aW1hZ2U 20% https://bit.ly/x"}}}
		for _, f := range linter().Lint(tpl.Submitted(), Context{}) {
			if f.Severity == SevError {
				t.Errorf("%s: %s at %s", format, f.Rule, f.Place)
			}
		}
	}
	plain := Template{Name: "window", Language: "it", Category: Utility, Body: "Guarda la nostra nuova vetrina.", Header: Header{Format: HeaderText, Text: "Vetrina", Samples: []string{"x"}}}
	if fs := linter().Lint(plain.Submitted(), Context{}); !slices.ContainsFunc(fs, func(f Finding) bool { return f.Rule == sampleCount }) {
		t.Errorf("a sample without a placeholder: %v", fs)
	}
}

// TestModelTemplate: the order notice that the acceptance table wants to pass
// (S-037): order number, date and link are neither price nor shortener.
func TestModelTemplate(t *testing.T) {
	tpl := Template{Language: "en", Category: Utility, Body: "Your order #12345 has been shipped. Estimated delivery 2023-12-20. Track: example.com/track"}
	for _, f := range linter().Lint(tpl, Context{}) {
		if f.Severity != SevHint {
			t.Errorf("%s %s %q", f.Severity, f.Rule, f.Text)
		}
	}
}

// TestRisk: what was counted is said with the finding (S-038, S-189).
func TestRisk(t *testing.T) {
	tpl := Template{Language: "en", Category: Marketing, Body: "Hurry {{1}}, the mug is £5 at bit.ly/x, a promo code waits.", Footer: "Reply STOP to opt out"}
	risks := map[Rule]string{}
	for _, f := range linter().Lint(tpl, Context{}) {
		risks[f.Rule] = f.Params["risk"]
	}
	for rule, want := range map[Rule]string{"price": "79", "url-shortener": "79", "urgency": "40", "discount-word": "40"} {
		if risks[rule] != want {
			t.Errorf("%s: risk %q, want %q", rule, risks[rule], want)
		}
	}
}
