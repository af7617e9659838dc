package vault

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// The places that a key can come from.
const (
	SourceEnv     = "env"
	SourceKeyring = "keyring"
	SourceFile    = "file"
)

// Options says where to look.
type Options struct {
	// Env is the value of AIHUB_MASTER_KEY, "" when it is not set.
	Env string
	// Dir is the data folder; the key file lies in it, so that whoever mounts or
	// moves the folder has both.
	Dir string
	// UseKeyring is false where nobody can unlock a keyring: a server.
	UseKeyring bool
	// Fits reports, by an error, that a key does not open the store in Dir; nil
	// while there is no store (store.KeyCheck).
	Fits func(key []byte) error
	// Keyring replaces that of the operating system.
	Keyring Keyring
	// Timeout bounds the wait for the keyring, which includes that for a person
	// to unlock it; 0 means 30 seconds.
	Timeout time.Duration
	// Log takes warnings; nil discards them.
	Log *slog.Logger
}

const defaultTimeout = 30 * time.Second

// MasterKey returns the key of 32 bytes and the source it comes from. A malformed
// AIHUB_MASTER_KEY fails with core.CodeInvalid; a store whose key is not found,
// with core.CodeUnauthorized and a message that says what was found where.
func MasterKey(o Options) (key []byte, source string, err error) {
	v := newVault(o)
	switch {
	case o.Env != "":
		return v.fromEnv()
	case o.Fits != nil:
		return v.find()
	}
	return v.findOrMake()
}

type vault struct {
	Options
	path string // of the key file
}

func newVault(o Options) *vault {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	if o.Keyring == nil {
		o.Keyring = systemKeyring{}
	}
	return &vault{Options: o, path: keyPath(o.Dir)}
}

func (v *vault) fromEnv() ([]byte, string, error) {
	key, err := parse(v.Env)
	if err != nil {
		return nil, "", core.Invalid("AIHUB_MASTER_KEY", "AIHUB_MASTER_KEY: %v", err)
	}
	if v.Fits != nil {
		if err := v.Fits(key); err != nil {
			return nil, "", &core.Error{
				Code: core.CodeUnauthorized, Err: err,
				Message: "AIHUB_MASTER_KEY is not the key of the store in " + v.Dir +
					"; set the one it was made with, or unset the variable when the key is in the keyring or in " + v.path,
			}
		}
	}
	return key, SourceEnv, nil
}

// find looks for the key of the store that exists. As only that one fits, the
// order does not matter, and the file answers faster than a keyring.
func (v *vault) find() ([]byte, string, error) {
	key, inFile := v.readFile()
	if inFile == nil {
		if inFile = v.fits(key); inFile == nil {
			return key, SourceFile, nil
		}
	}
	var inRing error = errNotAsked
	if v.UseKeyring {
		if key, inRing = v.readKeyring(); inRing == nil {
			if inRing = v.fits(key); inRing == nil {
				return key, SourceKeyring, nil
			}
		}
	}
	return nil, "", core.Errorf(core.CodeUnauthorized,
		"the store in %s is encrypted and its master key was not found (the file %s %v; the keyring %v); "+
			"bring the key back or set AIHUB_MASTER_KEY to it", v.Dir, v.path, inFile, inRing)
}

func (v *vault) fits(key []byte) error {
	if v.Fits(key) != nil {
		return errAnotherKey
	}
	return nil
}

// findOrMake serves a new store: it takes the key that is there, and makes one
// only where both places have answered that there is none.
func (v *vault) findOrMake() ([]byte, string, error) {
	var inRing error = errNotAsked
	if v.UseKeyring {
		var key []byte
		if key, inRing = v.readKeyring(); inRing == nil {
			return key, SourceKeyring, nil
		}
	}
	key, err := v.readFile()
	if err == nil {
		return key, SourceFile, nil
	}
	if !errors.Is(err, errMissing) {
		return nil, "", core.Errorf(core.CodeUnauthorized, "the key file %s %v; repair or remove it", v.path, err)
	}
	return v.make(inRing)
}

func (v *vault) make(inRing error) ([]byte, string, error) {
	key := make([]byte, keySize)
	rand.Read(key)
	if errors.Is(inRing, errMissing) {
		if inRing = v.writeKeyring(key); inRing == nil {
			return key, SourceKeyring, nil
		}
	}
	if v.UseKeyring {
		v.Log.Warn("the keyring cannot keep the master key; it goes to a file", "keyring", inRing, "file", v.path)
	}
	key, err := v.writeFile(key)
	if err != nil {
		return nil, "", &core.Error{Code: core.CodeUnavailable, Message: "cannot write the key file " + v.path, Err: err}
	}
	return key, SourceFile, nil
}

// finding says in an error message what was found in a place.
type finding string

func (f finding) Error() string { return string(f) }

const (
	errMissing    finding = "has none"
	errNotAsked   finding = "is not used without a desktop"
	errAnotherKey finding = "has that of another store"
	errNoKey      finding = "holds something else than a key"
	errSilent     finding = "does not answer"
)

// failed is the finding of an error of the system.
func failed(err error) finding { return finding(fmt.Sprintf("cannot be read: %v", err)) }
