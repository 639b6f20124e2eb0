package inbox

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"bottega/core"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// activityWords are the kinds of activity that are told in a chat. The clock's
// own beginnings and ends are left out: the messages show them.
var activityWords = map[core.ActivityKind]text.K{
	core.ActAssigned: text.InboxActAssigned, core.ActSnoozed: text.InboxActSnoozed, core.ActWoken: text.InboxActWoken,
	core.ActDone: text.InboxActDone, core.ActReopened: text.InboxActReopened, core.ActTagged: text.InboxActTagged,
	core.ActUntagged: text.InboxActUntagged, core.ActCourtesy: text.InboxActCourtesy, core.ActNoCourtesy: text.InboxActNoCourtesy,
	core.ActIdentity: text.InboxActIdentity, core.ActPreference: text.InboxActPreference, core.ActBlocked: text.InboxActBlocked,
	core.ActChannel: text.InboxActChannel, core.ActUnreadable: text.InboxActUnreadable,
}

// tells reports whether a kind of activity is worth a line.
func tells(k core.ActivityKind) bool { return activityWords[k] != "" }

// activity says what happened in one line.
func (b *brush) activity(a *core.Activity) string {
	k := activityWords[a.Kind]
	if k == "" {
		return ""
	}
	who, what := kit.CleanLine(a.Actor), kit.CleanLine(a.Detail)
	switch {
	case a.Actor == "":
		who = b.words.T(text.InboxTheProgram)
	case a.Actor == b.agent:
		who = b.words.T(text.InboxYou)
	}
	switch {
	case a.Kind == core.ActAssigned && a.Detail == "":
		k = text.InboxActUnassigned
	case a.Kind == core.ActAssigned && a.Detail == a.Actor:
		k = text.InboxActTaken
	case a.Kind == core.ActSnoozed:
		if t, ok := moment(a.Detail); ok {
			what = b.words.When(t, b.now)
		}
	case a.Kind == core.ActIdentity && strings.HasPrefix(a.Detail, "two "):
		k = text.InboxActIdentityTwo
	case a.Kind == core.ActPreference && strings.HasSuffix(a.Detail, " stop"):
		k = text.InboxActWantsNone
	case a.Kind == core.ActPreference && strings.HasSuffix(a.Detail, " resume"):
		k = text.InboxActWantsAgain
	case a.Kind == core.ActChannel:
		return b.channelNews(strings.Fields(a.Detail))
	}
	return b.words.T(k, "Who", who, "What", what)
}

// channelNews puts the codes of news about the number into words: what its
// detail begins with says what the rest is.
func (b *brush) channelNews(codes []string) string {
	at := func(i int) string {
		if i < len(codes) {
			return codes[i]
		}
		return ""
	}
	switch at(0) {
	case string(core.Paused), "error":
		why, _ := b.words.Reason(&core.ProviderError{Class: core.Class(at(1)), Code: kit.CleanLine(at(2))})
		return why
	case string(core.Active):
		return b.words.T(text.InboxActResumed)
	case "template":
		return b.words.T(text.InboxActTemplate, "What", kit.CleanLine(at(1)))
	case "account":
		return b.words.T(text.InboxActAccount)
	case "number":
		for q, k := range map[core.Quality]text.K{core.QualityGreen: text.QualityGreen, core.QualityYellow: text.QualityYellow, core.QualityRed: text.QualityRed} {
			if slices.Contains(codes, string(q)) {
				return b.words.T(text.InboxActQuality, "What", b.words.T(k))
			}
		}
		return b.words.T(text.InboxActNumber)
	}
	return b.words.T(text.InboxActChannel)
}

// moment reads a time in a detail: RFC 3339 or unix milliseconds.
func moment(s string) (time.Time, bool) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, true
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return time.UnixMilli(n), true
	}
	return time.Time{}, false
}
