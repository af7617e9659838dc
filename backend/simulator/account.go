package simulator

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// account is who a request's credential belongs to. The credential itself is
// kept only while its request is served.
type account struct {
	id   string // AccountID of the key
	hint string // the key's last four characters
}

// AccountID returns the name under which the simulator speaks of the account
// of an API key, in statistics and recorded requests: a hash of the key.
func AccountID(key string) string {
	if key == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(key))
	return "acct_" + hex.EncodeToString(sum[:8])
}

func accountOf(key string) account {
	a := account{id: AccountID(key)}
	if n := len(key); n >= 8 {
		a.hint = "…" + key[n-4:]
	}
	return a
}

// keyState is what a service thinks of a credential.
type keyState uint8

const (
	keyGood    keyState = iota
	keyMissing          // none was sent
	keyInvalid          // never existed: begins with "sk-invalid"
	keyRevoked          // existed once: begins with "sk-revoked"
)

func stateOf(key string) keyState {
	switch {
	case key == "":
		return keyMissing
	case strings.HasPrefix(key, "sk-invalid"):
		return keyInvalid
	case strings.HasPrefix(key, "sk-revoked"):
		return keyRevoked
	}
	return keyGood
}

// bearer returns the token of an Authorization header.
func bearer(h http.Header) string {
	scheme, token, _ := strings.Cut(h.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// publicHeaders copies headers with the credentials replaced by account ids.
func publicHeaders(h http.Header) http.Header {
	out := h.Clone()
	for _, name := range []string{"Authorization", "X-Api-Key", "X-Goog-Api-Key", "Proxy-Authorization", "Cookie"} {
		for i, v := range out.Values(name) {
			scheme, token, ok := strings.Cut(v, " ")
			if !ok {
				scheme, token = "", v
			}
			out[name][i] = strings.TrimSpace(scheme + " " + AccountID(token))
		}
	}
	return out
}

// publicQuery is publicHeaders for ?key=.
func publicQuery(q string) string {
	values, err := url.ParseQuery(q)
	if err != nil || !values.Has("key") {
		return q
	}
	values.Set("key", AccountID(values.Get("key")))
	return values.Encode()
}

// secretFields are the fields of a sign-in that nobody else may read.
func secretFields() []string {
	return []string{"refreshToken", "clientSecret", "deviceCode", "code", "codeVerifier", "refresh_token", "client_secret", "code_verifier"}
}

// publicFields is publicHeaders for the JSON bodies of sign-ins.
func publicFields(body []byte) []byte {
	var fields map[string]any
	if json.Unmarshal(body, &fields) != nil {
		return body
	}
	for _, name := range secretFields() {
		if secret, ok := fields[name].(string); ok {
			fields[name] = AccountID(secret)
		}
	}
	return encode(fields)
}

// publicForm is publicFields for a form.
func publicForm(body string) string {
	values, err := url.ParseQuery(body)
	if err != nil {
		return body
	}
	for _, name := range secretFields() {
		if values.Has(name) {
			values.Set(name, AccountID(values.Get(name)))
		}
	}
	return values.Encode()
}
