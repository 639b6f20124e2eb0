package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// rowJSON is one person of an audience.
type rowJSON struct {
	Row      string                  `json:"row"`
	Campaign string                  `json:"campaign"`
	Contact  contactJSON             `json:"contact"`
	State    campaign.RecipientState `json:"state"`
	Template string                  `json:"template,omitempty"`
	Language string                  `json:"language,omitempty"`
	Message  string                  `json:"message,omitempty"`
	Class    core.Class              `json:"class,omitempty"`
	Code     string                  `json:"code,omitempty"`
	Sent     *time.Time              `json:"sent_at,omitempty"`
}

// campaignUnsure lists those whom the network left open, and takes a person's
// word for one of them.
func (a *app) campaignUnsure() *cobra.Command {
	var arrived, again string
	c := a.command("unsure ID", text.CmdCampaignUnsure, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		if arrived != "" && again != "" {
			return usage(text.UseCmpOneWord)
		}
		row := int64(0)
		if word := arrived + again; word != "" {
			var err error
			if row, err = parseID(word); err != nil {
				return err
			}
		}
		return a.onCampaign(cmd, arg, func(ctx context.Context, d *office, n int64) error {
			if _, err := d.Office.Store.Campaign(ctx, n); err != nil {
				return err
			}
			if row == 0 {
				return a.listUnsure(ctx, d, n)
			}
			return a.settleRow(ctx, d, n, row, arrived != "")
		})
	})
	c.Flags().StringVar(&arrived, "arrived", "", a.w.T(text.FlagCmpArrived))
	c.Flags().StringVar(&again, "again", "", a.w.T(text.FlagCmpAgain))
	return c
}

// settleRow takes a person's word for one row of this campaign.
func (a *app) settleRow(ctx context.Context, d *office, n, row int64, arrived bool) error {
	found := false
	q := campaign.RecipientQuery{Campaign: n, States: []campaign.RecipientState{campaign.Unsure}}
	err := campaign.EachRecipient(ctx, d.Office.Store, q, func(rows []campaign.Recipient) error {
		for _, x := range rows {
			found = found || x.ID == row
		}
		return nil
	})
	if err != nil {
		return err
	}
	if !found {
		return refuse(core.Conflict, text.CmpNotUnsure, "Row", id(row), "ID", id(n))
	}
	if err := d.Settle(ctx, row, arrived); err != nil {
		return err
	}
	if a.g.JSON {
		return a.printJSON(map[string]any{"row": id(row), "arrived": arrived})
	}
	if arrived {
		return a.println(a.w.T(text.DidCmpArrived))
	}
	return a.println(a.w.T(text.DidCmpAgain))
}

func (a *app) listUnsure(ctx context.Context, d *office, n int64) error {
	out := []rowJSON{}
	q := campaign.RecipientQuery{Campaign: n, States: []campaign.RecipientState{campaign.Unsure}}
	err := campaign.EachRecipient(ctx, d.Office.Store, q, func(rows []campaign.Recipient) error {
		for i := range rows {
			j, _, err := a.row(ctx, d, &rows[i])
			if err != nil {
				return err
			}
			out = append(out, j)
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case a.g.JSON:
		return a.printJSON(out)
	case len(out) == 0:
		return a.println(a.w.T(text.CmpNoUnsure))
	}
	now := a.h.Now().In(d.Home)
	var table [][]string
	for _, r := range out {
		when := ""
		if r.Sent != nil {
			when = a.w.When(r.Sent.In(d.Home), now)
		}
		why, _ := a.w.Reason(&core.ProviderError{Class: r.Class, Code: r.Code})
		table = append(table, []string{r.Row, kit.Fit(a.nameOf(&core.Contact{Name: r.Contact.Name, Phone: r.Contact.Phone}), 24), string(r.Contact.Phone), when, why})
	}
	if err := a.table(table, 5); err != nil {
		return err
	}
	return a.println(a.w.T(text.CmpUnsureHow, "ID", id(n)))
}

// row is a recipient with the contact that it is, who may be gone.
func (a *app) row(ctx context.Context, d *office, x *campaign.Recipient) (rowJSON, core.Contact, error) {
	c, err := d.Shop.People.Contact(ctx, x.ContactID)
	if core.CodeOf(err) == core.NotFound {
		c, err = core.Contact{ID: x.ContactID}, nil
	}
	return rowJSON{Row: id(x.ID), Campaign: id(x.CampaignID), Contact: contactShape(&c), State: x.State, Template: x.Template, Language: x.Language,
		Message: id(x.MessageID), Class: x.Class, Code: x.Code, Sent: at(x.SentAt)}, c, err
}

// rowHeader names the columns of an export, the same in every language so that
// a sheet made of one works with the next.
var rowHeader = []string{"name", "phone", "state", "reason", "template", "language", "sent_at", "class", "code", "row"}

// campaignExport writes what became of each person into a table.
func (a *app) campaignExport() *cobra.Command {
	return a.command("export ID FILE", text.CmdCampaignExport, args(2, 2), func(cmd *cobra.Command, arg []string) error {
		return a.onCampaign(cmd, arg, func(ctx context.Context, d *office, n int64) error {
			if _, err := d.Office.Store.Campaign(ctx, n); err != nil {
				return err
			}
			count, err := a.saveRows(ctx, d, n, arg[1])
			if err != nil {
				return err
			}
			if a.g.JSON {
				return a.printJSON(map[string]any{"file": arg[1], "count": count})
			}
			if arg[1] == "-" {
				return nil
			}
			return a.println(a.w.N(text.DidExport, count, "File", clip(arg[1])))
		})
	})
}

// saveRows writes to a file beside the one asked for and puts it in its place
// when it is whole. Only this user can read it: it is full of people.
func (a *app) saveRows(ctx context.Context, d *office, n int64, path string) (count int, err error) {
	if path == "-" {
		return a.writeRows(ctx, d, n, output{a}, path)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".export-*")
	if err != nil {
		return 0, refuse(core.NotFound, text.BadFile, "File", clip(path))
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	count, err = a.writeRows(ctx, d, n, f, path)
	if err = errors.Join(err, f.Close()); err != nil {
		return count, err
	}
	return count, os.Rename(f.Name(), path)
}

func (a *app) writeRows(ctx context.Context, d *office, n int64, w io.Writer, path string) (count int, err error) {
	write, end, err := a.h.NewTable(w, path, rowHeader)
	if err != nil {
		return 0, err
	}
	err = campaign.EachRecipient(ctx, d.Office.Store, campaign.RecipientQuery{Campaign: n}, func(rows []campaign.Recipient) error {
		for i := range rows {
			x := &rows[i]
			_, c, err := a.row(ctx, d, x)
			if err != nil {
				return err
			}
			sent := ""
			if !x.SentAt.IsZero() {
				sent = x.SentAt.UTC().Format(time.RFC3339)
			}
			if err := write([]string{c.Name, string(c.Phone), string(x.State), string(x.Why), x.Template, x.Language, sent, string(x.Class), x.Code, id(x.ID)}); err != nil {
				return err
			}
			count++
		}
		return nil
	})
	return count, errors.Join(err, end())
}
