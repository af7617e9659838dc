package admin

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/aihub/aihub/backend/core"
)

const (
	// masked stands for a secret in answers; sent back, it keeps the secret.
	masked = "***"
	// maxName bounds names, in characters.
	maxName = 200
	// maxInt bounds weights, priorities and limits, so that no sum of them
	// overflows.
	maxInt = 1_000_000_000
	// maxList bounds the lists of an object.
	maxList = 1000
)

// set writes a present value to dst.
func set[T any](dst, in *T) {
	if in != nil {
		*dst = *in
	}
}

// firstError runs the checks in order and returns the first error.
func firstError(checks ...func() error) error {
	for _, check := range checks {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func oneOf[T ~string](field string, v T, allowed []T) error {
	if slices.Contains(allowed, v) {
		return nil
	}
	return core.Invalid(field, "%q is not a %s; use one of %s", v, field, quoted(allowed))
}

func quoted[T ~string](values []T) string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = strconv.Quote(string(v))
	}
	return strings.Join(out, ", ")
}

func applyName(dst, in *string) error {
	if in != nil {
		*dst = strings.TrimSpace(*in)
	}
	switch {
	case *dst == "":
		return core.Invalid("name", "give it a name")
	case utf8.RuneCountInString(*dst) > maxName:
		return core.Invalid("name", "the name is longer than %d characters", maxName)
	case !utf8.ValidString(*dst) || strings.ContainsFunc(*dst, unicode.IsControl):
		return core.Invalid("name", "the name holds a line break or another control character; remove it")
	}
	return nil
}

func applyInt(dst, in *int, field string, low, high int) error {
	set(dst, in)
	if *dst < low || *dst > high {
		return core.Invalid(field, "%s is a whole number from %d to %d", field, low, high)
	}
	return nil
}

// plainName reports whether a model name or a tag can be written and compared
// safely: printable, no spaces, not too long.
func plainName(s string) bool {
	return s != "" && len(s) <= 256 && utf8.ValidString(s) &&
		!strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) })
}

// applyList replaces *dst by the checked entries of a present list; what check
// empties or what is written twice is dropped.
func applyList(dst *[]string, in []string, field string, check func(string) (string, error)) error {
	if in == nil {
		return nil
	}
	if len(in) > maxList {
		return core.Invalid(field, "%s has more than %d entries", field, maxList)
	}
	out := make([]string, 0, len(in))
	for _, raw := range in {
		v, err := check(strings.TrimSpace(raw))
		if err != nil {
			return err
		}
		if v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	*dst = out
	return nil
}

func checkModel(name string) (string, error) {
	if !plainName(name) {
		return "", core.Invalid("models", "%q is not a model name; use names without spaces, and * as wildcard", name)
	}
	return name, nil
}

func checkTag(tag string) (string, error) {
	if len(tag) > maxName || !utf8.ValidString(tag) || strings.ContainsFunc(tag, unicode.IsControl) {
		return "", core.Invalid("tags", "%q is not a tag; use up to %d printable characters", tag, maxName)
	}
	return tag, nil
}

// badPort reports whether the URL names a port that cannot exist.
func badPort(u *url.URL) bool {
	if u.Port() == "" {
		return strings.HasSuffix(u.Host, ":")
	}
	n, err := strconv.Atoi(u.Port())
	return err != nil || n < 1 || n > 65535
}

// applyProxy checks a proxy address. A password of "***" is the stored one, and
// only for the same user and host: a stored password never goes elsewhere.
func applyProxy(dst, in *string) error {
	if in == nil {
		return nil
	}
	raw := strings.TrimSpace(*in)
	if raw == "" || raw == maskProxy(*dst) {
		if raw == "" {
			*dst = ""
		}
		return nil
	}
	u, err := url.Parse(raw)
	if err != nil || !slices.Contains([]string{"http", "https", "socks5", "socks5h"}, u.Scheme) || u.Hostname() == "" || badPort(u) {
		return core.Invalid("proxy_url", "the proxy is an address such as http://127.0.0.1:7890 or socks5://user:password@host:1080")
	}
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return core.Invalid("proxy_url", "take everything behind the host and port out of the proxy's address")
	}
	if password, _ := u.User.Password(); password == masked {
		return core.Invalid("proxy_url", "write the proxy's password again: %q only stands for it while nothing else of the address changes", masked)
	}
	*dst = raw
	return nil
}

// maskProxy replaces the password in a proxy address.
func maskProxy(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.User == nil {
		return raw
	}
	if _, has := u.User.Password(); !has {
		return raw
	}
	user := u.User.Username()
	u.User = nil
	rest := strings.TrimPrefix(u.String(), u.Scheme+"://")
	return fmt.Sprintf("%s://%s:%s@%s", u.Scheme, url.PathEscape(user), masked, rest)
}
