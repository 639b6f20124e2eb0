package inbox

import (
	"strconv"
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
	}
	return b.words.T(k, "Who", who, "What", what)
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
