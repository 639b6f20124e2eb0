package health_test

import (
	"testing"
	"testing/fstest"
	"time"

	"bottega/assets"
	"bottega/core"
	"bottega/core/health"
)

func TestChecks(t *testing.T) {
	c, err := health.LoadChecks(assets.Rules())
	if err != nil || c.ClockLimit.D() != 5*time.Minute || c.Source == "" {
		t.Errorf("%+v, %v", c, err)
	}
	for _, s := range []string{`{`, `{}`, `{"clock_warn":"1m","clock_limit":"1s","templates":"1h","wait":"1s","cores":2,"memory":1,"review":"1h"}`, `{"clock_warn":"1s","clock_limit":"1m","templates":"1h","wait":"1s","cores":2,"memory":1}`} {
		if _, err := health.LoadChecks(fstest.MapFS{"doctor.json": {Data: []byte(s)}}); core.CodeOf(err) != core.InvalidInput {
			t.Errorf("%s: %v", s, err)
		}
	}
	if _, err := health.LoadChecks(fstest.MapFS{}); core.CodeOf(err) != core.NotFound {
		t.Error(err)
	}
}
