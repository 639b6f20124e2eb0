// Package bsptest is the suite that every provider adapter passes, with a fake
// provider to speak to and the check of requests against the provider's own
// OpenAPI description.
//
// An adapter's test calls Run with the dialect of its provider:
//
//	bsptest.Run(t, dialect, func(f *bsptest.Fake) core.Gateway { return meta.New(…f.URL, f.Client…) })
package bsptest
