// Package importer reads accounts out of whatever people have them in: a list
// of keys, a table, an .env file, the exports of other account managers, Kiro's
// own files, a ZIP of these. It is pure: bytes in, a table out; nothing is
// stored, sent or looked up on the disk (package local does that).
//
// A source is opened (open.go: archives, databases, encodings), its text is
// split by a dialect into records (a record is one account as its file words
// it), the records become entries (account.go, kiro.go, newapi.go), and at last
// the entries are looked at together (judge.go): registrations are matched,
// providers told apart, half tokens refused.
package importer
