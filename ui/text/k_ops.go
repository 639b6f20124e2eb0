package text

// How numbers receive, and what their providers can do.
const (
	ReceiverStale   K = "receiver.stale"
	ReceiverBlocked K = "receiver.blocked"

	FlagTLSCert    K = "cli.flag.tls-cert"
	FlagTLSKey     K = "cli.flag.tls-key"
	FlagTrustProxy K = "cli.flag.trust-proxy"
	FlagAddress    K = "cli.flag.address"
	UseTogether    K = "cli.use.together"
	UseWay         K = "cli.use.way"

	CmdChannelsShow    K = "cli.cmd.channels.show"
	CmdChannelsReceive K = "cli.cmd.channels.receive"
	CmdChannelsPing    K = "cli.cmd.channels.ping"

	ChannelWay           K = "cli.channel.way"
	ChannelWayImpossible K = "cli.channel.way-impossible"
	ChannelPing          K = "cli.channel.ping"
	ChannelPingNowhere   K = "cli.channel.ping-nowhere"
	ChannelPingFailed    K = "cli.channel.ping-failed"

	ShowReceives K = "cli.show.receives"
	ShowState    K = "cli.show.state"
	ShowAddress  K = "cli.show.address"
	ShowCalled   K = "cli.show.called"
	ShowAsked    K = "cli.show.asked"
	ShowNever    K = "cli.show.never"

	DoctorOff        K = "cli.checked.off"
	DoctorStale      K = "cli.checked.stale"
	DoctorBlocked    K = "cli.checked.blocked"
	DoctorQuiet      K = "cli.checked.quiet"
	DoctorPing       K = "cli.checked.ping"
	DoctorPingFailed K = "cli.checked.ping-failed"
)

// Pinged says why a channel's own address did not answer, by core's code.
func (w *Words) Pinged(code string) string {
	if k := K("cli.pinged." + code); w.Has(k) {
		return w.T(k)
	}
	return w.T("cli.pinged.other")
}

// What providers take.
const (
	CmdReportProviders K = "cli.cmd.report.providers"
	FlagOffers         K = "offers.flag.file"
	FlagSent           K = "offers.flag.sent"
	FlagReceived       K = "offers.flag.received"
	FlagNumbers        K = "offers.flag.numbers"
	FlagReviews        K = "offers.flag.reviews"
	FlagEdits          K = "offers.flag.edits"
	OffersBad          K = "offers.bad"
	OffersHead         K = "offers.head"
	OffersToday        K = "offers.today"
	OffersSeed         K = "offers.seed"
	OffersReview       K = "offers.review"
	OffersFee          K = "offers.fee"
	OffersPlatform     K = "offers.platform"
	OffersTotal        K = "offers.total"
	OffersExtra        K = "offers.extra"
	OffersDays         K = "offers.days"
	OffersUnknown      K = "offers.unknown"
	OffersFrom         K = "offers.from"
	OffersCheapest     K = "offers.cheapest"
	OffersSources      K = "offers.sources"
	OffersExtras       K = "offers.extras"
	OffersLevels       K = "offers.levels"
	OffersLevel        K = "offers.level"
	OffersChoice       K = "offers.choice"

	ReportAnswers     K = "report.answers"
	ReportAnswersNone K = "report.answers-none"
	ReportAnswersSlow K = "report.answers-slow"
	ReportReceives    K = "report.receives"
)

// What doctor says of providers and of the place where a person sits.
const (
	DoctorAnswers       K = "cli.checked.answers"
	DoctorUnreached     K = "cli.checked.unreached"
	DoctorNotAsked      K = "cli.checked.not-asked"
	DoctorHeld          K = "cli.checked.held"
	DoctorClockRight    K = "cli.checked.clock-right"
	DoctorClockAhead    K = "cli.checked.clock-ahead"
	DoctorClockBehind   K = "cli.checked.clock-behind"
	DoctorNeverSynced   K = "cli.checked.never-synced"
	DoctorSyncOld       K = "cli.checked.sync-old"
	DoctorSynced        K = "cli.checked.synced"
	DoctorMachine       K = "cli.checked.machine"
	DoctorMachineSmall  K = "cli.checked.machine-small"
	DoctorMemoryUnknown K = "cli.checked.memory-unknown"
	DoctorReview        K = "cli.checked.review"
	DoctorReviewSoon    K = "cli.checked.review-soon"
	DoctorReviewOver    K = "cli.checked.review-over"
	FlagReviewSince     K = "cli.flag.review-since"
	UseReviewSince      K = "cli.use.review-since"
	DoctorWidth         K = "cli.checked.width"
	DoctorWidthWrong    K = "cli.checked.width-wrong"
	DoctorWidthUnknown  K = "cli.checked.width-unknown"
	DoctorClipboard     K = "cli.checked.clipboard"
	DoctorClipboardTmux K = "cli.checked.clipboard-tmux"
	DoctorClipboardNone K = "cli.checked.clipboard-none"
	DoctorNotices       K = "cli.checked.notices"
	DoctorNoNotices     K = "cli.checked.no-notices"
	DoctorLocale        K = "cli.checked.locale"
	DoctorLocaleFix     K = "cli.checked.locale-fix"
)
