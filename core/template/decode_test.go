package template

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"bottega/core"
)

func TestDecode(t *testing.T) {
	meta := `{"name":"pedido_listo","language":"es_CO","category":"UTILITY","parameter_format":"NAMED","components":[
	 {"type":"HEADER","format":"TEXT","text":"Pedido {{pedido}}","example":{"header_text_named_params":[{"param_name":"pedido","example":"1042"}]}},
	 {"type":"BODY","text":"Hola {{nombre}}, ven a las {{hora}} hoy.","example":{"body_text_named_params":[{"param_name":"hora","example":18},{"param_name":"nombre","example":"Ana"}]}},
	 {"type":"FOOTER","text":"Panadería Sol"},
	 {"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Voy"},{"type":"URL","text":"Ver","url":"https://pan.example.com/p/{{1}}","example":["https://pan.example.com/p/1"]},{"type":"PHONE_NUMBER","text":"Llamar","phone_number":"+573005550100"}]}]}`
	want := Template{Name: "pedido_listo", Language: "es_CO", Category: Utility, Format: Named, Header: Header{HeaderText, "Pedido {{pedido}}", []string{"1042"}},
		Body: "Hola {{nombre}}, ven a las {{hora}} hoy.", Footer: "Panadería Sol", Samples: []string{"Ana", "18"}, Sampled: true, Typed: Fields{true, true, true},
		Buttons: []Button{{Type: QuickReply, Text: "Voy"}, {Type: URLButton, Text: "Ver", URL: "https://pan.example.com/p/{{1}}", Example: "https://pan.example.com/p/1"}, {Type: PhoneButton, Text: "Llamar", Phone: "+573005550100"}}}
	got, err := Decode([]byte(meta))
	if err != nil || len(got) != 1 || !reflect.DeepEqual(got[0], want) {
		t.Fatalf("%v\n got %+v\nwant %+v", err, got, want)
	}
	positional := `{"components":[{"type":"body","text":"Hi <<1>>","example":{"body_text":[["Ann"]]}}]}`
	if got, err := Decode([]byte(positional)); err != nil || got[0].Body != "Hi {{1}}" || got[0].Samples[0] != "Ann" || !got[0].Typed.Name {
		t.Errorf("%+v, %v", got, err)
	}
	flatOne := `{"id":"x-1","lang":"it","body":"Ciao {{1}}","samples":{"body":["Ada"],"header":["7"]},"header":"N. {{1}}","existing":[{"name":"e","lang":"it","body":"E"}],"note":"ignored"}`
	got, err = Decode([]byte(flatOne))
	if err != nil || got[0].ID != "x-1" || got[0].Language != "it" || got[0].Header.Samples[0] != "7" || got[0].Library[0].Name != "e" || got[0].Typed != (Fields{false, true, false}) || !got[0].Sampled {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestDecodeForms(t *testing.T) {
	for in, want := range map[string][]string{
		"":                                       nil,
		"  \n":                                   nil,
		"{{1}}, ciao":                            {"{{1}}, ciao"},
		"[[nome]] ciao":                          {"[[nome]] ciao"},
		"Plain\ntext\n":                          {"Plain\ntext"},
		`[{"body":"a"},{"body":"b"}]`:            {"a", "b"},
		"{\"body\":\"a\"}\n{\"body\":\"b\"}\n":   {"a", "b"},
		"[]":                                     nil,
		"\uFEFF{\"body\":\"bom\"}":               {"bom"},
		"bad \xff byte":                          {"bad \uFFFD byte"},
		`[{"body":"a"}]` + "\n" + `{"body":"b"}`: {"a", "b"},
	} {
		ts, err := Decode([]byte(in))
		var got []string
		for _, tpl := range ts {
			got = append(got, tpl.Body)
		}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %q, %v; want %q", in, got, err, want)
		}
	}
	for in, where := range map[string]string{
		`{"body":1}`: "entry 1", `{"body":"a"}{"body":2}`: "entry 2", `[{"body":"a"},{"body":[]}]`: "element 2", `{"body":"a"`: "entry 1", `{"body":"a"} ]`: "entry 1",
		`{"components":[{"type":"BODY","example":{"body_text":"x"}}]}`: "entry 1",
	} {
		if _, err := Decode([]byte(in)); core.CodeOf(err) != core.InvalidInput || !strings.Contains(err.Error(), where) {
			t.Errorf("%s: %v", in, err)
		}
	}
}

func TestFlatRoundTrip(t *testing.T) {
	for _, r := range readCorpus(t, "corpus.jsonl") {
		ts, err := Decode(r.raw)
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(ts[0])
		if err != nil {
			t.Fatal(err)
		}
		again, err := Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		if b2, err := json.Marshal(again[0]); err != nil || string(b2) != string(b) {
			t.Errorf("%s:\n%s\n%s, %v", r.ID, b, b2, err)
		}
	}
}

func TestCoreForm(t *testing.T) {
	in := core.Template{ID: "7", Name: "x", Language: "it", Category: Utility, NamedVars: true, Header: core.TemplateHeader{Format: "TEXT", Text: "Ciao"}, Body: "Ciao {{nome}}, a presto",
		Footer: "F", Buttons: []core.TemplateButtonDef{{Type: URLButton, Text: "Vedi", URL: "https://x.example/{{1}}"}}}
	if got := Of(in).Core(); !reflect.DeepEqual(got, in) {
		t.Errorf("%+v", got)
	}
	if got := (Template{Body: "Hi <<1>>"}).Core().Body; got != "Hi {{1}}" {
		t.Errorf("%q leaves for the provider", got)
	}
	if s := (Template{}).Submitted(); !s.Sampled || !s.Typed.Name {
		t.Error("nothing may be missing")
	}
}

func TestApply(t *testing.T) {
	at := Place{Part: PartBody}
	tpl := Template{Body: "àbc", Samples: []string{"x"}, Buttons: []Button{{Text: "1"}, {Text: "2"}}}
	got := tpl.Apply(Fix{Edits: []Edit{{at, 0, 1, "Z"}, {at, 2, 3, ""}, {at, 9, 12, "no"}, {Place{PartSample, 2, ""}, 0, 0, "new"}, {Place{PartButton, 9, ""}, 0, 0, "no"}}, Buttons: []int{1, 0}})
	if got.Body != "Zb" || !reflect.DeepEqual(got.Samples, []string{"x", "new"}) || got.Buttons[0].Text != "2" {
		t.Errorf("%+v", got)
	}
	if len(tpl.Samples) != 1 || tpl.Buttons[0].Text != "1" || tpl.Body != "àbc" {
		t.Errorf("the original changed: %+v", tpl)
	}
	if got := tpl.Apply(Fix{Buttons: []int{0, 0}}); got.Buttons[1].Text != "2" {
		t.Errorf("%+v", got.Buttons)
	}
}
