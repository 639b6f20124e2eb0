//go:build !linux

package storage_test

import (
	"os"
	"time"
)

func dataSync(f *os.File) error { return f.Sync() }

func cpu() time.Duration { return 0 }
