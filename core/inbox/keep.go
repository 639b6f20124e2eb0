package inbox

import (
	"context"
	"log/slog"
	"time"

	"bottega/core"
)

// wakeEvery is how exact the end of a snooze is.
const wakeEvery = 5 * time.Second

// Keep brings snoozed conversations back when their time has come, until ctx
// ends; see Wake. A store in trouble is tried again. It returns ctx's error.
func (s *Service) Keep(ctx context.Context, log *slog.Logger) error {
	t := time.NewTicker(wakeEvery)
	defer t.Stop()
	for {
		if _, err := s.Wake(ctx); err != nil && ctx.Err() == nil {
			log.Warn("Nobody could be woken", "err", core.Trace(err))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-t.C:
		}
	}
}
