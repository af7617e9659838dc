package vault

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
)

const keySize = 32

// errFormat also meets those who try a passphrase: one is far weaker than it
// looks as a key, so none is taken.
var errFormat = errors.New("a master key is 64 hex digits or the base64 of 32 bytes, not a passphrase; make one with: openssl rand -hex 32")

// parse reads a key of 64 hex digits or of base64, standard or URL-safe, padded
// or not.
func parse(s string) ([]byte, error) {
	s = strings.TrimSpace(s)
	if len(s) == 2*keySize {
		if key, err := hex.DecodeString(s); err == nil {
			return key, nil
		}
	}
	s = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimSuffix(s, "="))
	key, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil || len(key) != keySize {
		return nil, errFormat
	}
	return key, nil
}

func encode(key []byte) string { return hex.EncodeToString(key) }
