package inbox

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"reflect"
	"sync/atomic"
	"time"

	"bottega/core"
)

// Keys of the shop's own choices among the settings.
const (
	SettingHours   = "hours"   // core.Hours
	SettingTargets = "targets" // core.Targets
)

// Rulebook holds the rules in force: those that ship with the program, with
// the shop's own hours and targets in their place. Safe for concurrent use.
type Rulebook struct {
	base     core.Rules
	settings core.SettingsStore
	now      atomic.Pointer[core.Rules]
}

// OpenRulebook reads the shipped rules from fsys (assets.Rules()) and the
// shop's from the settings. A setting that cannot be used gives InvalidInput.
func OpenRulebook(ctx context.Context, fsys fs.FS, settings core.SettingsStore) (*Rulebook, error) {
	base, err := LoadRules(fsys)
	if err != nil {
		return nil, err
	}
	b := &Rulebook{base: base, settings: settings}
	return b, b.read(ctx)
}

// Rules are the rules in force now.
func (b *Rulebook) Rules() core.Rules { return *b.now.Load() }

func (b *Rulebook) read(ctx context.Context) error {
	r := b.base
	var hours core.Hours // apart from base: decoding into its maps would change them
	var targets core.Targets
	own, err := b.settings.Setting(ctx, SettingHours, &hours)
	if err != nil {
		return err
	}
	if own {
		r.Hours = hours
	}
	if own, err = b.settings.Setting(ctx, SettingTargets, &targets); err != nil {
		return err
	}
	if own {
		r.Targets = targets
	}
	if err := errors.Join(CheckHours(r.Hours), CheckTargets(r.Targets)); err != nil {
		return core.Fail(core.InvalidInput, "inbox.Rulebook", err)
	}
	b.now.Store(&r)
	return nil
}

// settle is how long a burst of changes may last before the rules are read again.
const settle = time.Second

// Run reads the settings again whenever they change, here or in another
// process, and then calls changed (Service.Recompute). Settings that cannot be
// used leave the rules as they were. It returns ctx's error.
func (b *Rulebook) Run(ctx context.Context, feed *core.Feed, log *slog.Logger, changed func(context.Context) error) error {
	sub := feed.Subscribe(core.Settings)
	defer sub.Close()
	for {
		if _, err := sub.Next(ctx, settle); err != nil {
			return err
		}
		before := b.Rules()
		err := b.read(ctx)
		if after := b.Rules(); err == nil && !(reflect.DeepEqual(before.Hours, after.Hours) && reflect.DeepEqual(before.Targets, after.Targets)) {
			err = changed(ctx)
		}
		if err != nil && ctx.Err() == nil {
			log.Warn("New rules are not in force", "err", core.Trace(err))
		}
	}
}
