package health

import (
	"slices"
	"time"

	"bottega/core"
)

// keptUploads is how many uploads are remembered: a year of a small shop's
// pictures, some kilobytes.
const keptUploads = 500

// AddUploads puts fresh uploads to those kept, the oldest of which make room.
func AddUploads(kept, fresh core.Uploads) core.Uploads {
	all := append(slices.Clone(kept), fresh...)
	return all[max(0, len(all)-keptUploads):]
}

// UploadTimes is how long providers took to take files.
type UploadTimes struct {
	N        int
	P50, P90 time.Duration
}

// TimeUploads sums up the uploads since a time.
func TimeUploads(us core.Uploads, since time.Time) UploadTimes {
	var took []time.Duration
	for _, u := range us {
		if !u.At.Before(since) && u.Took >= 0 { // less than nothing where the clock was set back meanwhile
			took = append(took, u.Took)
		}
	}
	if len(took) == 0 {
		return UploadTimes{}
	}
	slices.Sort(took)
	rank := func(percent int) time.Duration { return took[(len(took)*percent+99)/100-1] }
	return UploadTimes{N: len(took), P50: rank(50), P90: rank(90)}
}
