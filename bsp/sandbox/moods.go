package sandbox

import (
	"strconv"
	"strings"
	"time"

	"bottega/core"
)

// startMoods plans what happens to templates by themselves while the shop
// lives: one drifts into another category, announced first as the platform
// does, and one loses its customers' favour and is paused for three hours
// (bsp/meta.md 4.2, 4.3).
func (s *Server) startMoods() {
	s.agenda.in(2*time.Minute, s.announceDrift)
	s.agenda.in(6*time.Minute, s.tire)
}

// announceDrift tells that a template will change its category.
func (s *Server) announceDrift() {
	t := s.library.first(func(t *tmpl) bool {
		return t.Status == "APPROVED" && t.CorrectCategory != "" && t.CorrectCategory != t.Category
	})
	if t == nil {
		return
	}
	s.tellCategory(*t, s.o.Now().Add(s.agenda.scaled(2*time.Minute)))
	s.agenda.in(2*time.Minute, func() { s.recategorise(t.ID, t.CorrectCategory) })
}

// recategorise moves a template to another category and tells it.
func (s *Server) recategorise(id, category string) bool {
	t, ok := s.library.change(id, func(t *tmpl) {
		if t.Category != category {
			t.Previous, t.Category, t.CorrectCategory = t.Category, category, ""
		}
	})
	if ok {
		s.tellCategory(t, time.Time{})
	}
	return ok
}

// categoryNote is the value of template_category_update: with Correct an
// announcement, in which New is the category of now (bsp/meta.md 6.6).
type categoryNote struct {
	ID       int64  `json:"message_template_id"`
	Name     string `json:"message_template_name"`
	Language string `json:"message_template_language"`
	Previous string `json:"previous_category,omitempty"`
	New      string `json:"new_category"`
	Correct  string `json:"correct_category,omitempty"`
	When     int64  `json:"category_update_timestamp,omitempty"`
}

func (s *Server) tellCategory(t tmpl, when time.Time) {
	v := categoryNote{ID: number64(t.ID), Name: t.Name, Language: hyphen(t.Language), New: t.Category, Previous: t.Previous}
	if !when.IsZero() {
		v.Previous, v.Correct, v.When = "", t.CorrectCategory, when.Unix()
	}
	s.courier.add(note{change: change{"template_category_update", v}, on: onEvents, at: s.o.Now()})
}

// qualityNote is the value of message_template_quality_update.
type qualityNote struct {
	ID       int64  `json:"message_template_id"`
	Name     string `json:"message_template_name"`
	Language string `json:"message_template_language"`
	Previous string `json:"previous_quality_score"`
	New      string `json:"new_quality_score"`
}

// rate gives a template a quality and tells it.
func (s *Server) rate(id, quality string) bool {
	was := ""
	t, ok := s.library.change(id, func(t *tmpl) { was, t.Quality = t.Quality, quality })
	if ok {
		s.courier.add(note{change: change{"message_template_quality_update", qualityNote{ID: number64(t.ID), Name: t.Name,
			Language: hyphen(t.Language), Previous: orUnknown(was), New: orUnknown(quality)}}, on: onEvents, at: s.o.Now()})
	}
	return ok
}

// tire lets people grow tired of the marketing template they like least.
func (s *Server) tire() {
	t := s.library.first(func(t *tmpl) bool {
		return t.Status == "APPROVED" && t.Category == "MARKETING" && t.Quality == "YELLOW"
	})
	if t == nil {
		return
	}
	s.rate(t.ID, "RED")
	s.setTemplate(t.ID, "PAUSED", "", "FIRST_PAUSE")
	s.agenda.in(3*time.Hour, func() {
		if now, ok := s.library.byID(t.ID); ok && now.Status == "PAUSED" {
			s.rate(t.ID, "YELLOW")
			s.setTemplate(t.ID, "APPROVED", "", "UNPAUSE")
		}
	})
}

// first is a copy of the first template that fits, nil when none does.
func (l *library) first(ok func(*tmpl) bool) *tmpl {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.find(ok)
	if t == nil {
		return nil
	}
	copied := *t
	return &copied
}

func number64(id string) int64 {
	n, _ := strconv.ParseInt(id, 10, 64) // ids are ours
	return n
}

// hyphen writes a language as callbacks do.
func hyphen(language string) string { return strings.ReplaceAll(language, "_", "-") }

func orUnknown(quality string) string {
	if quality == "" {
		return "UNKNOWN"
	}
	return quality
}

// form is the template as a reviewer reads it.
func (t *tmpl) form() core.Template {
	out := core.Template{ID: t.ID, Name: t.Name, Language: t.Language, Category: t.Category, NamedVars: t.ParameterFormat == "NAMED"}
	for _, c := range t.Components {
		switch c.Type {
		case "HEADER":
			out.Header = core.TemplateHeader{Format: c.Format, Text: c.Text}
		case "BODY":
			out.Body = c.Text
		case "FOOTER":
			out.Footer = c.Text
		case "BUTTONS":
			for _, b := range c.Buttons {
				out.Buttons = append(out.Buttons, core.TemplateButtonDef{Type: b.Type, Text: b.Text, URL: b.URL, Phone: b.Phone})
			}
		}
	}
	return out
}

// SeedOf is a template that a shop knows, as a seed with the id it has: a
// simulator that starts again goes on with what it had approved.
func SeedOf(t core.StoredTemplate) TemplateSeed {
	s := TemplateSeed{ID: t.Template.ID, Name: t.Name, Language: t.Language, Category: t.Category, CorrectCategory: t.Correct, Status: t.Status,
		RejectedReason: t.Reason, Quality: strings.ToUpper(t.Quality)}
	if t.NamedVars {
		s.ParameterFormat = "NAMED"
	}
	if t.Header.Format != "" {
		s.Components = append(s.Components, component{Type: "HEADER", Format: t.Header.Format, Text: t.Header.Text})
	}
	s.Components = append(s.Components, component{Type: "BODY", Text: t.Body})
	if t.Footer != "" {
		s.Components = append(s.Components, component{Type: "FOOTER", Text: t.Footer})
	}
	if len(t.Buttons) > 0 {
		c := component{Type: "BUTTONS"}
		for _, b := range t.Buttons {
			c.Buttons = append(c.Buttons, button{Type: b.Type, Text: b.Text, URL: b.URL, Phone: b.Phone})
		}
		s.Components = append(s.Components, c)
	}
	return s
}
