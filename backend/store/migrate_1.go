package store

import "github.com/dgraph-io/badger/v4"

// migration1 is the first schema. A database without anything in it is one of
// version 1 already: settings have their defaults until they are changed.
func migration1() migration {
	return migration{version: 1, what: "first schema", run: func(*badger.DB) error { return nil }}
}
