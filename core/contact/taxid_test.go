package contact_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bottega/core/contact"
	"bottega/core/segment"
)

func TestTaxID(t *testing.T) {
	for in, want := range map[string]string{
		"529.982.247-25": "52998224725", "52998224725": "52998224725", "11.222.333/0001-81": "11222333000181", "12.ABC.345/01DE-35": "12ABC34501DE35",
		"12abc34501de35": "12ABC34501DE35",
	} {
		if got, ok := contact.TaxID(in); !ok || got != want {
			t.Errorf("%s: %q %v, want %q", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "529.982.247-26", "111.111.111-11", "11222333000182", "12ABC34501DE36", "1", "A2998224725", "12ABC34501DEA5", "52998224725 9", "五299"} {
		if got, ok := contact.TaxID(in); ok {
			t.Errorf("%s is taken as %q", in, got)
		}
	}
	if m := contact.MaskTaxID("52998224725"); m != "***.982.247-**" {
		t.Error(m)
	}
	if m := contact.MaskTaxID("11222333000181"); m != "**.222.333/****-**" {
		t.Error(m)
	}
	f := segment.Field{Type: segment.Text, Check: segment.CheckTaxID}
	if v, p := contact.Canonical(f, "529.982.247-25"); v != "52998224725" || p != "" {
		t.Errorf("%q %s", v, p)
	}
	if _, p := contact.Canonical(f, "529.982.247-26"); p != contact.TaxIDBad {
		t.Errorf("%s", p)
	}
}

// One wrong digit is always found.
func TestTaxIDFindsSlips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		good := rapid.SampledFrom([]string{"52998224725", "11222333000181"}).Draw(t, "id")
		i := rapid.IntRange(0, len(good)-1).Draw(t, "at")
		d := rapid.SampledFrom(strings.Split("0123456789", "")).Draw(t, "digit")
		bad := good[:i] + d + good[i+1:]
		if _, ok := contact.TaxID(bad); ok != (bad == good) {
			t.Fatalf("%s: %v", bad, ok)
		}
	})
}
