package shop_test

import (
	"path/filepath"
	"testing"
	"time"

	"bottega/core"
	"bottega/storage/shop"
)

func TestCopy(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	from, file, to := filepath.Join(dir, "from"), filepath.Join(dir, "shop.bottega"), filepath.Join(dir, "to")
	if _, err := shop.Backup(ctx, from, file, time.Now, nil); core.CodeOf(err) != core.NoChannel {
		t.Errorf("a backup of nothing: %v", err)
	}
	s, err := shop.Open(ctx, options(from))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.SaveChannel(ctx, core.Channel{Name: "shop", Provider: core.Meta}); err != nil {
		t.Fatal(err)
	}
	made, err := shop.Backup(ctx, from, file, time.Now, nil) // while it is open
	if err != nil || made.Rows["channels"] != 1 || made.File != file {
		t.Fatalf("Backup = %+v, %v", made, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if seen, err := shop.Verify(ctx, file); err != nil || seen.Rows["channels"] != 1 {
		t.Errorf("Verify = %+v, %v", seen, err)
	}
	back, err := shop.Restore(ctx, to, file)
	if err != nil || back.Dir != to || back.Rows["channels"] != 1 {
		t.Fatalf("Restore = %+v, %v", back, err)
	}
	if _, err := shop.Restore(ctx, to, file); core.CodeOf(err) != core.NotEmpty {
		t.Errorf("a second time into the same folder: %v", err)
	}
	if s, err = shop.Open(ctx, options(to)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ChannelByName(ctx, "shop"); err != nil {
		t.Errorf("the channel did not come back: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
