package meta

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"

	"bottega/bsp/wire"
	"bottega/core"
)

const templateFields = "id,name,language,status,category,sub_category,previous_category,correct_category," +
	"parameter_format,rejected_reason,quality_score,components"

// maxPages bounds a listing: Meta allows 6,000 templates, 100 a page.
const maxPages = 100

type templatePage struct {
	Data   list `json:"data"`
	Paging struct {
		Cursors struct {
			After text `json:"after"`
		} `json:"cursors"`
		Next text `json:"next"`
	} `json:"paging"`
}

type templateNode struct {
	ID       text `json:"id"`
	Name     text `json:"name"`
	Language text `json:"language"`
	Status   text `json:"status"`
	Category text `json:"category"`
	Correct  text `json:"correct_category"`
	Format   text `json:"parameter_format"`
	Rejected text `json:"rejected_reason"`
	Quality  struct {
		Score text `json:"score"`
	} `json:"quality_score"`
	Components list `json:"components"`
}

type templatePart struct {
	Type    text `json:"type"`
	Format  text `json:"format"`
	Text    text `json:"text"`
	Buttons list `json:"buttons"`
}

type templateButton struct {
	Type  text `json:"type"`
	Text  text `json:"text"`
	URL   text `json:"url"`
	Phone text `json:"phone_number"`
}

// Templates reads all templates of the account, page by page. An error loses
// all of it: half a list would look like deleted templates.
func (g *Gateway) Templates(ctx context.Context) ([]core.Template, error) {
	const op = "meta.Templates"
	if err := numeric(op, "account id", g.account.BusinessID); err != nil {
		return nil, err
	}
	var all []core.Template
	after := ""
	for range maxPages {
		q := url.Values{"fields": {templateFields}, "limit": {"100"}}
		if after != "" {
			q.Set("after", after)
		}
		var page templatePage
		if err := g.getJSON(ctx, op, g.account.BusinessID+"/message_templates", q, &page); err != nil {
			return nil, err
		}
		for _, raw := range page.Data {
			var n templateNode
			if err := wire.Lenient(raw, &n); err != nil {
				return nil, core.Fail(core.Internal, op, err)
			}
			all = append(all, n.template())
		}
		// next is only a sign that there is more: its URL may carry the token.
		next := string(page.Paging.Cursors.After)
		if page.Paging.Next == "" || next == "" {
			return all, nil
		}
		if next == after {
			break
		}
		after = next
	}
	return nil, core.Fail(core.ProviderRefused, op,
		&core.ProviderError{Class: core.ClassUnknown, Message: "the list of templates does not end"})
}

func (n *templateNode) template() core.Template {
	t := core.Template{
		ID: string(n.ID), Name: string(n.Name), Language: underscore(n.Language), Status: string(n.Status),
		Category: string(n.Category), Quality: string(quality(n.Quality.Score)), Reason: reasonOf(n.Rejected),
		NamedVars: strings.EqualFold(string(n.Format), "NAMED"),
	}
	if n.Correct != "" && n.Correct != n.Category {
		t.Correct = string(n.Correct)
	}
	for _, raw := range n.Components {
		var p templatePart
		if wire.Lenient(raw, &p) != nil {
			continue // cannot be: the page around it was valid JSON
		}
		switch strings.ToUpper(string(p.Type)) {
		case "HEADER":
			t.Header = core.TemplateHeader{Format: string(p.Format), Text: string(p.Text)}
		case "BODY":
			t.Body = string(p.Text)
		case "FOOTER":
			t.Footer = string(p.Text)
		case "BUTTONS":
			t.Buttons = append(t.Buttons, buttonDefs(p.Buttons)...)
		}
	}
	return t
}

func buttonDefs(raw list) []core.TemplateButtonDef {
	var out []core.TemplateButtonDef
	for _, r := range raw {
		var b templateButton
		if wire.Lenient(r, &b) != nil {
			continue // cannot be, as above
		}
		out = append(out, core.TemplateButtonDef{Type: string(b.Type), Text: string(b.Text), URL: string(b.URL), Phone: string(b.Phone)})
	}
	return out
}

// underscore writes a language code as the REST API does: es_CO.
func underscore(l text) string { return strings.ReplaceAll(string(l), "-", "_") }

// reasonOf drops the word NONE, which means that there is no reason.
func reasonOf(r text) string {
	if strings.EqualFold(string(r), "NONE") {
		return ""
	}
	return string(r)
}

