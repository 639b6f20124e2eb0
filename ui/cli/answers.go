package cli

import (
	"context"
	"strings"
	"time"

	"bottega/core"
	"bottega/core/health"
	"bottega/ui/text"
)

// answersJSON is how callbacks were answered (S-029, S-181, S-219).
type answersJSON struct {
	Answered int     `json:"answered"`
	Failed   int     `json:"failed"`
	Refused  int     `json:"refused"`
	P50      float64 `json:"p50_ms"`
	P99      float64 `json:"p99_ms"`
	Errors   float64 `json:"error_share"`
	Met      bool    `json:"met"`
	Limit    string  `json:"limit"`
	Source   string  `json:"source"`
	Date     string  `json:"date"`
}

// receivesJSON is how one number receives.
type receivesJSON struct {
	Channel string   `json:"channel"`
	Way     core.Way `json:"way"`
	signJSON
}

// wayIn is how everything came in since a time.
type wayIn struct {
	answered health.Answered
	goals    health.AnswerGoals
	channels []receivesJSON
}

func (a *app) lookIn(ctx context.Context, s *Shop, since time.Time) (wayIn, error) {
	w := wayIn{goals: s.Watch.Receive.Answers, channels: []receivesJSON{}}
	var err error
	if w.answered, err = s.Watch.Answered(ctx, since); err != nil {
		return w, err
	}
	chs, err := s.Channels.Channels(ctx)
	if err != nil {
		return w, err
	}
	for i := range chs {
		j, err := a.wayShape(ctx, s, &chs[i])
		if err != nil {
			return w, err
		}
		w.channels = append(w.channels, receivesJSON{j.Name, j.Way, *j.Receiving})
	}
	return w, nil
}

func (w wayIn) shape() answersJSON {
	a := w.answered
	return answersJSON{Answered: a.N, Failed: a.Failed, Refused: a.Refused, P50: exact(a.P50.Seconds() * 1000), P99: exact(a.P99.Seconds() * 1000), Errors: exact(a.ErrorShare()),
		Met: w.goals.Met(a), Limit: w.goals.Limit.D().String(), Source: w.goals.Source, Date: w.goals.Date}
}

// wayLines tells the way in for people.
func (a *app) wayLines(w wayIn) string {
	var lines []string
	if x := w.answered; x.N+x.Failed+x.Refused == 0 {
		lines = append(lines, a.w.T(text.ReportAnswersNone))
	} else {
		lines = append(lines, a.w.T(text.ReportAnswers, "N", a.w.Num(x.N), "P50", a.took(x.P50), "P99", a.took(x.P99), "Failed", a.w.Num(x.Failed), "Refused", a.w.Num(x.Refused)))
		if !w.goals.Met(x) {
			lines = append(lines, a.w.T(text.ReportAnswersSlow, "Limit", a.took(w.goals.Limit.D()), "Errors", a.w.Dec(w.goals.Errors*100, 1)+" %", "Source", a.w.Source(w.goals.Source, "")))
		}
	}
	for _, c := range w.channels {
		lines = append(lines, "  "+a.w.T(text.ReportReceives, "Name", c.Channel, "Way", a.way(c.Way), "Sign", a.w.T(text.K("cli.sign."+string(c.Sign)))))
	}
	return strings.Join(lines, "\n")
}
