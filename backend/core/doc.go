// Package core is the domain: channels, accounts, users, keys, quotas, ledger
// records and settings, the errors that operations on them return, and the
// small interfaces that the levels above accept.
//
// It holds no behaviour that needs a clock, a network or a disk. JSON names are
// the fixed names of the HTTP contract.
package core
