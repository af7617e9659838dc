package vault

import (
	"bytes"
	"errors"
	"time"

	"github.com/zalando/go-keyring"
)

// The entry of the keyring. One key serves all data folders of a user.
const (
	service = "aihub"
	account = "master-key"
)

// Keyring is a store of secrets that belongs to the user. Get returns
// keyring.ErrNotFound of go-keyring when there is none.
type Keyring interface {
	Get(service, account string) (string, error)
	Set(service, account, secret string) error
}

// systemKeyring is that of the operating system: Secret Service over D-Bus,
// Keychain, Credential Manager.
type systemKeyring struct{}

func (systemKeyring) Get(service, account string) (string, error) {
	return keyring.Get(service, account)
}

func (systemKeyring) Set(service, account, secret string) error {
	return keyring.Set(service, account, secret)
}

func (v *vault) readKeyring() ([]byte, error) {
	text, err := within(v.Timeout, func() (string, error) { return v.Keyring.Get(service, account) })
	switch {
	case errors.Is(err, keyring.ErrNotFound):
		return nil, errMissing
	case errors.Is(err, errSilent):
		return nil, errSilent
	case err != nil:
		return nil, failed(err)
	}
	key, err := parse(text)
	if err != nil {
		return nil, errNoKey
	}
	return key, nil
}

// writeKeyring stores the key and reads it back: some keyrings accept a secret
// and forget it with the session.
func (v *vault) writeKeyring(key []byte) error {
	_, err := within(v.Timeout, func() (string, error) { return "", v.Keyring.Set(service, account, encode(key)) })
	if err != nil {
		return err
	}
	stored, err := v.readKeyring()
	if err == nil && !bytes.Equal(stored, key) {
		return errAnotherKey
	}
	return err
}

// within returns errSilent when the call takes too long. The system's keyring
// offers no way to cancel a call, so its goroutine is then left behind: it ends
// with the call or with the program, and keeps nothing but its own answer.
func within(timeout time.Duration, call func() (string, error)) (string, error) {
	type answer struct {
		text string
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		text, err := call()
		answers <- answer{text, err}
	}()
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case a := <-answers:
		return a.text, a.err
	case <-timer.C:
		return "", errSilent
	}
}
