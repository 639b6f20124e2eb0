package storage

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"database/sql"
	"database/sql/driver"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"modernc.org/sqlite"

	"bottega/core"
)

// A backup is one tar file: the database as one consistent copy, the media
// files, and last a manifest with the size and SHA-256 of each part and the
// number of rows of each table. It holds no secrets: they are in the keyring.

const (
	// DatabasePart is the name of the database inside a backup.
	DatabasePart  = fileName
	manifestName  = "manifest.json"
	archiveFormat = 1
	// backupStep is how many pages are copied between two looks at the context.
	backupStep = 2000
)

// Part is one file of a backup.
type Part struct {
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Manifest says what a backup holds.
type Manifest struct {
	Format int             `json:"format"`
	At     time.Time       `json:"at"`
	Schema int             `json:"schema"`
	Rows   map[string]int  `json:"rows"` // by table
	Parts  map[string]Part `json:"parts"`
}

// Bytes is the size of all parts.
func (m *Manifest) Bytes() (n int64) {
	for _, p := range m.Parts {
		n += p.Size
	}
	return n
}

// Backup copies the shop into one new file while it is in use; readers and
// writers go on. progress, where not nil, hears of pages done and in all. The
// file exists under its name only when it is whole and on disk. FileExists when
// there is a file of that name already.
func (db *DB) Backup(ctx context.Context, file string, progress func(done, total int)) (m Manifest, err error) {
	defer func() { err = db.fail("storage.Backup", err) }()
	if _, err := os.Lstat(file); err == nil {
		return m, core.Fail(core.FileExists, "storage.Backup", fs.ErrExist)
	}
	tmp, err := os.MkdirTemp(filepath.Dir(file), ".bottega-backup-*") // 0700, on the disk that must hold the copy anyway
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	copied := filepath.Join(tmp, fileName)
	if err := db.copyTo(ctx, copied, progress); err != nil {
		return m, err
	}
	m = Manifest{Format: archiveFormat, At: db.now().UTC(), Parts: map[string]Part{}}
	if m.Schema, m.Rows, err = inspect(ctx, copied); err != nil {
		return m, err
	}
	whole := filepath.Join(tmp, "archive")
	if err := db.pack(ctx, whole, copied, &m); err != nil {
		return m, err
	}
	if err := os.Link(whole, file); err != nil { // unlike a rename it never replaces a file
		if errors.Is(err, fs.ErrExist) {
			return m, core.Fail(core.FileExists, "storage.Backup", err)
		}
		if err := os.Rename(whole, file); err != nil { // a disk without links
			return m, err
		}
	}
	return m, syncDir(filepath.Dir(file))
}

// copyTo makes a consistent copy with SQLite's own backup. The transaction
// held open on the source keeps it from starting again with every write.
func (db *DB) copyTo(ctx context.Context, to string, progress func(done, total int)) (err error) {
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	conn, err := db.rdb.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	tx, err := conn.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tx.Rollback()) }()
	var n int
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM channels").Scan(&n); err != nil {
		return err
	}
	return conn.Raw(func(dc any) error {
		src, ok := dc.(interface {
			NewBackup(string) (*sqlite.Backup, error)
		})
		if !ok {
			return driver.ErrSkip
		}
		b, err := src.NewBackup(fileURI(to))
		if err != nil {
			return err
		}
		for more := true; more; {
			if err := ctx.Err(); err != nil {
				return errors.Join(err, b.Finish())
			}
			if more, err = b.Step(backupStep); err != nil {
				return errors.Join(err, b.Finish())
			}
			if progress != nil {
				progress(b.PageCount()-b.Remaining(), b.PageCount())
			}
		}
		return b.Finish()
	})
}

// inspect reads schema and row counts of a database file that nobody else uses.
func inspect(ctx context.Context, file string) (schema int, rows map[string]int, err error) {
	pool, err := sql.Open("sqlite", readerDSN(file, time.Second, true))
	if err != nil {
		return 0, nil, err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	if err := check(ctx, pool); err != nil {
		return 0, nil, err
	}
	src := plainQueries{ctx, pool}
	v, err := one(src, scanInt, "PRAGMA user_version")
	if err != nil {
		return 0, nil, err
	}
	scanName := func(rows *sql.Rows, s *string) error { return rows.Scan(s) }
	tables, err := all(src, scanName, `SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' AND name NOT LIKE 'sqlite_%' ORDER BY name`)
	rows = map[string]int{}
	for _, t := range tables {
		n, cerr := one(src, scanInt, `SELECT count(*) FROM "`+strings.ReplaceAll(t, `"`, `""`)+`"`)
		err = errors.Join(err, cerr)
		rows[t] = int(n)
	}
	return int(v), rows, err
}

// pack writes the archive and brings it to disk.
func (db *DB) pack(ctx context.Context, to, copied string, m *Manifest) (err error) {
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := tar.NewWriter(f)
	if err := add(w, fileName, copied, m); err != nil {
		return err
	}
	media := filepath.Join(db.dir, mediaName)
	err = filepath.WalkDir(media, func(p string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // no media yet, or a file that was taken away meanwhile
		}
		if err != nil || !d.Type().IsRegular() || strings.HasPrefix(d.Name(), ".") {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		rel, err := filepath.Rel(db.dir, p)
		if err != nil {
			return err
		}
		return add(w, filepath.ToSlash(rel), p, m)
	})
	if err != nil {
		return err
	}
	b, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	if err := w.WriteHeader(&tar.Header{Name: manifestName, Mode: 0o600, Size: int64(len(b)), ModTime: m.At}); err != nil {
		return err
	}
	if _, err := w.Write(b); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return f.Sync()
}

// add writes one file into the archive and its sum into the manifest.
func add(w *tar.Writer, name, from string, m *Manifest) (err error) {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	fi, err := f.Stat()
	if err != nil {
		return err
	}
	if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: fi.Size(), ModTime: fi.ModTime()}); err != nil {
		return err
	}
	h := sha256.New()
	if _, err := io.Copy(io.MultiWriter(w, h), io.LimitReader(f, fi.Size())); err != nil {
		return err
	}
	m.Parts[name] = Part{Size: fi.Size(), SHA256: hex.EncodeToString(h.Sum(nil))}
	return nil
}

