// Package twilio speaks to WhatsApp numbers at Twilio (bsp/twilio.md): messages
// as forms, templates and buttons as contents, callbacks as signed forms, and a
// list of messages that can be asked for where no callback arrives.
//
// A failure is told by Twilio later than by others: text outside the window is
// taken and fails by callback (63016). Local files cannot be sent: Twilio
// fetches them from the web.
package twilio
