package sandbox

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"bottega/core"
)

// TestAgendaKeepsOrder: whatever is planned, and whatever that plans in turn,
// happens in the order of its time, equal times in the order of planning.
func TestAgendaKeepsOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := newClock()
		a := newAgenda(c.now, 1)
		type done struct {
			at time.Time
			n  int
		}
		var got []done
		n := 0
		var add func(depth int)
		add = func(depth int) {
			n++
			me := n
			d := time.Duration(rapid.IntRange(0, 5).Draw(t, "wait")) * time.Second
			at := c.now().Add(d)
			a.in(d, func() {
				got = append(got, done{at, me})
				if depth > 0 && rapid.Bool().Draw(t, "more") {
					add(depth - 1)
				}
			})
		}
		for range rapid.IntRange(1, 20).Draw(t, "plans") {
			add(2)
		}
		for a.len() > 0 {
			do, wait := a.due()
			if do == nil {
				c.add(wait)
				continue
			}
			do()
		}
		if len(got) != n {
			t.Fatalf("%d of %d plans happened", len(got), n)
		}
		if !slices.IsSortedFunc(got, func(x, y done) int {
			if c := x.at.Compare(y.at); c != 0 {
				return c
			}
			return x.n - y.n
		}) {
			t.Fatalf("order %v", got)
		}
	})
}

// TestPairLimitLaw: however messages are timed, no stretch of time holds more
// of them than its share and the burst (P-61), and a refused one costs nothing.
func TestPairLimitLaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := newCrowd(Limits{}.withDefaults(), nil)
		p := c.meet(Person{Phone: "+393200000001"})
		now := newClock().t
		var taken []time.Time
		for range rapid.IntRange(1, 200).Draw(t, "sends") {
			now = now.Add(time.Duration(rapid.IntRange(0, 8000).Draw(t, "gap")) * time.Millisecond)
			if c.pairAllows(p, now) {
				taken = append(taken, now)
			}
		}
		for i := range taken {
			for j := i; j < len(taken); j++ {
				if n, may := j-i+1, 45+int(taken[j].Sub(taken[i])/(6*time.Second))+1; n > may {
					t.Fatalf("%d messages in %s, at most %d", n, taken[j].Sub(taken[i]), may)
				}
			}
		}
	})
}

// TestNothingIsLostOnTheWay: with a receiver that fails at will, every update
// arrives, and no status arrives that did not happen. No update is refused more
// often than it comes again: all refusals may meet one and the same, and then it
// would be given up, as it is by Meta (TestRetriesEndAfterDays).
func TestNothingIsLostOnTheWay(t *testing.T) {
	repeats := 0
	for _, more := retryAfter(1); more; _, more = retryAfter(repeats + 1) {
		repeats++
	}
	rapid.Check(t, func(rt *rapid.T) {
		answers := rapid.SliceOfN(rapid.SampledFrom([]int{200, 200, 500, 0, 503}), 1, 20).Draw(rt, "answers")
		n := rapid.IntRange(1, 30).Draw(rt, "messages")
		synctest.Test(t, func(t *testing.T) {
			seen, calls := map[string]int{}, 0
			b := alive(t, func(o *Options) { o.Limits = Unlimited() }, func(body []byte) int {
				calls++
				status := 200
				if calls <= repeats {
					status = answers[calls%len(answers)]
				}
				if status == 200 {
					for _, s := range statusesOf(t, body) {
						seen[s]++
					}
				}
				return status
			})
			var ids []string
			for i := range n {
				ids = append(ids, b.text(fmt.Sprintf("+39320000%04d", i), "x"))
			}
			pause(4 * 24 * time.Hour)
			for i, id := range ids {
				e := b.Ledger()[i]
				want := []string{id + " sent", id + " " + string(e.State)}
				for _, w := range want {
					if seen[w] != 1 {
						rt.Errorf("%s told %d times", w, seen[w])
					}
				}
			}
		})
	})
}

func statusesOf(t *testing.T, body []byte) (out []string) {
	var e struct {
		Entry []struct {
			Changes []struct {
				Value struct{ Statuses []status }
			}
		}
	}
	if err := json.Unmarshal(body, &e); err != nil {
		t.Error(err)
	}
	for _, entry := range e.Entry {
		for _, c := range entry.Changes {
			for _, s := range c.Value.Statuses {
				out = append(out, s.ID+" "+s.Status)
			}
		}
	}
	return out
}

