package campaign

import (
	"cmp"
	"context"
	"slices"
)

// page is how many rows of an audience are read at a time: one may have a
// million people, and none of these answers needs them all at once.
const page = 1000

// EachRecipient calls fn for each page of a query's rows, in the order of
// RecipientQuery; Limit and After of the query are its own.
func EachRecipient(ctx context.Context, st Store, q RecipientQuery, fn func([]Recipient) error) error {
	for q.Limit = page; ; {
		rows, err := st.Recipients(ctx, q)
		if err == nil {
			err = fn(rows)
		}
		if err != nil || len(rows) < q.Limit {
			return err
		}
		q.After = rows[len(rows)-1].ID
	}
}

// Troubles gathers all who failed or are unsure of a campaign; see Groups.
// Each counts as one that the provider had taken: what may be tried again is
// for a person to say.
func (r *Rules) Troubles(ctx context.Context, st Store, campaign int64) ([]Group, error) {
	var out []Group
	q := RecipientQuery{Campaign: campaign, States: []RecipientState{Failed, Unsure}}
	err := EachRecipient(ctx, st, q, func(rows []Recipient) error {
		out = joinGroups(out, r.Groups(rows, func(*Recipient) bool { return true }))
		return nil
	})
	return out, failed("campaign.Troubles", err)
}

// joinGroups adds the groups of more rows, largest first.
func joinGroups(a, b []Group) []Group {
	for _, g := range b {
		i := slices.IndexFunc(a, func(o Group) bool { return o.State == g.State && o.Class == g.Class })
		if i < 0 {
			a = append(a, g)
			continue
		}
		o := &a[i]
		o.N, o.Again = o.N+g.N, o.Again+g.Again
		o.Codes = slices.Compact(slices.Sorted(slices.Values(slices.Concat(o.Codes, g.Codes))))
		o.Sample = append(o.Sample, g.Sample[:min(len(g.Sample), max(0, samples-len(o.Sample)))]...)
		if o.How == Never || g.How == ByWait {
			o.How = g.How
		}
		if o.From.IsZero() || !g.From.IsZero() && g.From.Before(o.From) {
			o.From = g.From
		}
	}
	slices.SortFunc(a, func(x, y Group) int {
		return cmp.Or(cmp.Compare(y.N, x.N), cmp.Compare(x.State, y.State), cmp.Compare(x.Class, y.Class))
	})
	return a
}

// Versions counts a campaign's arms over its whole audience; see Campaign.Arms.
func (c *Campaign) Versions(ctx context.Context, st Store, far RecipientState) ([]Arm, error) {
	out := c.Arms(nil, far)
	err := EachRecipient(ctx, st, RecipientQuery{Campaign: c.ID}, func(rows []Recipient) error {
		for i, arm := range c.Arms(rows, far) {
			out[i].N += arm.N
			out[i].Hits += arm.Hits
		}
		return nil
	})
	return out, failed("campaign.Versions", err)
}
