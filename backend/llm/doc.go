// Package llm is the canonical language of the gateway: what a request, an
// answer, a token count and an error mean, whichever wire format carries them.
//
// It stands at the ground of the program (level 0): standard library only, no
// I/O. Codecs translate bytes into it and out of it; everything above decides
// on it.
package llm
