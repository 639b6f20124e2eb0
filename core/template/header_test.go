package template

import (
	"reflect"
	"testing"

	"bottega/core"
)

// TestFillHeader: a file by link or by the provider's id, or a place.
func TestFillHeader(t *testing.T) {
	for name, c := range map[string]struct {
		format, value string
		want          core.TemplateCall
		ok            bool
	}{
		"a picture by link":    {"IMAGE", "https://cdn.example.com/a.png", core.TemplateCall{HeaderMedia: &core.Media{URL: "https://cdn.example.com/a.png", MIME: "image/jpeg"}}, true},
		"a document by link":   {"DOCUMENT", "https://cdn.example.com/in/menu.pdf?x=1", core.TemplateCall{HeaderMedia: &core.Media{URL: "https://cdn.example.com/in/menu.pdf?x=1", MIME: "application/pdf", Filename: "menu.pdf"}}, true},
		"a film by id":         {"VIDEO", " 900000000000001 ", core.TemplateCall{HeaderMedia: &core.Media{ID: "900000000000001", MIME: "video/mp4"}}, true},
		"a place":              {"LOCATION", "45.07, 7.68, Bottega, Via Po 1, Torino", core.TemplateCall{HeaderLocation: &core.Location{Lat: 45.07, Lon: 7.68, Name: "Bottega", Address: "Via Po 1, Torino"}}, true},
		"a place without name": {"LOCATION", "-45,7", core.TemplateCall{HeaderLocation: &core.Location{Lat: -45, Lon: 7}}, true},
		"no place":             {"LOCATION", "Torino", core.TemplateCall{}, false},
		"not on earth":         {"LOCATION", "91,7", core.TemplateCall{}, false},
		"nothing":              {"IMAGE", " ", core.TemplateCall{}, false},
		"a kind nobody knows":  {"HOLOGRAM", "x", core.TemplateCall{}, false},
	} {
		values := map[string]string{"header": c.value, "1": "Ana"}
		got, err := Fill(core.Template{Name: "x", Language: "it", Body: "Ciao {{1}}, ecco.", Header: core.TemplateHeader{Format: c.format}}, values)
		if (err == nil) != c.ok || len(values) != 2 {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err != nil {
			continue
		}
		c.want.Name, c.want.Language, c.want.Body = "x", "it", []string{"Ana"}
		if !reflect.DeepEqual(*got.Template, c.want) || got.Text != "Ciao Ana, ecco." {
			t.Errorf("%s: %+v", name, got.Template)
		}
	}
	if _, err := Fill(core.Template{Body: "x"}, map[string]string{"header": "y"}); core.ProviderErrorOf(err) == nil {
		t.Error("a header's value for a template without one")
	}
}

func TestSampleFiles(t *testing.T) {
	for name, want := range map[string]string{"a.JPG": "IMAGE", "a.png": "IMAGE", "b.mp4": "VIDEO", "menu.pdf": "DOCUMENT", "a.gif": "", "a": ""} {
		if got := HeaderOf(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if m, ok := SampleMIME("IMAGE", "/x/y.jpeg"); m != "image/jpeg" || !ok {
		t.Errorf("%q, %v", m, ok)
	}
	if _, ok := SampleMIME("VIDEO", "y.jpeg"); ok {
		t.Error("a picture as the sample of a film")
	}
	for s, want := range map[string]bool{"4::aW": true, "4:aW": true, "https://x.example/a.jpg": false, "/home/a.jpg": false, `C:\\a.jpg`: false, "4:": false, "5://x": false} {
		if IsHandle(s) != want {
			t.Errorf("%s: %v", s, !want)
		}
	}
	for s, want := range map[core.MessageType]string{core.TypeImage: "IMAGE", core.TypeVideo: "VIDEO", core.TypeDocument: "DOCUMENT", "": "LOCATION"} {
		if HeaderKind(want) != s {
			t.Errorf("%s is %q", want, HeaderKind(want))
		}
	}
}
