package bsp

import (
	"context"
	"log/slog"
	"time"

	"bottega/core"
)

// Log notes every call of gw with the channel's id, our ref, the provider's id,
// the time it took, and the code and class of an error. Never a recipient, a
// text, or the provider's words, which may hold either.
func Log(gw core.Gateway, log *slog.Logger, channel int64, now func() time.Time) core.Gateway {
	return watched{gw, func() func(call) {
		start := now()
		return func(c call) { note(log, channel, c, now().Sub(start)) }
	}}
}

func note(log *slog.Logger, channel int64, c call, took time.Duration) {
	level, words := slog.LevelDebug, "Provider answered"
	attrs := []slog.Attr{slog.Int64("channel", channel), slog.String("op", string(c.op)), slog.Duration("took", took)}
	if c.ref != "" {
		attrs = append(attrs, slog.String("ref", c.ref))
	}
	if c.id != "" {
		attrs = append(attrs, slog.String("id", c.id))
	}
	if c.err != nil {
		level, words = slog.LevelWarn, "Provider call failed"
		attrs = append(attrs, slog.String("code", string(core.CodeOf(c.err))))
		if pe := core.ProviderErrorOf(c.err); pe != nil {
			attrs = append(attrs, slog.String("class", string(pe.Class)), slog.String("provider_code", core.CodeWord(pe.Code)), slog.Bool("unsure", pe.Uncertain))
		}
	}
	log.LogAttrs(context.Background(), level, words, attrs...)
}
