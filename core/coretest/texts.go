package coretest

import (
	"context"
	"strings"

	"bottega/core"
	"bottega/core/campaign"
)

// Texts counts a campaign's SMS.
func (m Campaigns) Texts(_ context.Context, id int64) (n campaign.Texts, err error) {
	m.read(func(s *state) {
		for _, v := range s.texts(id) {
			n.Count(v.State, 1)
		}
	})
	return n, nil
}

// TextsInLine returns those that wait.
func (t CampaignTx) TextsInLine(id int64) (ms []core.Message, err error) {
	for _, v := range t.s.texts(id) {
		if v.State == core.Queued {
			ms = append(ms, v)
		}
	}
	return ms, nil
}

func (s *state) texts(id int64) (ms []core.Message) {
	for _, v := range sortedBy(s.messages, func(v core.Message) int64 { return v.ID }) {
		if strings.HasPrefix(v.Ref, campaign.SMSRefs(id)) {
			ms = append(ms, v)
		}
	}
	return ms
}
