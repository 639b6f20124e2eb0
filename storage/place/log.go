package place

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"bottega/core"
)

// maxLog is the size at which a log is put aside, in bytes: the last two are kept.
const maxLog = 8 << 20

// Log opens dir/bottega.log (0600) for appending lines of JSON, several
// processes at once. The returned function closes it. Where nothing can be
// written the logger is silent and the error says why; the program goes on.
func Log(dir string, level slog.Level) (*slog.Logger, func() error, error) {
	silent, none := slog.New(slog.DiscardHandler), func() error { return nil }
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return silent, none, core.Fail(code(err), "place.Log", err)
	}
	name := filepath.Join(dir, "bottega.log")
	st, err := os.Stat(name)
	if err == nil && st.Size() > maxLog {
		err = os.Rename(name, name+".1")
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return silent, none, core.Fail(code(err), "place.Log", err)
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return silent, none, core.Fail(code(err), "place.Log", err)
	}
	return slog.New(slog.NewJSONHandler(f, &slog.HandlerOptions{Level: level})), f.Close, nil
}
