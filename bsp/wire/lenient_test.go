package wire

import (
	"testing"
	"time"
)

func TestText(t *testing.T) {
	for in, want := range map[string]Text{
		`"a"`: "a", `12`: "12", `1763000000`: "1763000000", `1.763e9`: "1763000000", `4.65`: "4.65", `null`: "", `{}`: "", `[1]`: "",
		`true`: "true", `1e999`: "1e999", `800000000000001`: "800000000000001", `"\ud800"`: "\uFFFD", `9007199254740993`: "9007199254740993",
	} {
		var got struct{ V Text }
		got.V = "old"
		if err := Lenient([]byte(`{"V":`+in+`}`), &got); err != nil || got.V != want {
			t.Errorf("%s: %q, %v; want %q", in, got.V, err, want)
		}
	}
}

func TestTimestamps(t *testing.T) {
	want := time.Date(2025, 11, 13, 2, 13, 20, 0, time.UTC)
	for _, in := range []Text{"1763000000", "1763000000.9", "1763000000000", "2025-11-13T02:13:20Z", "2025-11-13T03:13:20+01:00", "2025-11-13T02:13:20+0000", "2025-11-13T02:13:20"} {
		if got := in.Time(); !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%s: %v", in, got)
		}
	}
	for _, in := range []Text{"", "0", "-5", "soon", "NaN", "Inf", "1e300", "253402300800000", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59-01:00"} {
		if got := in.Time(); !got.IsZero() {
			t.Errorf("%s: %v, want none", in, got)
		}
	}
}

// One key of an unexpected type costs that key only.
func TestLenientKeepsTheRest(t *testing.T) {
	var v struct {
		A struct{ B Text }
		C []struct{ D Text }
		E Text
		F Flag
		G List
	}
	err := Lenient([]byte(`{"A":"no object","C":[1,{"D":2},"x"],"E":"kept","F":"true","G":{}}`), &v)
	if err != nil || v.E != "kept" || len(v.C) != 3 || v.C[1].D != "2" || !v.F.Yes() || v.G != nil {
		t.Errorf("%+v, %v", v, err)
	}
	if err := Lenient([]byte(`{"A":`), &v); err == nil {
		t.Error("half a JSON was read")
	}
}

func TestMembers(t *testing.T) {
	ms := Members([]byte(`{"b":1,"a":[2, 3],"b":{"c":null}}`))
	if len(ms) != 3 || ms[0].Key != "b" || ms[1].Key != "a" || string(ms[2].Value) != `{"c":null}` {
		t.Errorf("%v", ms)
	}
	for _, in := range []string{``, `[]`, `7`, `null`, `"x"`, `{`} {
		if ms := Members([]byte(in)); ms != nil {
			t.Errorf("%s: %v", in, ms)
		}
	}
	if ms := Members([]byte(`{"a":1,"b":`)); len(ms) != 1 {
		t.Errorf("broken: %v", ms)
	}
}
