package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"time"

	"bottega/core"
)

// World is the data a simulator lives on: assets/demo. The zero value is an
// empty town: it answers requests and knows nobody.
type World struct {
	Shop      Shop
	People    []Person
	Personas  map[string]Persona
	Words     map[string]Words // by language
	Templates []TemplateSeed
	Review    ReviewWords
	Platform  Platform
	Stories   []Story
}

// Shop is the demo's shop.
type Shop struct {
	Name        string     `json:"name"`
	Number      core.Phone `json:"number"`
	About       string     `json:"about"`
	Address     string     `json:"address"`
	Description string     `json:"description"`
	Email       string     `json:"email"`
	Agents      []string   `json:"agents"`
}

// Platform holds facts of Meta that change by date or country, with their source.
type Platform struct {
	CapExempt          []string  `json:"cap_exempt"`           // calling codes without the marketing cap (P-33)
	NoMarketing        []string  `json:"no_marketing"`         // calling codes that get no marketing at all (P-34)
	ServiceChargedFrom time.Time `json:"service_charged_from"` // P-74
	Source             string    `json:"source"`
	Date               string    `json:"date"`
}

// Persona is how a kind of customer behaves.
type Persona struct {
	Reads   float64          `json:"reads"`   // chance that they read a message at all
	Look    [2]core.Duration `json:"look"`    // when they do, after so long
	Answers float64          `json:"answers"` // chance that they react to it
	Think   [2]core.Duration `json:"think"`   // … after so long
	Opens   map[string]int   `json:"opens"`   // weight of each way to begin
	Replies map[string]int   `json:"replies"` // weight of each way to react
	Chases  bool             `json:"chases"`  // writes again when nobody answers
}

// Words are what customers say in one language.
type Words struct {
	Lines  map[string][]string `json:"lines"`  // by occasion: ask, complain, thank, …
	Bursts [][]string          `json:"bursts"` // one thought in several messages
	Edits  [][2]string         `json:"edits"`  // a slip and its correction
	Places []core.Location     `json:"places"`
}

// stranger reads sometimes and never answers.
func stranger() Persona {
	return Persona{Reads: 0.7, Look: [2]core.Duration{core.Duration(3 * time.Second), core.Duration(60 * time.Second)}}
}

func (w World) persona(name string) Persona {
	if p, ok := w.Personas[name]; ok {
		return p
	}
	return stranger()
}

// looks decides whether and after how long a message is read.
func (p Persona) looks(r *rand.Rand) (bool, time.Duration) {
	return r.Float64() < p.Reads, between(r, p.Look[0].D(), p.Look[1].D())
}

// weighed draws a key by its weight; "" when there is none.
func weighed(r *rand.Rand, weights map[string]int) string {
	total := 0
	for _, w := range weights {
		total += w
	}
	if total <= 0 {
		return ""
	}
	n := r.IntN(total)
	for _, k := range slices.Sorted(maps.Keys(weights)) {
		if n -= weights[k]; n < 0 {
			return k
		}
	}
	return ""
}

// LoadWorld reads the world from a folder of JSON files (assets/demo):
// shop, people, personas, templates, review, platform and stories.json, and
// words/LANG.json. Its error is Internal: the files are part of the program.
func LoadWorld(fsys fs.FS) (World, error) {
	w := World{Words: map[string]Words{}}
	for name, v := range map[string]any{
		"shop.json": &w.Shop, "people.json": &w.People, "personas.json": &w.Personas, "templates.json": &w.Templates,
		"review.json": &w.Review, "platform.json": &w.Platform, "stories.json": &w.Stories,
	} {
		if err := readJSON(fsys, name, v); err != nil {
			return World{}, core.Fail(core.Internal, "sandbox.LoadWorld", err)
		}
	}
	names, err := fs.Glob(fsys, "words/*.json")
	if err != nil {
		return World{}, core.Fail(core.Internal, "sandbox.LoadWorld", err)
	}
	for _, name := range names {
		var words Words
		if err := readJSON(fsys, name, &words); err != nil {
			return World{}, core.Fail(core.Internal, "sandbox.LoadWorld", err)
		}
		w.Words[strings.TrimSuffix(path.Base(name), ".json")] = words
	}
	if err := w.check(); err != nil {
		return World{}, core.Fail(core.Internal, "sandbox.LoadWorld", err)
	}
	return w, nil
}

func readJSON(fsys fs.FS, name string, v any) error {
	b, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: something after its value", name)
	}
	return nil
}

// check finds what would make a customer speechless or unreachable.
func (w World) check() error {
	seen := map[string]bool{}
	for _, p := range w.People {
		_, persona := w.Personas[p.Persona]
		_, words := w.Words[p.Lang]
		switch {
		case p.Key == "" || p.Name == "" || p.UserID == "":
			return fmt.Errorf("person %q: key, name or user_id is missing", p.Key)
		case seen[p.Key], seen[p.UserID], p.Phone != "" && seen[string(p.Phone)]:
			return fmt.Errorf("person %q: key, phone or user_id is taken", p.Key)
		case !persona:
			return fmt.Errorf("person %q: no persona %q", p.Key, p.Persona)
		case !words:
			return fmt.Errorf("person %q: no words in %q", p.Key, p.Lang)
		}
		seen[p.Key], seen[p.UserID], seen[string(p.Phone)] = true, true, true
	}
	for _, s := range w.Stories {
		if !slices.ContainsFunc(w.People, func(p Person) bool { return p.Key == s.Who }) {
			return fmt.Errorf("story of %q: nobody has that key", s.Who)
		}
	}
	return nil
}
