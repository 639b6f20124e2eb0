package inbox_test

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bottega/core"
	"bottega/core/inbox"
)

func TestCheckContent(t *testing.T) {
	l := shopRules(t).Limits
	button := func(titles ...string) []core.Button {
		var bs []core.Button
		for _, x := range titles {
			bs = append(bs, core.Button{ID: "id" + x, Title: x})
		}
		return bs
	}
	file := &core.Media{ID: "9"}
	for name, c := range map[string]struct {
		in   core.Content
		want core.Code
	}{
		"text":              {text("ciao"), ""},
		"no type is text":   {core.Content{Text: "ciao"}, ""},
		"longest text":      {text(strings.Repeat("ä", 4096)), ""},
		"too long":          {text(strings.Repeat("ä", 4097)), core.TextTooLong},
		"empty":             {text(""), core.EmptyMessage},
		"blank":             {text(" \n\t"), core.EmptyMessage},
		"picture":           {core.Content{Type: core.TypeImage, Media: file}, ""},
		"picture by link":   {core.Content{Type: core.TypeImage, Media: &core.Media{URL: "https://example.com/a.jpg"}}, ""},
		"file of ours":      {core.Content{Type: core.TypeDocument, Media: &core.Media{Path: "a.pdf", Caption: "Ecco"}}, ""},
		"no file":           {core.Content{Type: core.TypeImage, Text: "ecco"}, core.EmptyMessage},
		"empty file":        {core.Content{Type: core.TypeVideo, Media: &core.Media{}}, core.EmptyMessage},
		"long caption":      {core.Content{Type: core.TypeImage, Media: file, Text: strings.Repeat("a", 1025)}, core.TextTooLong},
		"voice":             {core.Content{Type: core.TypeAudio, Media: file}, ""},
		"voice and caption": {core.Content{Type: core.TypeAudio, Media: file, Text: "x"}, core.InvalidInput},
		"captioned sticker": {core.Content{Type: core.TypeSticker, Media: &core.Media{ID: "9", Caption: "x"}}, core.InvalidInput},
		"place":             {core.Content{Type: core.TypeLocation, Location: &core.Location{Lat: 45.4, Lon: 9.1}}, ""},
		"no place":          {core.Content{Type: core.TypeLocation}, core.InvalidInput},
		"beyond the pole":   {core.Content{Type: core.TypeLocation, Location: &core.Location{Lat: 90.1}}, core.InvalidInput},
		"not a number":      {core.Content{Type: core.TypeLocation, Location: &core.Location{Lon: math.NaN()}}, core.InvalidInput},
		"buttons":           {core.Content{Type: core.TypeInteractive, Text: "Oggi?", Buttons: button("Sì", "No")}, ""},
		"text with buttons": {core.Content{Type: core.TypeText, Text: "Oggi?", Buttons: button("Sì")}, ""},
		"no buttons":        {core.Content{Type: core.TypeInteractive, Text: "Oggi?"}, core.InvalidInput},
		"four buttons":      {core.Content{Type: core.TypeInteractive, Text: "Oggi?", Buttons: button("a", "b", "c", "d")}, core.InvalidInput},
		"buttons alone":     {core.Content{Type: core.TypeInteractive, Buttons: button("a")}, core.EmptyMessage},
		"twin buttons":      {core.Content{Type: core.TypeInteractive, Text: "?", Buttons: button("a", "a")}, core.InvalidInput},
		"nameless button":   {core.Content{Type: core.TypeInteractive, Text: "?", Buttons: button("")}, core.InvalidInput},
		"long button":       {core.Content{Type: core.TypeInteractive, Text: "?", Buttons: button(strings.Repeat("a", 21))}, core.TextTooLong},
		"long button id":    {core.Content{Type: core.TypeInteractive, Text: "?", Buttons: []core.Button{{ID: strings.Repeat("a", 257), Title: "a"}}}, core.TextTooLong},
		"long question":     {core.Content{Type: core.TypeInteractive, Text: strings.Repeat("a", 1025), Buttons: button("a")}, core.TextTooLong},
		"template":          {core.Content{Type: core.TypeTemplate, Template: &core.TemplateCall{Name: "a", Language: "it"}}, ""},
		"no template":       {core.Content{Type: core.TypeTemplate}, core.InvalidInput},
		"no language":       {core.Content{Type: core.TypeTemplate, Template: &core.TemplateCall{Name: "a"}}, core.InvalidInput},
		"two ways of values": {core.Content{Type: core.TypeTemplate, Template: &core.TemplateCall{Name: "a", Language: "it",
			Body: []string{"x"}, Named: map[string]string{"a": "x"}}}, core.InvalidInput},
		"two headers": {core.Content{Type: core.TypeTemplate, Template: &core.TemplateCall{Name: "a", Language: "it",
			Header: []string{"x"}, HeaderMedia: file}}, core.InvalidInput},
		"a note":      {core.Content{Type: core.TypeNote, Text: "x"}, core.InvalidInput},
		"a reaction":  {core.Content{Type: core.TypeReaction, Text: "x"}, core.InvalidInput},
		"an order":    {core.Content{Type: core.TypeOrder, Text: "x"}, core.InvalidInput},
		"unsupported": {core.Content{Type: "hologram", Text: "x"}, core.InvalidInput},
	} {
		_, err := inbox.CheckContent(c.in, l)
		code(t, err, c.want, name)
	}
}

