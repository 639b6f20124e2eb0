package bsptest

import (
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"bottega/core"
)

// HookCase is what a provider tells of an account's callbacks, and what an
// adapter must read of it.
type HookCase struct {
	Name    string
	Hook    core.Hook
	Answers map[string]string // by the end of the path; one that begins with a status, "403 {…}", is refused so
	Want    core.Hooked
	Code    core.Code
}

// ReadHooks holds an adapter to core.HookReader: each case is read as wanted,
// by questions only, and nobody's secret is told.
func ReadHooks(t *testing.T, spec *Spec, open Open, cases []HookCase) {
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			f := NewFake(t, spec)
			f.Serve(c.answer)
			port, ok := core.Port[core.HookReader](open(f))
			if !ok {
				t.Fatal("the adapter cannot read its callbacks")
			}
			got, err := port.ReadHook(t.Context(), c.Hook)
			if core.CodeOf(err) != c.Code || err == nil && !reflect.DeepEqual(got, c.Want) {
				t.Errorf("%+v, %v; want %+v, %q", got, err, c.Want, c.Code)
			}
			for _, r := range f.Requests() {
				if r.Method != http.MethodGet {
					t.Errorf("%s %s changes something", r.Method, r.Path)
				}
			}
			if s := c.Hook.Secret.Reveal(); s != "" && strings.Contains(f.Logged()+fmt.Sprint(got, err), s) {
				t.Error("the secret of the callbacks is told")
			}
		})
	}
}

func (c *HookCase) answer(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	for end, body := range c.Answers {
		if !strings.HasSuffix(r.URL.Path, end) {
			continue
		}
		status := http.StatusOK
		if n, err := fmt.Sscanf(body, "%3d ", &status); err == nil && n == 1 {
			body = body[4:]
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body) // the client may be gone, which is its matter
		return
	}
	w.WriteHeader(http.StatusNotFound)
}
