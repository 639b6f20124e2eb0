package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"

	"bottega/core"
	"bottega/core/consent"
	"bottega/core/contact"
	"bottega/core/people"
)

// till says what the people of the demo shop bought, by their value.
type till struct {
	Campaign     string `json:"campaign"`
	Consent      string `json:"consent"` // the words that every so many agreed to
	ConsentEvery int    `json:"consent_every"`
	Tiers        map[core.ValueTier]struct {
		Orders int `json:"orders"`
		Least  int `json:"least"` // the smallest amount; each further one is a step more
		Step   int `json:"step"`
		Days   int `json:"days"` // between two
	} `json:"tiers"`
}

// Sell gives the people of a furnished demo shop purchases and consents, once.
func Sell(ctx context.Context, world fs.FS, s *people.Service) error {
	const op = "demo.Sell"
	var t till
	b, err := fs.ReadFile(world, "till.json")
	if err == nil {
		err = json.Unmarshal(b, &t)
	}
	if err != nil {
		return core.Fail(core.Internal, op, err)
	}
	if n, err := s.Count(ctx, "orders>0 or optin"); err != nil || n > 0 {
		return err
	}
	found, err := s.Find(ctx, "answered", 0, people.MaxRows)
	if err != nil {
		return err
	}
	var rows [][]string
	var agreed []int64
	for i, c := range found {
		tier := t.Tiers[c.Value]
		for n := range tier.Orders {
			at := s.Now().AddDate(0, 0, -tier.Days*n-i%max(1, tier.Days))
			rows = append(rows, []string{fmt.Sprintf("B-%d-%d", c.ID, n+1), at.Format("2006-01-02"), fmt.Sprint(c.ID), fmt.Sprintf("%d.%02d", tier.Least+tier.Step*(n+i%5), i*37%100), t.Campaign})
		}
		if i%max(1, t.ConsentEvery) == 0 {
			agreed = append(agreed, c.ID)
		}
	}
	n := 0
	_, err = s.ImportOrders(ctx, people.OrderImport{Source: "till", Table: people.Table{
		Header: []string{contact.ColOrderID, contact.ColDate, contact.ColContactID, contact.ColAmount, contact.ColCampaign},
		Next: func() (people.Row, error) {
			if n == len(rows) {
				return people.Row{}, io.EOF
			}
			n++
			return people.Row{Line: n + 1, Cells: rows[n-1]}, nil
		}}})
	if err != nil {
		return err
	}
	_, _, err = s.Record(ctx, agreed, consent.Entry{Kind: consent.OptIn, Scope: consent.Marketing, Words: t.Consent, Agent: "demo"}, nil)
	return err
}
