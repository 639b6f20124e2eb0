package core

import (
	"sync"
	"time"
)

// zones keeps loaded time zones by name, since LoadLocation reads a file each
// time and every row of the inbox asks. Only names that exist get in.
var zones sync.Map // string → *time.Location

// LoadZone is time.LoadLocation for who asks again and again, such as what
// draws: each zone is read once.
func LoadZone(name string) (*time.Location, error) {
	switch name {
	case "", "UTC":
		return time.UTC, nil
	case "Local": // not kept: tests and long-lived programs may change it
		return time.Local, nil
	}
	if loc, ok := zones.Load(name); ok {
		return loc.(*time.Location), nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, err
	}
	zones.Store(name, loc)
	return loc, nil
}
