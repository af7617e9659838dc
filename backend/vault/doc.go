// Package vault finds the master key that the store is encrypted with, or makes
// it for a new store: from AIHUB_MASTER_KEY, else from the keyring of the
// operating system, else from a file that only its owner can read.
//
// A store that exists is only ever opened with its own key. Whatever else is
// found is named in the error and left alone, and no key is made then: a new one
// in the place of the old would make the store unreadable for good.
package vault
