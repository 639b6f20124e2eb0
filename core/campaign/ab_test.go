package campaign_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"bottega/core/campaign"
)

func TestSplitIsEvenAndSteady(t *testing.T) {
	const n = 30_000
	var got [3]int
	held := 0
	for i := range n {
		person := fmt.Sprintf("+39333%07d", i)
		v, h := campaign.Split(7, person, 3, 0.1)
		if v2, h2 := campaign.Split(7, person, 3, 0.1); v != v2 || h != h2 {
			t.Fatal("the same person gets another version")
		}
		if h {
			held++
			continue
		}
		got[v]++
	}
	if math.Abs(float64(held)/n-0.1) > 0.01 {
		t.Errorf("%d of %d held back, want a tenth", held, n)
	}
	for v, k := range got {
		if math.Abs(float64(k)/(n*0.9)-1.0/3) > 0.01 {
			t.Errorf("version %d goes to %d (S-210: in turn)", v, k)
		}
	}
	same := 0
	for i := range 1000 {
		a, _ := campaign.Split(1, fmt.Sprint(i), 2, 0)
		b, _ := campaign.Split(2, fmt.Sprint(i), 2, 0)
		if a == b {
			same++
		}
	}
	if same < 400 || same > 600 {
		t.Errorf("two campaigns agree on %d of 1000: the same people get the same side always", same)
	}
}

func TestCompare(t *testing.T) {
	r := rules(t)
	for name, c := range map[string]struct {
		a, b campaign.Arm
		want campaign.Finding
	}{
		"nobody yet":          {campaign.Arm{}, campaign.Arm{}, campaign.TooFew},
		"ten each":            {campaign.Arm{N: 10, Hits: 9}, campaign.Arm{N: 10, Hits: 1}, campaign.TooFew},
		"one side only":       {campaign.Arm{N: 9000, Hits: 900}, campaign.Arm{}, campaign.TooFew},
		"clear":               {campaign.Arm{N: 3000, Hits: 450}, campaign.Arm{N: 3000, Hits: 300}, campaign.First},
		"clear the other way": {campaign.Arm{N: 3000, Hits: 300}, campaign.Arm{N: 3000, Hits: 450}, campaign.Second},
		"many, and the same":  {campaign.Arm{N: 5000, Hits: 500}, campaign.Arm{N: 5000, Hits: 505}, campaign.Even},
		"nobody did anything": {campaign.Arm{N: 5000}, campaign.Arm{N: 5000}, campaign.Even},
		"everybody did":       {campaign.Arm{N: 5000, Hits: 5000}, campaign.Arm{N: 5000, Hits: 5000}, campaign.Even},
	} {
		o := r.Compare(c.a, c.b)
		if o.Finding != c.want || (o.Needed > 0) != (c.want == campaign.TooFew) {
			t.Errorf("%s: %+v, want %s", name, o, c.want)
		}
		if o.Low > o.Difference || o.High < o.Difference || math.IsNaN(o.P) {
			t.Errorf("%s: %+v", name, o)
		}
	}
	// Published example of Newcombe's interval: 56/70 against 48/80.
	r.ABLevel.Value = 0.05
	o := r.Compare(campaign.Arm{N: 70, Hits: 56}, campaign.Arm{N: 80, Hits: 48})
	if math.Abs(o.Low-0.0524) > 0.0005 || math.Abs(o.High-0.3339) > 0.0005 {
		t.Errorf("interval %.4f to %.4f, want 0.0524 to 0.3339", o.Low, o.High)
	}
}

// Of two versions that are the same it must seldom say that one is better,
// also when somebody looks after each hundred.
func TestCompareSeldomFindsWhatIsNotThere(t *testing.T) {
	r := rules(t)
	rnd := rand.New(rand.NewPCG(1, 2))
	wrong := 0
	const trials = 400
	for range trials {
		var a, b campaign.Arm
		for range 40 {
			for _, arm := range []*campaign.Arm{&a, &b} {
				for range 100 {
					arm.N++
					if rnd.Float64() < 0.12 {
						arm.Hits++
					}
				}
			}
			if f := r.Compare(a, b).Finding; f == campaign.First || f == campaign.Second {
				wrong++
				break
			}
		}
	}
	if share := float64(wrong) / trials; share > 0.06 {
		t.Errorf("%.0f %% of tests of nothing found something", share*100)
	}
}

func TestCompareIsEvenHanded(t *testing.T) {
	r := rules(t)
	other := map[campaign.Finding]campaign.Finding{campaign.First: campaign.Second, campaign.Second: campaign.First,
		campaign.Even: campaign.Even, campaign.TooFew: campaign.TooFew}
	rapid.Check(t, func(t *rapid.T) {
		arm := func(name string) campaign.Arm {
			n := rapid.IntRange(0, 8000).Draw(t, name)
			return campaign.Arm{N: n, Hits: rapid.IntRange(0, n).Draw(t, name+" hits")}
		}
		a, b := arm("a"), arm("b")
		x, y := r.Compare(a, b), r.Compare(b, a)
		if y.Finding != other[x.Finding] || x.Needed != y.Needed || math.Abs(x.P-y.P) > 1e-9 {
			t.Fatalf("%+v and %+v", x, y)
		}
		if x.P < 0 || x.P > 1 || x.Low < -1.0001 || x.High > 1.0001 {
			t.Fatalf("%+v", x)
		}
	})
}

func TestArms(t *testing.T) {
	c := notice()
	c.Templates = []string{"a", "b"}
	row := func(variant int, template string, s campaign.RecipientState) campaign.Recipient {
		return campaign.Recipient{Variant: variant, Template: template, State: s}
	}
	rows := []campaign.Recipient{
		row(0, "a", campaign.Accepted), row(0, "a", campaign.Replied), row(0, "a", campaign.Converted), row(0, "a", campaign.Failed), row(0, "a", campaign.Pending),
		row(1, "b", campaign.Read), row(1, "a", campaign.Replied), row(1, "b", campaign.Skipped), row(1, "b", campaign.Unsure), row(7, "b", campaign.Read),
	}
	got := c.Arms(rows, campaign.Replied)
	if len(got) != 2 || got[0] != (campaign.Arm{Name: "a", N: 3, Hits: 2}) || got[1] != (campaign.Arm{Name: "b", N: 1}) {
		t.Errorf("%+v", got)
	}
}
