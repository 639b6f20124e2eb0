// Package sandbox is the provider simulator: an HTTP server that speaks
// Meta's Cloud API, enforces what Meta enforces, and posts signed callbacks
// for customers who have a life of their own. bottega talks to it over HTTP
// only, through bsp/meta, exactly as it talks to Meta; the two share no code,
// so that a misreading of the documents in one shows in the other.
//
// # Endpoints
//
// Under /{version}/, as bsp/meta.md describes them: POST /{phone}/messages and
// /marketing_messages, POST /{phone}/media, GET|DELETE /{media}, GET|POST|DELETE
// /{business}/message_templates, GET|POST /{template} and /{template}/unpause,
// GET /{phone}, GET /{business}, GET /{business}/phone_numbers, GET|POST|DELETE
// /{business}/subscribed_apps, GET|POST|DELETE /{phone}/block_users, GET
// /{phone}/whatsapp_business_profile, and POST / for a batch that asks for
// debug_token. Files are fetched from /media/{id}.
//
// The rest is ours: POST /sms/{phone}/messages {"to","text","ref"} sends an SMS,
// with the token and the faults of messages, and its receipt comes as a status.
// GET /sandbox/ledger (?ref= &to= &type= &after= &limit=), GET /sandbox/sms,
// GET /sandbox/state, POST /sandbox/inbound, /sandbox/reset, /sandbox/faults,
// /sandbox/template, /sandbox/number. They ask for no token: the simulator
// belongs on loopback.
//
// # What is answered at once and what comes later
//
// As at Meta a 200 means accepted, nothing more. Form, templates and rates are
// refused at once; the closed window (131047), unreachable people (131026),
// the marketing cap (131049), an opt-out (131050) and bad media (131053) come
// as a failed status, unless Limits.Direct asks for them in the answer.
//
// A recipient nobody knows has WhatsApp and reads silently, unless the last
// six digits of the number are an error code: +39 320 0131026 gets 131026,
// +39 320 0131000 a 500, and so on for every code of six digits in errors.go.
//
// # Faults
//
// A faults file is a JSON object with rules; the first rule that fires wins
// among those of one kind, and each rule decides by itself, on the seed:
//
//	{"rules": [
//	  {"on": "messages",  "kind": "delay",     "delay": "2s", "probability": 0.1},
//	  {"on": "messages",  "kind": "error",     "status": 500, "body": "html", "every": 7},
//	  {"on": "messages",  "kind": "error",     "status": 500, "body": "html", "accepted": true, "every": 11},
//	  {"on": "messages",  "kind": "timeout",   "every": 50, "delay": "1m"},
//	  {"on": "messages",  "kind": "reset",     "every": 60},
//	  {"on": "messages",  "kind": "throttle",  "retry_after": "3s", "probability": 0.01},
//	  {"on": "statuses",  "kind": "duplicate", "times": 3, "probability": 0.2},
//	  {"on": "callbacks", "kind": "reorder",   "probability": 0.2},
//	  {"on": "inbound",   "kind": "late",      "delay": "10m", "every": 9},
//	  {"on": "statuses",  "kind": "lost",      "every": 40},
//	  {"on": "*",         "kind": "expired",   "after": "5m"},
//	  {"on": "*",         "kind": "down",      "after": "10m", "for": "1h"}
//	]}
//
// "on" is messages, media, templates, account, statuses, inbound, callbacks
// (every callback) or * (all of it). "every" fires on each n-th chance,
// "probability" by the dice, neither means always. "after" and "for" bound a
// rule in time since the faults were set, "limit" in number. timeout and reset
// strike after the message was taken; so does error with "accepted": the
// sender cannot know, which is their point. Delays of callbacks are divided
// by Options.Speed like every other delay; those of answers are real time.
package sandbox
