package template

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bottega/core"
)

func TestVariables(t *testing.T) {
	for in, want := range map[string][]string{
		"":                               nil,
		"no braces { } {{}} {{ Upper }}": nil,
		"{{1}} and {{ 2 }} and {{1}}":    {"1", "2"},
		"Ciao {{nome}}, {{ordine_2}}":    {"nome", "ordine_2"},
	} {
		if got := Variables(in); !slices.Equal(got, want) {
			t.Errorf("Variables(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFind(t *testing.T) {
	all := []core.Template{
		{Name: "ready", Language: "it", Status: "APPROVED"},
		{Name: "ready", Language: "es_CO", Status: "APPROVED"},
		{Name: "ready", Language: "de", Status: "REJECTED"},
		{Name: "hello", Language: "en", Status: "APPROVED"},
	}
	for _, c := range []struct {
		name, language, want string
		code                 core.Code
	}{
		{"hello", "", "en", ""},
		{"ready", "es-co", "es_CO", ""},
		{"ready", "", "", core.Conflict},
		{"ready", "de", "", core.NotFound},
		{"nobody", "", "", core.NotFound},
	} {
		got, err := Find(all, c.name, c.language)
		if got.Language != c.want || core.CodeOf(err) != c.code {
			t.Errorf("Find(%s, %q) = %q, %v", c.name, c.language, got.Language, err)
		}
	}
}

func TestFill(t *testing.T) {
	positional := core.Template{Name: "ready", Language: "it", Category: "UTILITY", Header: core.TemplateHeader{Format: "TEXT", Text: "Ordine {{1}}"},
		Body: "Ciao {{2}}, {{1}} è pronto. {{10}}", Footer: "Bottega"}
	got, err := Fill(positional, map[string]string{"1": "42", "2": "Ana", "10": "Grazie"})
	if err != nil {
		t.Fatal(err)
	}
	if want := "Ordine 42\nCiao Ana, 42 è pronto. Grazie\nBottega"; got.Text != want {
		t.Errorf("text %q, want %q", got.Text, want)
	}
	if !slices.Equal(got.Template.Body, []string{"42", "Ana", "Grazie"}) || !slices.Equal(got.Template.Header, []string{"42"}) || got.Template.Named != nil {
		t.Errorf("call %+v", got.Template)
	}

	got, err = Fill(positional, map[string]string{"header.1": "№ 7", "1": "Il pane", "2": "Ana", "10": "Grazie"})
	if err != nil || !strings.HasPrefix(got.Text, "Ordine № 7\nCiao Ana, Il pane") || got.Template.Header[0] != "№ 7" {
		t.Errorf("a header with a value of its own: %+v, %v", got, err)
	}

	named := core.Template{Name: "ready", NamedVars: true, Body: "Ciao {{nome}}"}
	got, err = Fill(named, map[string]string{"nome": "{{nome}} & Co"})
	if err != nil || got.Text != "Ciao {{nome}} & Co" || got.Template.Named["nome"] != "{{nome}} & Co" || got.Template.Body != nil {
		t.Errorf("named: %+v, %v", got, err)
	}
}

// TestFillButtons: links and codes take values of their own.
func TestFillButtons(t *testing.T) {
	tpl := core.Template{Name: "x", Language: "it", Body: "Ciao {{1}}, ecco.", Buttons: []core.TemplateButtonDef{{Type: "QUICK_REPLY", Text: "Ok"},
		{Type: "URL", Text: "Vai", URL: "https://x.example/{{1}}"}, {Type: "URL", Text: "Sito", URL: "https://x.example/"}, {Type: "COPY_CODE"}, {Type: "OTP"}}}
	values := map[string]string{"1": "Ana", "button.2": "42", "button.4": "PANE", "button.5": "123456"}
	got, err := Fill(tpl, values)
	want := []core.TemplateButton{{Index: 1, SubType: "url", Value: "42"}, {Index: 3, SubType: "copy_code", Value: "PANE"}, {Index: 4, SubType: "url", Value: "123456"}}
	if err != nil || !slices.Equal(got.Template.Buttons, want) || !slices.Equal(got.Template.Body, []string{"Ana"}) || len(values) != 4 {
		t.Errorf("%+v, %v", got.Template, err)
	}
	for _, missing := range []string{"button.2", "button.4", "button.5"} {
		some := maps.Clone(values)
		some[missing] = " "
		if _, err := Fill(tpl, some); core.ProviderErrorOf(err) == nil {
			t.Errorf("without %s: %v", missing, err)
		}
	}
	values["button.1"] = "x"
	if _, err := Fill(tpl, values); core.ProviderErrorOf(err) == nil {
		t.Errorf("a value for a quick reply: %v", err)
	}
}

// A header with a name gets its value under that name.
func TestFillNamedHeader(t *testing.T) {
	got, err := Fill(core.Template{NamedVars: true, Header: core.TemplateHeader{Format: "TEXT", Text: "Ordine {{order}}"}, Body: "Ciao {{name}}"},
		map[string]string{"order": "7", "name": "Ana"})
	if err != nil || got.Template.HeaderNamed["order"] != "7" || got.Template.Header != nil || got.Text != "Ordine 7\nCiao Ana" {
		t.Errorf("%+v, %v", got.Template, err)
	}
}

func TestFillRefuses(t *testing.T) {
	body := core.Template{Name: "x", Body: "{{1}}"}
	for name, c := range map[string]struct {
		t core.Template
		v map[string]string
	}{
		"a value is missing":   {body, nil},
		"a value is blank":     {body, map[string]string{"1": " \n"}},
		"a value too many":     {body, map[string]string{"1": "a", "2": "b"}},
		"a picture on top":     {core.Template{Header: core.TemplateHeader{Format: "IMAGE"}}, nil},
		"a button with a code": {core.Template{Buttons: []core.TemplateButtonDef{{Type: "COPY_CODE"}}}, nil},
		"a link with a value":  {core.Template{Buttons: []core.TemplateButtonDef{{Type: "URL", URL: "https://x.example/{{1}}"}}}, nil},
	} {
		_, err := Fill(c.t, c.v)
		if pe := core.ProviderErrorOf(err); pe == nil || pe.Class != core.ClassTemplate {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// However the variables stand, a filled template has no brace left and the
// call carries exactly one value for each.
func TestFillLeavesNothingOpen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "n")
		values := map[string]string{}
		var b strings.Builder
		for i := range n {
			name := string(rune('a' + i))
			values[name] = rapid.StringMatching(`[\p{L}]{1,8}`).Draw(t, "value")
			b.WriteString("text {{" + name + "}} ")
		}
		got, err := Fill(core.Template{NamedVars: true, Body: b.String()}, values)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(got.Text, "{{") || len(got.Template.Named) != n {
			t.Fatalf("%q, %d values", got.Text, len(got.Template.Named))
		}
	})
}

// TestValues: whoever gives a value for each name that Values lists has given
// what Fill wants.
func TestValues(t *testing.T) {
	for _, c := range []struct {
		t    core.Template
		want []string
	}{
		{core.Template{Body: "Ciao {{2}}, {{10}} e {{1}}"}, []string{"1", "2", "10"}},
		{core.Template{NamedVars: true, Header: core.TemplateHeader{Format: "TEXT", Text: "{{negozio}}"}, Body: "{{ora}} {{luogo}}"}, []string{"negozio", "ora", "luogo"}},
		{core.Template{Header: core.TemplateHeader{Format: "TEXT", Text: "{{1}}"}, Body: "{{1}} {{2}}"}, []string{"1", "2"}},
		{core.Template{Body: "x", Buttons: []core.TemplateButtonDef{{Type: "QUICK_REPLY"}, {Type: "COPY_CODE"}}}, []string{"button.2"}},
		{core.Template{Body: "x", Header: core.TemplateHeader{Format: "VIDEO"}}, []string{"header"}},
		{core.Template{Body: "x"}, nil},
	} {
		got := Values(c.t)
		if !slices.Equal(got, c.want) {
			t.Errorf("Values(%q) = %q, want %q", c.t.Body, got, c.want)
		}
		given := map[string]string{}
		for _, n := range got {
			given[n] = "x"
		}
		if _, err := Fill(c.t, given); err != nil {
			t.Errorf("Fill(%q) with them: %v", c.t.Body, err)
		}
	}
}
