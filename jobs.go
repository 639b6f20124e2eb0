package main

import (
	"context"
	"errors"
	"strconv"

	"golang.org/x/sync/errgroup"

	"bottega/core"
)

// job is something that works until ctx ends.
type job = func(context.Context) error

// together runs jobs until ctx ends or one of them fails, and waits for all. A
// panic in one of them stops the others and comes back as an error.
func together(ctx context.Context, jobs ...job) error {
	grp, ctx := errgroup.WithContext(ctx)
	for i, j := range jobs {
		grp.Go(core.Guard(ctx, "job "+strconv.Itoa(i), j))
	}
	if err := grp.Wait(); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// until runs jobs for as long as last works.
func until(ctx context.Context, last job, jobs ...job) error {
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	var ended error // of last: what the others say once they are told to stop must not hide it
	err := together(ctx, append(jobs, func(ctx context.Context) error {
		defer leave()
		ended = core.Guard(ctx, "last job", last)()
		return ended
	})...)
	if ended != nil && !errors.Is(ended, context.Canceled) {
		return ended
	}
	return err
}
