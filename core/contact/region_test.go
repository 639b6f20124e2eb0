package contact

import "testing"

func TestIsRegion(t *testing.T) {
	for code, want := range map[string]bool{"IT": true, "it": true, "BR": true, "XX": false, "ITA": false, "": false, "39": false, "ZZ": false, "001": false} {
		if got := IsRegion(code); got != want {
			t.Errorf("%q: %v", code, got)
		}
	}
}

func TestIsLanguage(t *testing.T) {
	for code, want := range map[string]bool{"it": true, "pt_BR": true, "pt-BR": true, "ZH_cn": true, "zh_Hans_CN": true, "qq": false, "": false, "italiano": false, "it_": false, "1": false} {
		if got := IsLanguage(code); got != want {
			t.Errorf("%q: %v", code, got)
		}
	}
}
