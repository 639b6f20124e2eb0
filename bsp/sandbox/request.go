package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// maxRequest bounds a JSON request; Meta's own limit is not documented.
const maxRequest = 1 << 20

// sendRequest is the body of POST /{phone}/messages (bsp/meta.md section 2).
type sendRequest struct {
	Product       string `json:"messaging_product"`
	RecipientType string `json:"recipient_type"`
	To            string `json:"to"`
	Recipient     string `json:"recipient"`
	Type          string `json:"type"`
	Context       *struct {
		MessageID string `json:"message_id"`
	} `json:"context"`
	Ref string `json:"biz_opaque_callback_data"`

	content

	// marking as read
	Status    string `json:"status"`
	MessageID string `json:"message_id"`
	Typing    *struct {
		Type string `json:"type"`
	} `json:"typing_indicator"`

	// the marketing endpoint's own
	ProductPolicy   string `json:"product_policy"`
	ActivitySharing *bool  `json:"message_activity_sharing"`
}

// content is the part of a request that the customer sees; the ledger hashes it.
type content struct {
	Text        *textPart        `json:"text,omitempty"`
	Image       *mediaPart       `json:"image,omitempty"`
	Video       *mediaPart       `json:"video,omitempty"`
	Audio       *mediaPart       `json:"audio,omitempty"`
	Document    *mediaPart       `json:"document,omitempty"`
	Sticker     *mediaPart       `json:"sticker,omitempty"`
	Location    *locationPart    `json:"location,omitempty"`
	Contacts    []contactCard    `json:"contacts,omitempty"`
	Reaction    *reactionPart    `json:"reaction,omitempty"`
	Interactive *interactivePart `json:"interactive,omitempty"`
	Template    *templateCall    `json:"template,omitempty"`
}

type textPart struct {
	Body       string `json:"body"`
	PreviewURL bool   `json:"preview_url,omitempty"`
}

type mediaPart struct {
	ID       string `json:"id,omitempty"`
	Link     string `json:"link,omitempty"`
	Caption  string `json:"caption,omitempty"`
	Filename string `json:"filename,omitempty"`
	Provider string `json:"provider,omitempty"`
}

type locationPart struct {
	Latitude  numeric `json:"latitude"`
	Longitude numeric `json:"longitude"`
	Name      string  `json:"name,omitempty"`
	Address   string  `json:"address,omitempty"`
}

// contactCard is kept as it came; only its name is looked at.
type contactCard map[string]json.RawMessage

type reactionPart struct {
	MessageID string `json:"message_id"`
	Emoji     string `json:"emoji"`
}

type interactivePart struct {
	Type   string          `json:"type"`
	Header *headerPart     `json:"header,omitempty"`
	Body   *textOnly       `json:"body,omitempty"`
	Footer *textOnly       `json:"footer,omitempty"`
	Action *actionPart     `json:"action,omitempty"`
	Extra  json.RawMessage `json:"parameters,omitempty"`
}

type textOnly struct {
	Text string `json:"text"`
}

type headerPart struct {
	Type     string     `json:"type"`
	Text     string     `json:"text,omitempty"`
	SubText  string     `json:"sub_text,omitempty"`
	Image    *mediaPart `json:"image,omitempty"`
	Video    *mediaPart `json:"video,omitempty"`
	Document *mediaPart `json:"document,omitempty"`
}

type actionPart struct {
	Buttons    []replyButton   `json:"buttons,omitempty"`
	Button     string          `json:"button,omitempty"`
	Sections   []listSection   `json:"sections,omitempty"`
	Name       string          `json:"name,omitempty"`
	Parameters json.RawMessage `json:"parameters,omitempty"`
}

type replyButton struct {
	Type  string `json:"type"`
	Reply struct {
		ID    string `json:"id"`
		Title string `json:"title"`
	} `json:"reply"`
}

type listSection struct {
	Title string    `json:"title,omitempty"`
	Rows  []listRow `json:"rows"`
}

type listRow struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
}

type templateCall struct {
	Name     string `json:"name"`
	Language struct {
		Code   string `json:"code"`
		Policy string `json:"policy,omitempty"`
	} `json:"language"`
	Components []callComponent `json:"components,omitempty"`
}

type callComponent struct {
	Type       string          `json:"type"`
	SubType    string          `json:"sub_type,omitempty"`
	Index      numeric         `json:"index,omitempty"`
	Parameters []callParameter `json:"parameters,omitempty"`
}

type callParameter struct {
	Type     string          `json:"type"`
	Name     string          `json:"parameter_name,omitempty"`
	Text     string          `json:"text,omitempty"`
	Payload  string          `json:"payload,omitempty"`
	Coupon   string          `json:"coupon_code,omitempty"`
	Image    *mediaPart      `json:"image,omitempty"`
	Video    *mediaPart      `json:"video,omitempty"`
	Document *mediaPart      `json:"document,omitempty"`
	Location *locationPart   `json:"location,omitempty"`
	Currency json.RawMessage `json:"currency,omitempty"`
	DateTime json.RawMessage `json:"date_time,omitempty"`
	Action   json.RawMessage `json:"action,omitempty"`
}

// numeric takes a JSON number or a string with one; Meta's own examples use both.
type numeric string

func (n *numeric) UnmarshalJSON(b []byte) error {
	t := strings.Trim(string(b), `"`)
	if _, err := strconv.ParseFloat(t, 64); err != nil {
		return &json.UnmarshalTypeError{Value: string(b), Field: "number"}
	}
	*n = numeric(t)
	return nil
}

func (n numeric) float() float64 {
	f, err := strconv.ParseFloat(string(n), 64)
	if err != nil {
		return 0 // UnmarshalJSON let no other through but the absent one
	}
	return f
}

// parseSend reads a request body strictly and checks everything about it that
// needs no knowledge of people, templates or files.
func parseSend(body []byte) (*sendRequest, *apiError) {
	var q sendRequest
	if e := decodeStrict(body, &q); e != nil {
		return nil, e
	}
	if q.Product != "whatsapp" {
		return nil, refuse(100, "The parameter messaging_product is required and must be whatsapp.")
	}
	if q.Status != "" || q.MessageID != "" {
		return &q, q.validRead()
	}
	if q.Type == "" {
		q.Type = "text" // as documented for an absent type
	}
	if e := q.validEnvelope(); e != nil {
		return nil, e
	}
	if e := q.validContent(); e != nil {
		return nil, e
	}
	return &q, nil
}

// decodeStrict decodes one JSON object; what is wrong becomes a 100 with the
// place in its details.
func decodeStrict(body []byte, v any) *apiError {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil {
		if _, extra := d.Token(); !errors.Is(extra, io.EOF) {
			return refuse(100, "The request body has something after its JSON object.")
		}
		return nil
	}
	if t, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return refuse(100, "The parameter %s has the wrong type.", clip(t.Field, 80))
	}
	if key, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return refuse(100, "Unexpected key %s.", clip(key, 80))
	}
	return refuse(100, "The request body is no valid JSON.")
}

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, *apiError) {
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return nil, &apiError{Code: 100, Status: http.StatusRequestEntityTooLarge, Title: "Request too large"}
		}
		return nil, refuse(100, "The request body could not be read.")
	}
	return b, nil
}
