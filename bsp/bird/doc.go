// Package bird speaks to WhatsApp numbers at Bird's platform, version 1
// (bsp/bird.md): sends with an idempotency key, callbacks signed by the Standard
// Webhooks rules, and lists that can be asked for where no callback arrives.
//
// The older MessageBird and the CRM of the same house are other APIs; their keys
// are refused with a reason.
package bird
