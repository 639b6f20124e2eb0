package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/core/ledger"
	"bottega/ui/text"
)

type quotaJSON struct {
	Channel  string            `json:"channel"`
	Provider core.ProviderName `json:"provider"`
	Number   core.Phone        `json:"number,omitempty"`
	Used     int               `json:"used"`
	Free     int               `json:"free"` // 0 when all are free
	AllFree  bool              `json:"all_free,omitempty"`
	Left     int               `json:"left"`
	Resets   *time.Time        `json:"resets"`
	Level    ledger.Level      `json:"level"`
	Source   string            `json:"source"`
	Date     string            `json:"date"`
}

// reportQuota tells how many of a number's free messages of a month are used (S-003).
func (a *app) reportQuota() *cobra.Command {
	var month string
	c := a.command("quota", text.CmdReportQuota, args(0, 0), func(cmd *cobra.Command, _ []string) error {
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			all, _, err := a.statements(ctx, s, month)
			if err != nil {
				return err
			}
			out := []quotaJSON{}
			for i := range all {
				out = append(out, quotas(&all[i])...)
			}
			if a.g.JSON {
				return a.printJSON(out)
			}
			return a.printQuotas(out)
		})
	})
	c.Flags().StringVar(&month, "month", "", a.w.T(text.FlagMonth))
	return c
}

func quotas(s *ledger.Statement) []quotaJSON {
	ids := make([]int64, len(s.Channels))
	by := map[int64]core.Channel{}
	for i, ch := range s.Channels {
		ids[i], by[ch.ID] = ch.ID, ch
	}
	var out []quotaJSON
	for _, q := range s.Month.Quotas(ids...) {
		ch := by[q.Channel]
		_, free, era := s.Month.Book().FreeService(s.Account, s.Month.Start)
		out = append(out, quotaJSON{Channel: ch.Name, Provider: ch.Provider, Number: ch.Number, Used: q.Used, Free: q.Free, AllFree: free, Left: q.Left,
			Resets: at(q.Resets), Level: q.Level, Source: era.Source, Date: era.Date})
	}
	return out
}

func (a *app) printQuotas(qs []quotaJSON) error {
	if len(qs) == 0 {
		return a.println(a.w.T(text.ReportNoChannel))
	}
	table := [][]string{{a.w.T(text.QuotaChannel), a.w.T(text.QuotaUsed), a.w.T(text.QuotaFree), a.w.T(text.QuotaLeft), a.w.T(text.QuotaResets), ""}}
	for _, q := range qs {
		free, left := a.w.Num(q.Free), a.w.Num(q.Left)
		if q.AllFree {
			free, left = a.w.T(text.QuotaAll), a.w.T(text.QuotaAll)
		}
		table = append(table, []string{clip(q.Channel), a.w.Num(q.Used), free, left, q.Resets.Format(time.DateOnly), a.w.T(text.K("report.level." + string(q.Level)))})
	}
	if err := a.table(table, 1); err != nil {
		return err
	}
	return a.println(a.w.T(text.QuotaWhat, "Source", a.w.Source(qs[0].Source, ""), "Date", a.w.Date(qs[0].Date)))
}
