package meta

import (
	_ "embed"
	"encoding/json"
	"maps"
	"mime"
	"slices"
	"sync"

	"bottega/core"
)

//go:embed limits.json
var limitsJSON []byte

// Limits are what Meta takes in one message and one file; lengths in
// characters, files in bytes.
type Limits struct {
	Source          string                          `json:"source"`
	Date            string                          `json:"date"`
	Ref             int                             `json:"ref"`
	Text            int                             `json:"text"`
	Caption         int                             `json:"caption"`
	Buttons         int                             `json:"buttons"`
	ButtonTitle     int                             `json:"button_title"`
	ButtonID        int                             `json:"button_id"`
	InteractiveBody int                             `json:"interactive_body"`
	TemplateName    int                             `json:"template_name"`
	TemplateButtons int                             `json:"template_buttons"`
	CouponCode      int                             `json:"coupon_code"`
	Media           map[core.MessageType]MediaLimit `json:"media"`
}

// MediaLimit is the size and the file types of one kind of media.
type MediaLimit struct {
	Bytes int64    `json:"bytes"`
	MIME  []string `json:"mime"`
}

var limits = sync.OnceValue(func() Limits {
	var l Limits
	if err := json.Unmarshal(limitsJSON, &l); err != nil {
		panic(err) // part of the program; a test reads it first
	}
	return l
})

// MediaLimits returns the limits by message type; the composer checks a file
// against them before it is uploaded.
func MediaLimits() map[core.MessageType]MediaLimit { return maps.Clone(limits().Media) }

// KindOf finds the kind of media that a MIME type is sent as. It reports false
// for a type that Meta does not take.
func KindOf(mimeType string) (core.MessageType, bool) {
	base, _, err := mime.ParseMediaType(mimeType)
	if err != nil {
		return "", false
	}
	for _, kind := range []core.MessageType{core.TypeImage, core.TypeVideo, core.TypeAudio, core.TypeSticker, core.TypeDocument} {
		if slices.Contains(limits().Media[kind].MIME, base) {
			return kind, true
		}
	}
	return "", false
}
