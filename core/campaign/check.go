package campaign

import (
	"errors"
	"fmt"
	"strings"

	"bottega/core"
	"bottega/core/ledger"
)

// Rule names what a refusal or a mark is about, for words in ui/text.
type Rule string

const (
	RuleNobody   Rule = "nobody"         // the audience is empty
	RuleForm     Rule = "template"       // no template that may be sent
	RuleMoved    Rule = "category"       // its category is another than the campaign's
	RuleHost     Rule = "moved"          // the data came from another machine
	RuleSpeed    Rule = "speed"          // above 50 a second without anybody taking the risk
	RulePlatform Rule = "platform_speed" // above what the platform takes
	RuleUrgent   Rule = "urgent"         // promotion is never urgent
	RuleSMS      Rule = "sms"            // no promotion by SMS
	RuleCodes    Rule = "authentication" // a one-time code is for the one who asked for it
	RuleChannel  Rule = "channel"        // sending is stopped there
	RuleBlocked  Rule = "blocked"        // too many blocks already
	RuleTime     Rule = "time"           // no time given, or the end cannot be seen
	RuleShares   Rule = "held_back"      // more held back than sent to
	RuleTest     Rule = "test"           // a test of a promotion to somebody who has not agreed

	RuleNight     Rule = "night_share"
	RuleHour      Rule = "hourly"
	RuleTemplates Rule = "template_share"
	RuleReply     Rule = "reply_rate"
	RuleLimit     Rule = "limit"
	RuleQuota     Rule = "quota"
	RuleUnpriced  Rule = "unpriced"
	RuleStale     Rule = "rate_card"
)

// Refusal is a rule that forbids a campaign, with where the rule comes from.
type Refusal struct {
	Rule   Rule
	Detail string // a template, a class, a number: never words
	Source string
	Date   string
}

// Mark is a prediction beside its threshold.
type Mark struct {
	Rule   Rule
	Value  float64
	Limit  float64
	Least  bool // Value should be at least Limit, else below it
	Level  ledger.Level
	Source string
	Date   string
}

// RefusedError is why a campaign was not started.
type RefusedError struct{ Refusals []Refusal }

func (e *RefusedError) Error() string {
	var rules []string
	for _, r := range e.Refusals {
		rules = append(rules, fmt.Sprintf("%s %s", r.Rule, r.Detail))
	}
	return "refused: " + strings.Join(rules, "; ")
}

// RefusalsOf returns the rules inside err, nil when it is about something else.
func RefusalsOf(err error) []Refusal {
	if e, ok := errors.AsType[*RefusedError](err); ok {
		return e.Refusals
	}
	return nil
}

// Check returns a core.Refused error with the rules that forbid the campaign,
// nil when it may start.
func (r *Report) Check() error {
	if len(r.Refusals) == 0 {
		return nil
	}
	return core.Fail(core.Refused, "campaign.Check", &RefusedError{r.Refusals})
}

// ownRule is the source of what this program asks of a campaign by itself.
const ownRule = "own rule"

func refuse[T any](rule Rule, detail string, f Fact[T]) Refusal {
	return Refusal{Rule: rule, Detail: detail, Source: f.Source, Date: f.Date}
}

// codes refuses a template of one-time codes to many.
func codes(c *Campaign) Refusal {
	return Refusal{Rule: RuleCodes, Detail: strings.Join(c.Templates, ", "), Source: ownRule + ", P-10"}
}

