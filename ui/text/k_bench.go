package text

// The benchmark; the names of its rows are bench.row.ID.
const (
	BenchFlagQuick         K = "bench.flag.quick"
	BenchFlagOnly          K = "bench.flag.only"
	BenchFlagConversations K = "bench.flag.conversations"
	BenchFlagMessages      K = "bench.flag.messages"
	BenchFlagShops         K = "bench.flag.shops"
	BenchFlagLeave         K = "bench.flag.leave"
	BenchTell              K = "bench.tell"
	BenchMachine           K = "bench.machine"
	BenchWhat              K = "bench.head.what"
	BenchValue             K = "bench.head.value"
	BenchMust              K = "bench.head.must"
	BenchAim               K = "bench.head.aim"
	BenchAimed             K = "bench.aimed"
	BenchHolds             K = "bench.holds"
	BenchMisses            K = "bench.misses"
	BenchUnknown           K = "bench.unknown"
	BenchMissed            K = "bench.missed"
	BenchSource            K = "bench.source"
)

// The stress test of the receiver.
const (
	CmdBenchCallbacks K = "cli.cmd.bench.callbacks"
	BenchFlagRate     K = "bench.flag.rate"
	BenchFlagFor      K = "bench.flag.for"
)
