package template

import (
	"net/url"
	"path"
	"strconv"
	"strings"

	"bottega/core"
)

// HeaderValue names the value of a header that is a file or a place, in what
// Fill takes: a link or a media id of the provider's; or latitude and
// longitude with a comma, then, if wanted, a name and an address.
const HeaderValue = "header"

// HeaderLocation is the format of a header that is a place.
const HeaderLocation = "LOCATION"

// headerMIME are types that stand for a header's kind of file where the file
// itself is not here: the provider wants to know its kind only.
var headerMIME = map[string]string{"IMAGE": "image/jpeg", "VIDEO": "video/mp4", "DOCUMENT": "application/pdf"}

// HeaderKind is the kind of message that a header's file would be as a message
// of its own, "" for a header that is no file.
func HeaderKind(format string) core.MessageType {
	switch format {
	case "IMAGE":
		return core.TypeImage
	case "VIDEO":
		return core.TypeVideo
	case "DOCUMENT":
		return core.TypeDocument
	}
	return ""
}

// IsLink reports whether a value is an address that a provider can fetch.
func IsLink(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

// above fills a header that is a file or a place and returns the values that
// are left; call is unchanged for other headers.
func above(t core.Template, values map[string]string, call *core.TemplateCall) error {
	v := strings.TrimSpace(values[HeaderValue])
	mime, file := headerMIME[t.Header.Format]
	switch {
	case !file && t.Header.Format != HeaderLocation:
		return wrong("its header is of a kind that cannot be filled")
	case v == "":
		return wrong("no value for the header")
	case !file:
		at, ok := place(v)
		if !ok {
			return wrong("the header is a place: latitude, longitude, name, address")
		}
		call.HeaderLocation = &at
	case IsLink(v):
		u, _ := url.Parse(v) // IsLink has read it
		call.HeaderMedia = &core.Media{URL: v, MIME: mime}
		if t.Header.Format == "DOCUMENT" && path.Ext(u.Path) != "" {
			call.HeaderMedia.Filename = path.Base(u.Path)
		}
	default:
		call.HeaderMedia = &core.Media{ID: v, MIME: mime}
	}
	return nil
}

// place reads "45.07, 7.68, Bottega, Via Po 1".
func place(s string) (core.Location, bool) {
	parts := strings.SplitN(s, ",", 4)
	if len(parts) < 2 {
		return core.Location{}, false
	}
	lat, err1 := strconv.ParseFloat(strings.TrimSpace(parts[0]), 64)
	lon, err2 := strconv.ParseFloat(strings.TrimSpace(parts[1]), 64)
	at := core.Location{Lat: lat, Lon: lon}
	if len(parts) > 2 {
		at.Name = strings.TrimSpace(parts[2])
	}
	if len(parts) > 3 {
		at.Address = strings.TrimSpace(parts[3])
	}
	return at, err1 == nil && err2 == nil && lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180
}

// sampleMIME are the types of file that the review takes as a sample of a
// header, by its format and the file's extension (Graph API, Resumable Upload API).
var sampleMIME = map[string]map[string]string{
	"IMAGE":    {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png"},
	"VIDEO":    {".mp4": "video/mp4"},
	"DOCUMENT": {".pdf": "application/pdf"},
}

// SampleMIME is the type of a file that may be the sample of a header, false
// for one that may not.
func SampleMIME(format, name string) (string, bool) {
	m, ok := sampleMIME[format][strings.ToLower(path.Ext(name))]
	return m, ok
}

// HeaderOf is the format of a header whose sample a file could be, "" for none.
func HeaderOf(name string) string {
	for format := range sampleMIME {
		if _, ok := SampleMIME(format, name); ok {
			return format
		}
	}
	return ""
}

// IsHandle reports whether a header's sample is what the provider calls an
// uploaded file, and no file of ours or link: "4::aW…".
func IsHandle(s string) bool {
	n, rest, ok := strings.Cut(s, ":")
	return ok && digitsOnly(n) && rest != "" && !strings.HasPrefix(rest, "//")
}