func TestCheckContentBringsIntoForm(t *testing.T) {
	l := shopRules(t).Limits
	media := &core.Media{ID: "9", Caption: "Ecco \n"}
	got, err := inbox.CheckContent(core.Content{Type: core.TypeImage, Media: media}, l)
	if err != nil || got.Text != "Ecco" || got.Media.Caption != "Ecco" || media.Caption != "Ecco \n" {
		t.Errorf("%+v %+v %v", got, media, err)
	}
	got, err = inbox.CheckContent(core.Content{Text: "  Oggi? \r\n", Buttons: []core.Button{{ID: "a", Title: "Sì"}}}, l)
	if err != nil || got.Text != "  Oggi?" || got.Type != core.TypeInteractive {
		t.Errorf("%+v %v", got, err)
	}
}

// TestCheckContentTwice accepts what it has brought into form, unchanged.
func TestCheckContentTwice(t *testing.T) {
	l := shopRules(t).Limits
	rapid.Check(t, func(t *rapid.T) {
		once, err := inbox.CheckContent(text(rapid.String().Draw(t, "text")), l)
		if err != nil {
			return
		}
		if twice, err := inbox.CheckContent(once, l); err != nil || twice.Text != once.Text {
			t.Fatalf("%q became %q: %v", once.Text, twice.Text, err)
		}
	})
}

func TestCleanTag(t *testing.T) {
	for in, want := range map[string]string{"VIP": "vip", " #Pane  Fresco ": "pane fresco", "##a": "a", "常客": "常客", "ÉTÉ": "été"} {
		if got, err := inbox.CleanTag(in); err != nil || got != want {
			t.Errorf("%q: %q %v", in, got, err)
		}
	}
	for _, in := range []string{"", " ", "#", "a,b", "a\x1b[31m", "a\u202eb", strings.Repeat("a", 41), "\xff"} {
		_, err := inbox.CleanTag(in)
		code(t, err, core.InvalidInput, in)
	}
	rapid.Check(t, func(t *rapid.T) {
		once, err := inbox.CleanTag(rapid.String().Draw(t, "tag"))
		if err != nil {
			return
		}
		if twice, err := inbox.CleanTag(once); err != nil || twice != once {
			t.Fatalf("%q became %q: %v", once, twice, err)
		}
	})
}

func TestTagRefusals(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		contact := s.conversation(s.conv).ContactID
		_, err := s.Tag(s.ctx, contact, "ada", "a,b", true)
		code(t, err, core.InvalidInput, "two in one")
		_, err = s.Tag(s.ctx, 999, "ada", "a", true)
		code(t, err, core.NotFound, "nobody")
		_, err = s.SetValue(s.ctx, contact, "ada", "priceless")
		code(t, err, core.InvalidInput, "an unknown tier")
		_, err = s.SetValue(s.ctx, 999, "ada", core.ValueLow)
		code(t, err, core.NotFound, "nobody")
		for _, tag := range []string{"zoo", "abc", "mmm"} {
			if _, err := s.Tag(s.ctx, contact, "ada", tag, true); err != nil {
				t.Fatal(err)
			}
		}
		if got := s.conversation(s.conv).Contact.Tags; strings.Join(got, " ") != "abc mmm zoo" {
			t.Errorf("tags %q", got)
		}
		undo, err := s.Tag(s.ctx, contact, "ada", "mmm", false)
		if err != nil || len(s.conversation(s.conv).Contact.Tags) != 2 {
			t.Errorf("%v", err)
		}
		if err := undo(s.ctx); err != nil || len(s.conversation(s.conv).Contact.Tags) != 3 {
			t.Errorf("%v", err)
		}
	})
}
