package sandbox

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// heardOf gathers what customers did, by type, from callbacks.
type heardOf struct {
	t     *testing.T
	kinds map[string]int
	texts []string
	first time.Duration
	begun time.Time
}

func (h *heardOf) take(body []byte) int {
	var e struct {
		Entry []struct {
			Changes []struct {
				Field string
				Value struct {
					Messages []struct {
						Type    string
						Text    struct{ Body string }
						Context *struct{ ID string }
					}
				}
			}
		}
	}
	if err := json.Unmarshal(body, &e); err != nil {
		h.t.Error(err)
		return 200
	}
	for _, entry := range e.Entry {
		for _, c := range entry.Changes {
			if c.Field != "messages" {
				h.kinds[c.Field]++
			}
			for _, m := range c.Value.Messages {
				if h.first == 0 {
					h.first = time.Since(h.begun)
				}
				kind := m.Type
				if m.Context != nil && kind == "text" {
					kind = "quote"
				}
				h.kinds[kind]++
				h.texts = append(h.texts, m.Text.Body)
			}
		}
	}
	return 200
}

// pause lets time pass in the bubble; what happened before it ends is seen after.
func pause(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// TestLifeGoesOn: within seconds somebody writes, in an afternoon everything
// happens, and a counter that nobody tends does not drown.
func TestLifeGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &heardOf{t: t, kinds: map[string]int{}, begun: time.Now()}
		alive(t, func(o *Options) { o.Life = true }, h.take)
		time.Sleep(4 * time.Hour)
		synctest.Wait()
		if h.first == 0 || h.first > 20*time.Second {
			t.Errorf("the first customer after %s", h.first)
		}
		for _, kind := range []string{"text", "image", "audio", "location", "sticker", "edit"} {
			if h.kinds[kind] == 0 {
				t.Errorf("nobody sent %s: %v", kind, h.kinds)
			}
		}
		if len(h.texts) > 1500 {
			t.Errorf("%d messages in four hours without an answer", len(h.texts))
		}
		if slices.Contains(h.texts, "{{1}}") {
			t.Error("a template's variable in a customer's mouth")
		}
	})
}

// TestCustomersReact: an answered customer reads, thanks, reacts or goes on,
// and does not talk for ever.
func TestCustomersReact(t *testing.T) {
	for key, kind := range map[string]string{"nando": "text", "bianca": "reaction", "aldo": "quote", "marta": "image"} {
		synctest.Test(t, func(t *testing.T) {
			h := &heardOf{t: t, kinds: map[string]int{}, begun: time.Now()}
			b := alive(t, func(o *Options) { o.Limits, o.Life, o.Pace = Unlimited(), true, 10000*time.Hour }, h.take)
			i := slices.IndexFunc(b.crowd.people, func(p *person) bool { return p.Key == key })
			p := b.crowd.people[i]
			reacted := false
			for range 30 {
				b.open(p)
				pause(2 * time.Minute)
				before := maps.Clone(h.kinds)
				b.text(p.address(), "certo!")
				pause(5 * time.Minute)
				reacted = reacted || h.kinds[kind] > before[kind]
			}
			if !reacted {
				t.Errorf("%s never reacted with %s: %v", key, kind, h.kinds)
			}
			total := len(h.texts)
			for range 10 {
				b.text(p.address(), "ancora?")
				pause(5 * time.Minute)
			}
			if after := len(h.texts); after-total > 4 {
				t.Errorf("%s wrote %d messages after having said everything", key, after-total)
			}
		})
	}
}

func TestButtonsAreTapped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &heardOf{t: t, kinds: map[string]int{}, begun: time.Now()}
		b := alive(t, func(o *Options) { o.Limits, o.Life, o.Pace = Unlimited(), true, 10000*time.Hour }, h.take)
		for range 10 {
			if status, v := b.send(buttons(`"to":"+393205550102",`, "Sì", "No")); status != 200 {
				t.Fatal(status, v)
			}
			if status, v := b.send(orderReady("it", "Duilio", "1", "19:30")); status != 200 {
				t.Fatal(status, v)
			}
			pause(5 * time.Minute)
		}
		if h.kinds["interactive"] == 0 || h.kinds["button"] == 0 {
			t.Errorf("taps %v", h.kinds)
		}
	})
}

func TestStopAndBlock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &heardOf{t: t, kinds: map[string]int{}, begun: time.Now()}
		b := alive(t, nil, h.take)
		r := b.dice(1, "x")
		p := b.crowd.find("+393205550111")
		b.perform(p, b.scene("stop", r, b.o.World.Words["it"]))
		pause(time.Minute)
		if h.kinds["user_preferences"] != 1 || !p.stopped {
			t.Errorf("after STOP: %v", h.kinds)
		}
		q := b.crowd.find("+393205550110")
		for range 20 {
			b.open(q)
			pause(time.Minute)
		}
		if !q.blocked {
			t.Error("the blocker never blocked")
		}
		if free, _ := b.crowd.idle(r); free == q {
			t.Error("who blocked us does not write")
		}
	})
}

// TestEveryLanguageCanSayEverything: no occasion is left without words.
func TestEveryLanguageCanSayEverything(t *testing.T) {
	w := world(t)
	lines := slices.Sorted(maps.Keys(w.Words["it"].Lines))
	if len(w.Words) != 7 || len(w.People) != 40 {
		t.Errorf("%d languages, %d people", len(w.Words), len(w.People))
	}
	for lang, words := range w.Words {
		if got := slices.Sorted(maps.Keys(words.Lines)); !slices.Equal(got, lines) {
			t.Errorf("%s has words for %v, it for %v", lang, got, lines)
		}
		for key, list := range words.Lines {
			if len(list) == 0 || key != "photo" && slices.Contains(list, "") {
				t.Errorf("%s is speechless at %s", lang, key)
			}
		}
		if len(words.Bursts) == 0 || len(words.Edits) == 0 || len(words.Places) == 0 {
			t.Errorf("%s lacks bursts, edits or places", lang)
		}
	}
	said := strings.Fields("burst photo voice video document sticker place thanks stop block edit revoke ad order ask hurry complain")
	can := strings.Fields("thank emoji quote photo answer complain ask")
	for name, p := range w.Personas {
		for what := range p.Opens {
			if !slices.Contains(said, what) {
				t.Errorf("%s begins with %q, which nobody can", name, what)
			}
		}
		for what := range p.Replies {
			if !slices.Contains(can, what) {
				t.Errorf("%s replies with %q, which nobody can", name, what)
			}
		}
	}
}
