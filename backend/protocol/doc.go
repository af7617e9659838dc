// Package protocol is the door between bytes and meaning: one package below it
// for each wire format, and here what they share.
//
// On the way of a request it stands between the gateway and the relay, on both
// sides of it: it finds the model in a request, rewrites only what must change,
// reads usage out of an answer while the bytes pass by untouched, and words an
// error in the client's own shape. It is pure: no network, no clock, no log, no
// context.
package protocol