// TestLedgerFileTellsTheSame: whatever happens, a ledger read from its file
// is the ledger that wrote it.
func TestLedgerFileTellsTheSame(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		path := t.TempDir() + "/ledger"
		one := newLedger(nil)
		if err := one.open(path); err != nil {
			rt.Fatal(err)
		}
		at := newClock().t
		for i := range rapid.IntRange(0, 40).Draw(rt, "steps") {
			switch rapid.IntRange(0, 3).Draw(rt, "step") {
			case 0:
				one.add(Entry{ID: fmt.Sprint("w", i), Ref: rapid.SampledFrom([]string{"", "a", "b"}).Draw(rt, "ref"), State: core.Accepted, At: at})
			case 1:
				one.happened(rapid.IntRange(0, 10).Draw(rt, "seq"), rapid.SampledFrom([]core.State{core.Sent, core.Delivered, core.Read, core.Failed}).Draw(rt, "state"), 131026)
			case 2:
				one.wrote(rapid.SampledFrom([]string{"+391", "+392"}).Draw(rt, "who"), at.Add(time.Duration(i)*time.Minute))
			case 3:
				one.tell(fmt.Sprint("w", i), core.Sent)
			}
		}
		two := newLedger(nil)
		if err := two.open(path); err != nil {
			rt.Fatal(err)
		}
		for _, l := range []*ledger{one, two} {
			if err := l.file.Close(); err != nil {
				rt.Fatal(err)
			}
		}
		if fmt.Sprint(one.entries, one.byRef, one.byID, one.contact, one.told) != fmt.Sprint(two.entries, two.byRef, two.byID, two.contact, two.told) {
			rt.Fatalf("wrote %+v, read %+v", one.entries, two.entries)
		}
	})
}

// TestTemplateForms holds headers, footers and buttons to bsp/meta.md 4.1.
func TestTemplateForms(t *testing.T) {
	body := component{Type: "BODY", Text: "Il pane è pronto."}
	sampleOf := json.RawMessage(`{}`)
	quick := func(n int) (bs []button) {
		for i := range n {
			bs = append(bs, button{Type: "QUICK_REPLY", Text: fmt.Sprint(i)})
		}
		return bs
	}
	link := button{Type: "URL", Text: "a", URL: "https://x.example/{{1}}"}
	call := button{Type: "PHONE_NUMBER", Text: "b", Phone: "+39"}
	for name, c := range map[string]struct {
		with component
		sub  int // 0 passes, -1 is refused without subcode
	}{
		"a text header":              {component{Type: "HEADER", Format: "TEXT", Text: "Ordine {{1}}", Example: sampleOf}, 0},
		"two variables in a header":  {component{Type: "HEADER", Format: "TEXT", Text: "{{1}} {{2}}", Example: sampleOf}, 2388047},
		"a header without sample":    {component{Type: "HEADER", Format: "TEXT", Text: "Ordine {{1}}"}, 2388273},
		"a long header":              {component{Type: "HEADER", Format: "TEXT", Text: strings.Repeat("x", 61)}, 2388040},
		"a header of two lines":      {component{Type: "HEADER", Format: "TEXT", Text: "a\nb"}, 2388047},
		"a picture":                  {component{Type: "HEADER", Format: "IMAGE", Example: sampleOf}, 0},
		"a picture without sample":   {component{Type: "HEADER", Format: "IMAGE"}, 2388273},
		"a place":                    {component{Type: "HEADER", Format: "LOCATION"}, 0},
		"a smell":                    {component{Type: "HEADER", Format: "SMELL"}, 2388047},
		"a footer":                   {component{Type: "FOOTER", Text: "Bottega"}, 0},
		"a long footer":              {component{Type: "FOOTER", Text: strings.Repeat("x", 61)}, 2388040},
		"a variable in the footer":   {component{Type: "FOOTER", Text: "a {{1}} b"}, 2388073},
		"ten buttons":                {component{Type: "BUTTONS", Buttons: quick(10)}, 0},
		"eleven buttons":             {component{Type: "BUTTONS", Buttons: quick(11)}, 2388060},
		"no buttons":                 {component{Type: "BUTTONS"}, 2388060},
		"two groups":                 {component{Type: "BUTTONS", Buttons: append(quick(2), link, call)}, 0},
		"mixed groups":               {component{Type: "BUTTONS", Buttons: append(append(quick(1), link), quick(1)...)}, 2388060},
		"three links":                {component{Type: "BUTTONS", Buttons: []button{link, link, link}}, 2388060},
		"two phones":                 {component{Type: "BUTTONS", Buttons: []button{call, call}}, 2388060},
		"a long button":              {component{Type: "BUTTONS", Buttons: []button{{Type: "QUICK_REPLY", Text: strings.Repeat("x", 26)}}}, 2388040},
		"a variable inside a link":   {component{Type: "BUTTONS", Buttons: []button{{Type: "URL", Text: "a", URL: "https://{{1}}.example/x"}}}, 2388040},
		"a phone without a number":   {component{Type: "BUTTONS", Buttons: []button{{Type: "PHONE_NUMBER", Text: "a"}}}, 2388040},
		"a button that sings":        {component{Type: "BUTTONS", Buttons: []button{{Type: "SONG", Text: "a"}}}, -1},
		"a component of wood":        {component{Type: "WOOD"}, -1},
		"the number, asked politely": {component{Type: "BUTTONS", Buttons: []button{{Type: "REQUEST_CONTACT_INFO"}}}, 0},
	} {
		q := templateRequest{Name: "x", Language: "it", Category: "UTILITY", Components: []component{c.with, body}}
		e := q.check()
		switch {
		case c.sub == 0 && e != nil, c.sub != 0 && e == nil, c.sub > 0 && e.Subcode != c.sub, c.sub < 0 && e.Subcode != 0:
			t.Errorf("%s: %v", name, e)
		}
	}
	for name, q := range map[string]templateRequest{
		"language": {Name: "x", Language: "italiano", Category: "UTILITY"}, "format": {Name: "x", Language: "it", Category: "UTILITY", ParameterFormat: "ROMAN"},
		"named with digits": {Name: "x", Language: "it", Category: "UTILITY", ParameterFormat: "NAMED", Components: []component{{Type: "BODY", Text: "Il suo {{1}} è pronto al banco.", Example: sampleOf}}},
	} {
		if q.check() == nil {
			t.Errorf("%s passes", name)
		}
	}
}

