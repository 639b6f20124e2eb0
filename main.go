// Bottega is the shop counter for WhatsApp, in a terminal.
package main

func main() {}
