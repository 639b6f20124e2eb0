package storage

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"slices"

	"bottega/core"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migrations are the schema's steps in order; a database's user_version is the
// number of steps it has taken. Steps are only ever added.
var migrations = readMigrations()

func readMigrations() []string {
	names, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		panic(err) // the pattern is wrong: a bug that the first test finds
	}
	slices.Sort(names)
	all := make([]string, len(names))
	for i, name := range names {
		b, err := migrationFiles.ReadFile(name)
		if err != nil {
			panic(err)
		}
		all[i] = string(b)
	}
	return all
}

// migrate brings the file to the newest schema, one transaction a step, so
// that a crash leaves it at a step and another process waits its turn.
func (w *writer) migrate() error {
	for {
		v, err := w.userVersion()
		switch {
		case err != nil:
			return err
		case v > len(migrations):
			return core.Fail(core.TooNew, "storage.Open", fmt.Errorf("schema %d, this program knows %d", v, len(migrations)))
		case v == len(migrations):
			return nil
		}
		if err := w.step(v); err != nil {
			return err
		}
	}
}

// step takes the file from schema v to v+1, unless another process just did.
func (w *writer) step(v int) (err error) {
	ctx := context.Background()
	if _, err := w.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_, _ = w.conn.ExecContext(ctx, "ROLLBACK") // the first error is the one to tell
		}
	}()
	now, err := w.userVersion()
	if err != nil {
		return err
	}
	if now == v {
		if _, err := w.conn.ExecContext(ctx, migrations[v]); err != nil {
			return fmt.Errorf("schema step %d: %w", v+1, err)
		}
		if _, err := w.conn.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", v+1)); err != nil {
			return err
		}
	}
	_, err = w.conn.ExecContext(ctx, "COMMIT")
	return err
}

func (w *writer) userVersion() (v int, err error) {
	ctx := context.Background()
	if err := w.conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&v); err != nil {
		return 0, err
	}
	var n int // the version lies in the header; a damaged schema shows itself here
	return v, w.conn.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&n)
}
