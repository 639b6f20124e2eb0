package core_test

import (
	"context"
	"testing"

	"bottega/core"
)

// asker can be asked, plain cannot; wrap decorates and shows, shy decorates and hides.
type (
	plain struct{ core.Gateway }
	asker struct{ core.Gateway }
	wrap  struct{ core.Gateway }
	shy   struct{ core.Gateway }
)

func (asker) Poll(context.Context, string) (core.Polled, error) {
	return core.Polled{Cursor: "asked"}, nil
}

func (w wrap) Unwrap() core.Gateway { return w.Gateway }

func TestPort(t *testing.T) {
	for name, tt := range map[string]struct {
		gw   core.Gateway
		want bool
	}{
		"itself": {asker{}, true}, "decorated": {wrap{asker{}}, true}, "twice": {wrap{wrap{asker{}}}, true},
		"has none": {plain{}, false}, "decorated, has none": {wrap{plain{}}, false}, "hidden": {shy{asker{}}, false}, "nothing": {nil, false}, "nothing inside": {wrap{}, false},
	} {
		p, ok := core.Port[core.Poller](tt.gw)
		if ok != tt.want {
			t.Errorf("%s: %v", name, ok)
		}
		if ok {
			if got, err := p.Poll(t.Context(), ""); err != nil || got.Cursor != "asked" {
				t.Errorf("%s: %+v, %v", name, got, err)
			}
		}
	}
}
