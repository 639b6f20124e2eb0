package inbox

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"bottega/core"
	"bottega/ui/dialog"
)

// Limits says which files may be sent and how large: data from assets/rules/media.json.
type Limits struct {
	Source string      `json:"source"`
	Date   string      `json:"date"`
	Kinds  []FileLimit `json:"kinds"`
}

// FileLimit is one kind of file: its largest size in bytes and the MIME type
// of each file name extension, lower case with the dot.
type FileLimit struct {
	Type core.MessageType  `json:"type"`
	Max  int64             `json:"max"`
	MIME map[string]string `json:"mime"`
}

// ReadLimits reads media.json from fsys (assets.Rules()).
func ReadLimits(fsys fs.FS) (Limits, error) {
	data, err := fs.ReadFile(fsys, "media.json")
	if err != nil {
		return Limits{}, fmt.Errorf("inbox.ReadLimits: %w", err)
	}
	var l Limits
	if err := json.Unmarshal(data, &l); err != nil {
		return Limits{}, fmt.Errorf("inbox.ReadLimits: %w", err)
	}
	return l, nil
}

// file is a file that somebody chose, judged by the limits.
type file struct {
	path string
	size int64
	kind FileLimit
	mime string
	code core.Code // "" when it may be sent; NotFound, BadMedia, TooLarge, EmptyMessage
}

// judge looks a file up on the disk. Only a command calls it: it does I/O.
func (l Limits) judge(_ context.Context, path string) file {
	f := file{path: dialog.Expand(path)}
	st, err := os.Stat(f.path)
	if err != nil || !st.Mode().IsRegular() {
		f.code = core.NotFound
		return f
	}
	f.size = st.Size()
	ext := strings.ToLower(filepath.Ext(f.path))
	i := slices.IndexFunc(l.Kinds, func(k FileLimit) bool { return k.MIME[ext] != "" })
	if i < 0 {
		f.code = core.BadMedia
		return f
	}
	f.kind, f.mime = l.Kinds[i], l.Kinds[i].MIME[ext]
	switch {
	case f.size == 0:
		f.code = core.EmptyMessage
	case f.size > f.kind.Max:
		f.code = core.TooLarge
	}
	return f
}
