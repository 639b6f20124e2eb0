package core

import (
	"errors"
	"testing"
)

// remembers is a gateway whose key was renewed by somebody else.
type remembers struct {
	Gateway
	fresh bool
}

func (r *remembers) Rekey() { r.fresh = true }

// TestWithKey: only a refusal of the key is asked again, once, and only where
// the key may have been renewed.
func TestWithKey(t *testing.T) {
	refused := func(class Class, unsure bool) error {
		return Fail(ProviderRefused, "t", &ProviderError{Class: class, Uncertain: unsure})
	}
	for name, tt := range map[string]struct {
		err    error
		always bool // the new key is refused as well
		calls  int
		failed bool
	}{
		"taken":              {nil, false, 1, false},
		"renewed":            {refused(ClassAuth, false), false, 2, false},
		"withdrawn":          {refused(ClassAuth, false), true, 2, true},
		"perhaps taken":      {refused(ClassAuth, true), false, 1, true},
		"another refusal":    {refused(ClassPolicy, false), false, 1, true},
		"not the provider's": {errors.New("x"), false, 1, true},
	} {
		r, calls := &remembers{}, 0
		err := WithKey(r, func() error {
			if calls++; r.fresh && !tt.always {
				return nil
			}
			return tt.err
		})
		if calls != tt.calls || (err != nil) != tt.failed {
			t.Errorf("%s: %d calls, %v", name, calls, err)
		}
	}
	calls := 0
	plain := struct{ Gateway }{}
	if err := WithKey(plain, func() error { calls++; return refused(ClassAuth, false) }); err == nil || calls != 1 {
		t.Errorf("nothing remembered: %d calls, %v", calls, err)
	}
}
