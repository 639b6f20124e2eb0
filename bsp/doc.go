// Package bsp decorates a provider's gateway: Limit paces its sends, Meter
// counts and times its calls, Log notes them. Adapters lie in its folders,
// meta among them; bsptest is the suite that all of them pass.
package bsp
