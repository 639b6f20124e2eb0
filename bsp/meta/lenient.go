package meta

import "bottega/bsp/wire"

// What values of Meta's JSON are read into: whatever fits is read, the rest left out.
type (
	text = wire.Text
	list = wire.List
	flag = wire.Flag
)
