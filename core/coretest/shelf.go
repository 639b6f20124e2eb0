package coretest

import (
	"context"
	"slices"
	"strconv"
	"sync"

	"bottega/core"
)

// Shelf is a provider's list of templates that a test fills and reads.
type Shelf struct {
	// Refuse, when set, is asked before each change ("create", "edit",
	// "delete") and before each listing ("list"). An error of a change with take
	// is an answer lost on its way back.
	Refuse func(what string, t core.Template) (take bool, err error)
	// Category is what new ones are filed under; "" for what was asked.
	Category string

	mu    sync.Mutex
	next  int
	calls []string
	list  []core.Template
}

// Put adds a template, or replaces the one of its id.
func (s *Shelf) Put(t core.Template) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(slices.DeleteFunc(s.list, func(o core.Template) bool { return o.ID == t.ID }), t)
}

// Calls returns the changes asked for, in order: "create order_ready it".
func (s *Shelf) Calls() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// change makes a change unless it is refused.
func (s *Shelf) change(what string, t core.Template, do func() (core.TemplateAnswer, error)) (core.TemplateAnswer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, what+" "+t.Name+" "+t.Language)
	take, err := true, error(nil)
	if s.Refuse != nil {
		take, err = s.Refuse(what, t)
	}
	if err == nil {
		return do()
	}
	if take {
		_, _ = do() // what became of it nobody hears
	}
	return core.TemplateAnswer{}, err
}

// Templates implements core.Directory.
func (g *Gateway) Templates(context.Context) ([]core.Template, error) {
	s := &g.Shelf
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Refuse != nil {
		if _, err := s.Refuse("list", core.Template{}); err != nil {
			return nil, err
		}
	}
	return slices.Clone(s.list), nil
}

// CreateTemplate implements core.TemplateGateway.
func (g *Gateway) CreateTemplate(_ context.Context, t core.Template) (core.TemplateAnswer, error) {
	s := &g.Shelf
	return s.change("create", t, func() (core.TemplateAnswer, error) {
		if slices.ContainsFunc(s.list, func(o core.Template) bool { return o.Name == t.Name && o.Language == t.Language }) {
			return core.TemplateAnswer{}, core.Fail(core.ProviderRefused, "coretest.CreateTemplate",
				&core.ProviderError{Code: "100/2388024", Class: core.ClassInvalid, Message: "exists"})
		}
		s.next++
		t.ID, t.Status = "t"+strconv.Itoa(s.next), "PENDING"
		t.Samples, t.Header.Samples = nil, nil // providers do not tell them
		if s.Category != "" {
			t.Category = s.Category
		}
		s.list = append(s.list, t)
		return core.TemplateAnswer{ID: t.ID, Status: t.Status, Category: t.Category}, nil
	})
}

// EditTemplate implements core.TemplateGateway.
func (g *Gateway) EditTemplate(_ context.Context, t core.Template) (core.TemplateAnswer, error) {
	s := &g.Shelf
	return s.change("edit", t, func() (core.TemplateAnswer, error) {
		for i := range s.list {
			if s.list[i].ID == t.ID {
				s.list[i].Body, s.list[i].Status = t.Body, "PENDING"
			}
		}
		return core.TemplateAnswer{ID: t.ID, Status: "PENDING"}, nil
	})
}

// DeleteTemplate implements core.TemplateGateway.
func (g *Gateway) DeleteTemplate(_ context.Context, t core.Template) error {
	s := &g.Shelf
	_, err := s.change("delete", t, func() (core.TemplateAnswer, error) {
		s.list = slices.DeleteFunc(s.list, func(o core.Template) bool { return o.ID == t.ID })
		return core.TemplateAnswer{}, nil
	})
	return err
}