// VerifyBackup reads a whole backup: every part must be there with its hash,
// nothing else, and the database must be whole with the rows that the manifest
// counts. BadArchive when not; TooNew when a newer program wrote it.
func VerifyBackup(ctx context.Context, file string) (m Manifest, err error) {
	tmp, err := os.MkdirTemp("", "bottega-verify-*")
	if err != nil {
		return m, core.Fail(fileCode(err), "storage.VerifyBackup", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	return unpack(ctx, file, tmp, "storage.VerifyBackup")
}

// maxManifest bounds the manifest of a file that only claims to be a backup.
const maxManifest = 64 << 20

// unpack writes a backup's parts below dir and compares them with its manifest.
func unpack(ctx context.Context, file, dir, op string) (m Manifest, err error) {
	f, err := os.Open(file)
	if err != nil {
		return m, core.Fail(fileCode(err), op, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	have := map[string]Part{}
	bad := func(err error) error { return core.Fail(core.BadArchive, op, err) }
	for r := tar.NewReader(f); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return m, bad(err)
		}
		if err := ctx.Err(); err != nil {
			return m, err
		}
		if h.Name == manifestName && m.Format == 0 {
			if err := json.NewDecoder(io.LimitReader(r, maxManifest)).Decode(&m); err != nil || m.Format == 0 {
				return m, bad(err)
			}
			continue
		}
		if _, twice := have[h.Name]; twice || !ours(h) {
			return m, bad(fmt.Errorf("unexpected part %q", h.Name))
		}
		if have[h.Name], err = extract(r, filepath.Join(dir, filepath.FromSlash(h.Name))); err != nil {
			return m, core.Fail(extractCode(err), op, err)
		}
	}
	if m.Format > archiveFormat || m.Schema > len(migrations) {
		return m, core.Fail(core.TooNew, op, fmt.Errorf("format %d, schema %d", m.Format, m.Schema))
	}
	return m, compare(ctx, &m, have, dir, bad)
}

// ours reports whether a tar entry is a part that Backup writes: no links, no
// folders, no way out of the target.
func ours(h *tar.Header) bool {
	return h.Typeflag == tar.TypeReg && filepath.IsLocal(filepath.FromSlash(h.Name)) && path.Clean(h.Name) == h.Name &&
		(h.Name == fileName || strings.HasPrefix(h.Name, mediaName+"/"))
}

// extractCode tells trouble of our disk from trouble in the archive.
func extractCode(err error) core.Code {
	if c := fileCode(err); c != core.Internal {
		return c
	}
	return core.BadArchive
}

// compare holds what was unpacked to the manifest.
func compare(ctx context.Context, m *Manifest, have map[string]Part, dir string, bad func(error) error) error {
	for name, want := range m.Parts {
		if have[name] != want {
			return bad(fmt.Errorf("part %q differs", name))
		}
	}
	if len(have) != len(m.Parts) || have[fileName].Size == 0 {
		return bad(errors.New("parts are missing or too many"))
	}
	schema, rows, err := inspect(ctx, filepath.Join(dir, fileName))
	if err != nil {
		return bad(err)
	}
	if schema != m.Schema || len(rows) != len(m.Rows) {
		return bad(fmt.Errorf("schema %d with %d tables", schema, len(rows)))
	}
	for t, n := range m.Rows {
		if rows[t] != n {
			return bad(fmt.Errorf("table %s has %d rows, not %d", t, rows[t], n))
		}
	}
	return nil
}

func extract(r io.Reader, to string) (p Part, err error) {
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return p, err
	}
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return p, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := sha256.New()
	if p.Size, err = io.Copy(io.MultiWriter(f, h), r); err != nil {
		return p, err
	}
	p.SHA256 = hex.EncodeToString(h.Sum(nil))
	return p, f.Sync()
}
