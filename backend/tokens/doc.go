// Package tokens counts the tokens of a text: exactly for OpenAI's models,
// whose vocabularies are public, and by an estimate from classes of characters
// for all others.
//
// It stands at the ground of the program (level 0): standard library only, no
// I/O. On the way of a request it answers when an upstream reports no usage,
// and where a number is needed before there is an answer.
//
// Two tables of weights exist for every family of models. The first is the
// table that AiHub has always had; the second ("refined") was fitted to what
// o200k_base really counts. docs/token-accuracy.md holds the measured errors
// of both.
package tokens
