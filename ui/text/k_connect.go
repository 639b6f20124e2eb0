package text

// Keys of connecting a number: assets/locale/LANG/connect.json. Step, state and
// field make the rest of a key.
const (
	ConnectTestText    K = "connect.test.text"
	ConnectLacking     K = "connect.lacking"
	ConnectOtherNumber K = "connect.other-number"
	ConnectRotated     K = "connect.rotated"
	ConnectEnds        K = "connect.ends"
	ConnectEnded       K = "connect.ended"
	ConnectLooksRight  K = "connect.fault.ok"

	CmdChannelsRotate    K = "cli.cmd.channels.rotate"
	CmdChannelsSubscribe K = "cli.cmd.channels.subscribe"
	FlagTo               K = "cli.flag.to"
	FlagTick             K = "cli.flag.tick"
	FlagPublicURL        K = "cli.flag.public-url"
	FlagListenConnect    K = "cli.flag.listen-connect"
	UseFieldForm         K = "cli.use.field-form"
	UseRotate            K = "cli.use.rotate"
	DoctorKeyEnds        K = "cli.doctor.key-ends"
)