// quality reads GREEN, YELLOW, RED; UNKNOWN, NA and whatever comes later are unknown.
func quality(w text) core.Quality {
	switch q := core.Quality(strings.ToLower(string(w))); q {
	case core.QualityGreen, core.QualityYellow, core.QualityRed:
		return q
	}
	return core.QualityUnknown
}

const (
	healthFields = "id,display_phone_number,verified_name,quality_rating,status,name_status," +
		"code_verification_status,throughput,platform_type,account_mode,health_status,"
	limitField    = "whatsapp_business_manager_messaging_limit"
	oldLimitField = "messaging_limit_tier" // deprecated since v24
)

type numberNode struct {
	Shown        text `json:"display_phone_number"`
	VerifiedName text `json:"verified_name"`
	Quality      text `json:"quality_rating"`
	Status       text `json:"status"`
	Limit        text `json:"whatsapp_business_manager_messaging_limit"`
	OldLimit     text `json:"messaging_limit_tier"`
	Health       struct {
		CanSend  text `json:"can_send_message"`
		Entities list `json:"entities"`
	} `json:"health_status"`
}

type healthEntity struct {
	Info   []text `json:"additional_info"`
	Errors []struct {
		Code        text `json:"error_code"`
		Description text `json:"error_description"`
		Solution    text `json:"possible_solution"`
	} `json:"errors"`
}

// Health asks for the number's standing (bsp/meta.md 5). Where the API does not
// know the long name of the limit (code 100) it is asked by the old one.
func (g *Gateway) Health(ctx context.Context) (core.Health, error) {
	const op = "meta.Health"
	if err := numeric(op, "phone number id", g.account.PhoneNumberID); err != nil {
		return core.Health{}, err
	}
	var n numberNode
	err := g.getJSON(ctx, op, g.account.PhoneNumberID, url.Values{"fields": {healthFields + limitField}}, &n)
	if pe := core.ProviderErrorOf(err); pe != nil && pe.Code == "100" {
		n = numberNode{}
		err = g.getJSON(ctx, op, g.account.PhoneNumberID, url.Values{"fields": {healthFields + oldLimitField}}, &n)
	}
	if err != nil {
		return core.Health{}, err
	}
	h := core.Health{
		Quality: quality(n.Quality), Status: string(n.Status), VerifiedName: string(n.VerifiedName),
		CanSend: string(n.Health.CanSend), At: g.line.Now(), Number: phoneOf(n.Shown),
	}
	if n.Limit == "" {
		n.Limit = n.OldLimit
	}
	if v, err := strconv.Atoi(limitOf(n.Limit)); err == nil {
		h.Limit = v
	}
	for _, raw := range n.Health.Entities {
		h.Notes = append(h.Notes, notes(raw)...)
	}
	return h, nil
}

// notes are Meta's hints on one of number, account, business and app.
func notes(raw []byte) []string {
	var e healthEntity
	if wire.Lenient(raw, &e) != nil {
		return nil // cannot be: the answer around it was valid JSON
	}
	var out []string
	for _, s := range e.Info {
		if s != "" {
			out = append(out, wire.Scrub(string(s), ""))
		}
	}
	for _, x := range e.Errors {
		parts := []string{}
		for _, s := range []text{x.Code, x.Description, x.Solution} {
			if s != "" {
				parts = append(parts, string(s))
			}
		}
		out = append(out, wire.Scrub(strings.Join(parts, " · "), ""))
	}
	return out
}

var errTier = errors.New("no messaging limit")

// limitOf writes a messaging limit as a number: 2000, "2000", "TIER_2K" → "2000",
// -1 and "TIER_UNLIMITED" → "-1" (P-41). Another word stays as it is.
func limitOf(w text) string {
	n, err := tier(strings.ToUpper(string(w)))
	if err != nil {
		return string(w)
	}
	return strconv.Itoa(n)
}

func tier(w string) (int, error) {
	w = strings.TrimPrefix(w, "TIER_")
	if w == "UNLIMITED" {
		return -1, nil
	}
	factor := 1
	if k, ok := strings.CutSuffix(w, "K"); ok {
		w, factor = k, 1000
	}
	n, err := strconv.Atoi(w)
	if err != nil || n < -1 || n > 1_000_000_000 {
		return 0, errTier
	}
	return n * factor, nil
}
