// Package secret finds what looks like a key or a token in any text and puts a
// mark in its place.
//
// It is a net below everything that writes for people to read: the log file and
// the bodies that are kept of requests. It knows the shapes of the providers'
// keys, of tokens in general, and the names behind which secrets stand. It errs
// toward masking: a word too many costs nothing, a key too few is on the disk.
package secret
