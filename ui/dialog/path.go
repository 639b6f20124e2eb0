package dialog

import (
	"os"
	"path/filepath"
	"strings"
)

// Expand puts the home folder in place of a leading "~" and strips the quotes
// that a terminal adds to a file dropped on it.
func Expand(path string) string {
	path = strings.TrimSpace(path)
	path = strings.Trim(path, `'"`)
	path = strings.TrimPrefix(path, "file://")
	if rest, ok := strings.CutPrefix(path, "~"); ok && (rest == "" || rest[0] == '/' || rest[0] == filepath.Separator) {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	return path
}

// maxPaths bounds the names offered for one folder.
const maxPaths = 200

// Paths lists what a half-typed path may become: folders first, then files,
// hidden ones only when asked for by a dot. It reads the folder: for commands,
// never for drawing.
func Paths(path string) []string {
	shown, prefix := filepath.Split(strings.TrimSpace(path))
	if shown == "" && prefix == "~" { // the folder itself, not a name in the one above it
		shown, prefix = "~"+string(filepath.Separator), ""
	}
	dir := Expand(shown)
	read := dir
	if read == "" {
		read = "."
	}
	es, err := os.ReadDir(read)
	if err != nil {
		return nil // an unreadable folder offers nothing; whoever opens the file says why
	}
	var dirs, files []string
	for _, e := range es {
		n := e.Name()
		if !hasPrefixFold(n, prefix) || (strings.HasPrefix(n, ".") && !strings.HasPrefix(prefix, ".")) {
			continue
		}
		if st, err := os.Stat(filepath.Join(read, n)); err == nil && st.IsDir() {
			dirs = append(dirs, shown+n+string(filepath.Separator))
		} else {
			files = append(files, shown+n)
		}
	}
	out := append(dirs, files...)
	return out[:min(len(out), maxPaths)]
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