// refusals finds all that the rules forbid.
func (r *Rules) refusals(in *Input, rep *Report) []Refusal {
	c := &in.Campaign
	var out []Refusal
	own := func(rule Rule, detail string) {
		out = append(out, Refusal{Rule: rule, Detail: detail, Source: ownRule})
	}
	switch {
	case in.Forms.Trouble == TemplateMoved:
		out = append(out, Refusal{Rule: RuleMoved, Detail: in.Forms.TroubleWith, Source: ownRule + ", P-13"})
	case !in.Forms.Any():
		own(RuleForm, strings.Join(c.Templates, ", "))
	case rep.Included == 0:
		own(RuleNobody, "")
	}
	if in.Channel.State == core.Paused {
		own(RuleChannel, string(in.Channel.PauseClass))
	}
	if c.HoldBack < 0 || c.HoldBack > 0.5 {
		own(RuleShares, "")
	}
	if c.Schedule.When == At && c.Schedule.At.IsZero() || rep.Included > 0 && rep.Outlook.End.IsZero() {
		own(RuleTime, "")
	}
	per := c.PerMinute(r)
	if per > r.PerSecondMax.Value*60 && c.Pace.Override == "" {
		out = append(out, refuse(RuleSpeed, fmt.Sprint(per), r.PerSecondMax))
	}
	if per > r.PlatformPerSecond.Value*60 {
		out = append(out, refuse(RulePlatform, fmt.Sprint(per), r.PlatformPerSecond))
	}
	if c.Urgent && c.Marketing() {
		out = append(out, refuse(RuleUrgent, "", r.Quiet))
	}
	if c.Category == ledger.Authentication {
		out = append(out, codes(c))
	}
	if c.SMS && c.Marketing() {
		out = append(out, refuse(RuleSMS, "", r.SMSWithin))
	}
	if c.Marketing() && in.BlockRate >= r.PauseBlocked.Value.Share {
		out = append(out, refuse(RuleBlocked, fmt.Sprintf("%.4f", in.BlockRate), r.PauseBlocked))
	}
	return out
}

// mark judges a value that should stay below a limit.
func mark[T any](rule Rule, value, limit, near float64, f Fact[T]) Mark {
	m := Mark{Rule: rule, Value: value, Limit: limit, Level: ledger.Fine, Source: f.Source, Date: f.Date}
	switch {
	case value >= limit:
		m.Level = ledger.Over
	case value >= near*limit:
		m.Level = ledger.Near
	}
	return m
}

// marks are what the campaign does to the gauges, whether it may start or not.
func (r *Rules) marks(in *Input, rep *Report) []Mark {
	near := r.QuotaNear.Value
	out := []Mark{mark(RuleNight, rep.Outlook.NightShare(), r.NightShare.Value, near, r.NightShare)}
	if in.New {
		out = append(out, mark(RuleHour, float64(rep.Outlook.Busiest), float64(r.NewPerHour.Value), near, r.NewPerHour))
	}
	if all := in.Messages + rep.Included; all > 0 {
		share := float64(in.Templates+rep.Included) / float64(all)
		m := mark(RuleTemplates, share, r.TemplateShare.Value, near, r.TemplateShare)
		if !in.New && m.Level == ledger.Over {
			m.Level = ledger.Near // the rule is about the first days (S-202)
		}
		out = append(out, m)
	}
	if in.ReplyRate > 0 {
		least, f := r.ReplyLeast.Value, r.ReplyLeast
		if in.New {
			least, f = r.NewReply.Value, r.NewReply
		}
		m := Mark{Rule: RuleReply, Value: in.ReplyRate, Limit: least, Least: true, Level: ledger.Fine, Source: f.Source, Date: f.Date}
		switch {
		case in.ReplyRate < least:
			m.Level = ledger.Over
		case in.ReplyRate < r.ReplyLow.Value:
			m.Level = ledger.Near
		}
		out = append(out, m)
	}
	if in.Left >= 0 {
		out = append(out, mark(RuleLimit, float64(rep.Included), float64(max(in.Left, 1)), near, r.Limits))
	}
	if n := rep.Cost.Unpriced; n > 0 {
		out = append(out, Mark{Rule: RuleUnpriced, Value: float64(n), Level: ledger.Near, Source: rep.Cost.CardSource, Date: rep.Cost.CardFrom})
	}
	if rep.Cost.Stale {
		out = append(out, Mark{Rule: RuleStale, Level: ledger.Near, Source: rep.Cost.CardSource, Date: rep.Cost.CardFrom})
	}
	for _, q := range rep.Quotas {
		if q.Level != ledger.Fine && in.Campaign.Category == ledger.Service {
			out = append(out, Mark{Rule: RuleQuota, Value: float64(q.Used), Limit: float64(q.Free), Level: q.Level, Source: r.QuotaNear.Source, Date: r.QuotaNear.Date})
		}
	}
	return out
}
