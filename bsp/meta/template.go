package meta

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"bottega/core"
)

type template struct {
	Name       string      `json:"name"`
	Language   language    `json:"language"`
	Components []component `json:"components,omitempty"`
}

type language struct {
	Code string `json:"code"`
}

type component struct {
	Type       string      `json:"type"`
	SubType    string      `json:"sub_type,omitempty"`
	Index      string      `json:"index,omitempty"`
	Parameters []parameter `json:"parameters,omitempty"`
}

type parameter struct {
	Type     string     `json:"type"`
	Name     string     `json:"parameter_name,omitempty"`
	Text     string     `json:"text,omitempty"`
	Image    *mediaBody `json:"image,omitempty"`
	Video    *mediaBody `json:"video,omitempty"`
	Document *mediaBody `json:"document,omitempty"`
	Location *pointStr  `json:"location,omitempty"`
	Payload  string     `json:"payload,omitempty"`
	Coupon   string     `json:"coupon_code,omitempty"`
}

// pointStr is a place in a template header, where Meta wants strings.
type pointStr struct {
	Latitude  string `json:"latitude"`
	Longitude string `json:"longitude"`
	Name      string `json:"name,omitempty"`
	Address   string `json:"address,omitempty"`
}

// buildTemplate fills a template (bsp/meta.md 2.2): components without a
// variable are left out, static buttons too.
func buildTemplate(t *core.TemplateCall) (*template, error) {
	if t == nil || t.Name == "" || t.Language == "" || utf8.RuneCountInString(t.Name) > limits().TemplateName {
		return nil, refuse(core.InvalidInput, "template without name or language")
	}
	out := &template{Name: t.Name, Language: language{Code: strings.ReplaceAll(t.Language, "-", "_")}}
	header, err := headerParameters(t)
	if err != nil {
		return nil, err
	}
	if len(header) > 0 {
		out.Components = append(out.Components, component{Type: "header", Parameters: header})
	}
	if len(t.Body) > 0 && len(t.Named) > 0 {
		return nil, refuse(core.InvalidInput, "template with positional and named values")
	}
	body, err := textParameters(t.Body, t.Named)
	if err != nil {
		return nil, err
	}
	if len(body) > 0 {
		out.Components = append(out.Components, component{Type: "body", Parameters: body})
	}
	buttons, err := templateButtons(t.Buttons)
	if err != nil {
		return nil, err
	}
	out.Components = append(out.Components, buttons...)
	return out, nil
}

// textParameters keeps the order of positional values and sorts named ones by
// name: their order means nothing, but the same call gives the same bytes.
func textParameters(values []string, named map[string]string) ([]parameter, error) {
	var ps []parameter
	for _, v := range values {
		ps = append(ps, parameter{Type: "text", Text: v})
	}
	for _, k := range slices.Sorted(maps.Keys(named)) {
		if k == "" {
			return nil, refuse(core.InvalidInput, "template value without a name")
		}
		ps = append(ps, parameter{Type: "text", Name: k, Text: named[k]})
	}
	for i := range ps {
		if strings.TrimSpace(ps[i].Text) == "" {
			return nil, refuse(core.InvalidInput, "template value %d is empty", i+1)
		}
	}
	return ps, nil
}

// headerParameters builds the header's one parameter, of whatever kind.
func headerParameters(t *core.TemplateCall) ([]parameter, error) {
	ps, err := textParameters(t.Header, t.HeaderNamed)
	if err != nil {
		return nil, err
	}
	if m := t.HeaderMedia; m != nil {
		p, err := headerMedia(m)
		if err != nil {
			return nil, err
		}
		ps = append(ps, p)
	}
	if l := t.HeaderLocation; l != nil {
		ps = append(ps, parameter{Type: "location", Location: &pointStr{
			Latitude: degrees(l.Lat), Longitude: degrees(l.Lon), Name: l.Name, Address: l.Address,
		}})
	}
	if len(ps) > 1 {
		return nil, refuse(core.InvalidInput, "template header with %d values, at most one", len(ps))
	}
	return ps, nil
}

func headerMedia(m *core.Media) (parameter, error) {
	ref, err := mediaRef(m)
	if err != nil {
		return parameter{}, err
	}
	switch kind, _, _ := strings.Cut(m.MIME, "/"); kind {
	case "image":
		return parameter{Type: "image", Image: ref}, nil
	case "video":
		return parameter{Type: "video", Video: ref}, nil
	case "application", "text":
		ref.Filename = m.Filename
		return parameter{Type: "document", Document: ref}, nil
	}
	return parameter{}, refuse(core.BadMedia, "a template header takes an image, a video or a document")
}

func degrees(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func templateButtons(bs []core.TemplateButton) ([]component, error) {
	var out []component
	for _, b := range bs {
		if b.Index < 0 || b.Index >= limits().TemplateButtons {
			return nil, refuse(core.InvalidInput, "template button %d: no such place", b.Index)
		}
		n := utf8.RuneCountInString(b.Value)
		var p parameter
		switch b.SubType {
		case "quick_reply":
			if n == 0 {
				continue // the button's text comes back as its payload
			}
			if n > limits().ButtonID {
				return nil, refuse(core.InvalidInput, "template button %d: payload has %d characters", b.Index, n)
			}
			p = parameter{Type: "payload", Payload: b.Value}
		case "url":
			if n == 0 {
				return nil, refuse(core.InvalidInput, "template button %d: no value for its address", b.Index)
			}
			p = parameter{Type: "text", Text: b.Value}
		case "copy_code":
			if n == 0 || n > limits().CouponCode {
				return nil, refuse(core.InvalidInput, "template button %d: code has %d characters, 1 to %d", b.Index, n, limits().CouponCode)
			}
			p = parameter{Type: "coupon_code", Coupon: b.Value}
		default:
			return nil, refuse(core.InvalidInput, "template button %d: kind %q", b.Index, b.SubType)
		}
		out = append(out, component{Type: "button", SubType: b.SubType, Index: strconv.Itoa(b.Index), Parameters: []parameter{p}})
	}
	return out, nil
}
