package campaign_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"bottega/assets"
	"bottega/core"
	"bottega/core/campaign"
)

func TestRulesThatCannotBeUsed(t *testing.T) {
	data, err := fs.ReadFile(assets.Rules(), "campaign.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string][2]string{
		"no source":           {`"source": "S-028`, `"source": "", "date": "", "x": "`},
		"an unknown number":   {`"per_minute"`, `"per_hour"`},
		"no pace":             {`"per_minute": {"value": 30`, `"per_minute": {"value": 0`},
		"limits upset":        {`[250, 2000, 10000, 100000]`, `[2000, 250]`},
		"a share above one":   {`"night_share": {"value": 0.05`, `"night_share": {"value": 5`},
		"no time":             {`"promo_rest": {"value": "24h"`, `"promo_rest": {"value": "0s"`},
		"quiet for ever":      {`"from": 1320, "to": 480`, `"from": 480, "to": 480`},
		"a slot backwards":    {`"from": 600, "to": 720`, `"from": 720, "to": 600`},
		"a retry of nothing":  {`"throttle": {"how": "wait"`, `"throttle": {"how": "perhaps"`},
		"never, but tries":    {`"undeliverable": {"how": "never"}`, `"undeliverable": {"how": "never", "tries": 2}`},
		"growth that shrinks": {`"warm_growth": {"value": 1.5`, `"warm_growth": {"value": 0.5`},
		"slower than none":    {`"slow_by": {"value": 0.5`, `"slow_by": {"value": 1`},
		"a day without hours": {`"golden_span": {"value": 2`, `"golden_span": {"value": 24`},
		"not JSON":            {`{`, `[`},
	} {
		if !strings.Contains(string(data), c[0]) {
			t.Fatalf("%s: nothing to change", name)
		}
		bad := fstest.MapFS{"campaign.json": {Data: []byte(strings.Replace(string(data), c[0], c[1], 1))}}
		if _, err := campaign.LoadRules(bad); core.CodeOf(err) != core.InvalidInput {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := campaign.LoadRules(fstest.MapFS{}); core.CodeOf(err) != core.InvalidInput {
		t.Errorf("no file: %v", err)
	}
}