// TestTemplateHeaders: a call must bring the kind of header the template has.
func TestTemplateHeaders(t *testing.T) {
	place := &locationPart{Latitude: "1", Longitude: "2"}
	file := &mediaPart{Link: "https://x.example/a"}
	for format, good := range map[string]callParameter{
		"IMAGE": {Type: "image", Image: file}, "VIDEO": {Type: "video", Video: file}, "DOCUMENT": {Type: "document", Document: file},
		"LOCATION": {Type: "location", Location: place}, "TEXT": {Type: "text", Text: "1042"},
	} {
		m := tmpl{TemplateSeed: TemplateSeed{ParameterFormat: "POSITIONAL", Components: []component{{Type: "HEADER", Format: format, Text: "Ordine {{1}} qui"}}}}
		if e := m.fitsHeader(&callComponent{Type: "header", Parameters: []callParameter{good}}); e != nil {
			t.Errorf("%s: %v", format, e)
		}
		want := 132012
		if format == "TEXT" {
			want = 132000
		}
		if e := m.fitsHeader(nil); e == nil || e.Code != want {
			t.Errorf("%s without header: %v", format, e)
		}
		if e := m.fitsHeader(&callComponent{Type: "header", Parameters: []callParameter{{Type: "hologram"}}}); e == nil || e.Code != 132012 {
			t.Errorf("%s with a hologram: %v", format, e)
		}
	}
}

// TestEveryCodeHasItsWords: each code of the table can be named by a number
// and has a title, a status and a second sentence.
func TestEveryCodeHasItsWords(t *testing.T) {
	n := 0
	for code := range 140000 {
		k, ok := knownError(code)
		if !ok {
			continue
		}
		n++
		e := refuse(code, asyncDetails(code))
		if k.title == "" || k.status < 400 || k.status > 599 || e.Details == "" || !strings.Contains(e.Error(), k.title) {
			t.Errorf("%d: %+v", code, k)
		}
		if code > 130000 {
			if got := fateCode(&person{Person: Person{Phone: core.Phone(fmt.Sprintf("+393200%d", code))}}); got != code {
				t.Errorf("a number that names %d gets %d", code, got)
			}
		}
	}
	if n < 40 {
		t.Errorf("%d codes", n)
	}
}
