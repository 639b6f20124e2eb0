package people_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"bottega/core"
	"bottega/core/contact"
	"bottega/core/people"
)

func TestCreate(t *testing.T) {
	s, _ := crowd(t)
	ctx := context.Background()
	id, made, err := s.Create(ctx, "+551199887766", " Zeca ")
	if err != nil || !made {
		t.Fatalf("%d, %v, %v", id, made, err)
	}
	d, err := s.Detail(ctx, id)
	if err != nil || d.Contact.Name != "Zeca" || d.Facts.Country != "BR" || !slices.Contains(d.Contact.Identities, core.Identity{Kind: core.IdentityPhone, Value: "+551199887766"}) {
		t.Errorf("%+v, %v", d, err)
	}
	// The ninth digit is the same number: nobody is made twice.
	if again, made, err := s.Create(ctx, "+5511999887766", "Somebody"); err != nil || made || again != id {
		t.Errorf("%d, %v, %v", again, made, err)
	}
	if _, _, err := s.Create(ctx, "", "Nobody"); core.CodeOf(err) != core.InvalidInput {
		t.Errorf("without a number: %v", err)
	}
	var bad *people.BadValue
	if _, _, err := s.Create(ctx, "+393330000000", strings.Repeat("x", 1000)); !errors.As(err, &bad) || bad.Problem != contact.ValueTooLong {
		t.Errorf("a long name: %v", err)
	}
}

func TestExportThese(t *testing.T) {
	s, _ := crowd(t)
	var names []string
	n, err := s.ExportThese(context.Background(), []int64{2, 99, 1}, []string{contact.ColName}, func(cells []string) error {
		names = append(names, cells[0])
		return nil
	})
	if err != nil || n != 2 || !slices.Equal(names, []string{"Bo", "Ana"}) {
		t.Errorf("%d, %v, %v", n, names, err)
	}
}

func TestRemoveSegment(t *testing.T) {
	s, _ := crowd(t)
	ctx := context.Background()
	if _, err := s.SaveSegment(ctx, "mine", "tag:vip"); err != nil {
		t.Fatal(err)
	}
	if err := s.RemoveSegment(ctx, "mine"); err != nil {
		t.Fatal(err)
	}
	if err := s.RemoveSegment(ctx, "mine"); core.CodeOf(err) != core.NotFound {
		t.Errorf("twice: %v", err)
	}
}
