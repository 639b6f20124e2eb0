package bsp

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"bottega/core"
)

// Stats counts and times a gateway's calls for the health page: S-218 (API
// failure rate below 0.1 %). The zero value is ready; one Stats may be shared
// by several gateways. Safe for concurrent use.
type Stats struct {
	all     Window
	mu      sync.Mutex
	ops     map[Op]*Window
	classes map[core.Class]int64
	unsure  int64
	uploads core.Uploads // that worked and were not taken yet
}

// untaken bounds the uploads that wait for TakeUploads.
const untaken = 256

// TakeUploads tells of the uploads that worked since it was last asked; Return
// takes back what could not be kept.
func (s *Stats) TakeUploads() core.Uploads {
	s.mu.Lock()
	defer s.mu.Unlock()
	us := s.uploads
	s.uploads = nil
	return us
}

// Return puts uploads back in front of those that came meanwhile.
func (s *Stats) Return(us core.Uploads) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.uploads = append(us, s.uploads...)
	s.uploads = s.uploads[max(0, len(s.uploads)-untaken):]
}

// Report of a Stats.
type Report struct {
	// All calls: Failed and FailureRate count what did not work, not what was
	// refused with reason (a closed window, a person who opted out).
	All     Summary
	Ops     map[Op]Summary
	Classes map[core.Class]int64 // every error with its class, since the start
	Unsure  int64                // sends of open outcome, since the start
}

// Report reads the counters.
func (s *Stats) Report() Report {
	r := Report{All: s.all.Summary(), Ops: map[Op]Summary{}}
	s.mu.Lock()
	defer s.mu.Unlock()
	for op, w := range s.ops {
		r.Ops[op] = w.Summary()
	}
	r.Classes, r.Unsure = maps.Clone(s.classes), s.unsure
	return r
}

// Meter notes every call of gw in s.
func Meter(gw core.Gateway, s *Stats, now func() time.Time) core.Gateway {
	return watched{gw, func() func(call) {
		start := now()
		return func(c call) {
			if called(c.err) {
				took := now().Sub(start)
				s.add(c, took)
				if c.op == OpUpload && c.err == nil {
					s.Return(core.Uploads{{At: start, Took: took}})
				}
			}
		}
	}}
}

func (s *Stats) add(c call, took time.Duration) {
	bad := failed(c.err)
	s.all.Add(took, bad)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ops == nil {
		s.ops, s.classes = map[Op]*Window{}, map[core.Class]int64{}
	}
	if s.ops[c.op] == nil {
		s.ops[c.op] = &Window{}
	}
	s.ops[c.op].Add(took, bad)
	if pe := core.ProviderErrorOf(c.err); pe != nil {
		s.classes[pe.Class]++
		if pe.Uncertain {
			s.unsure++
		}
	}
}

// called reports whether a call reached for the provider at all: what was
// refused before, or given up by us, says nothing about the API.
func called(err error) bool {
	if err == nil {
		return true
	}
	pe := core.ProviderErrorOf(err)
	return pe != nil && (pe.Uncertain || !errors.Is(err, context.Canceled))
}

// failed reports whether the API let us down. A refusal that concerns the
// recipient, the content or the shop's standing is an answer, not a failure.
func failed(err error) bool {
	if err == nil {
		return false
	}
	pe := core.ProviderErrorOf(err)
	if pe == nil || pe.Uncertain {
		return true
	}
	switch pe.Class {
	case core.ClassWindowClosed, core.ClassUndeliverable, core.ClassBlocked, core.ClassMarketingCapped, core.ClassOptedOut,
		core.ClassTemplate, core.ClassMedia, core.ClassPolicy, core.ClassPayment, core.ClassPairLimit:
		return false
	}
	return true
}
