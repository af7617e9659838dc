package importer

import (
	"path"
	"strings"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// Facts of Kiro's sign-ins.
const (
	builderStart = "https://view.awsapps.com/start"
	// builderHash is the SHA-1 of {"startUrl":"https://view.awsapps.com/start"},
	// by which the IDE names Builder ID's client registration.
	builderHash = "e909a0580879b06ece1202964fbe9dda95ea4ce3"
)

// registration is an OAuth client in a file of its own.
type registration struct {
	file   string // its name without folder and ".json": the hash, in the IDE's cache
	id     string
	secret string
	ends   time.Time
	used   bool
	place  Entry
}

func newRegistration(e Entry, rec record) registration { //nolint:gocritic // kept
	return registration{
		file: strings.TrimSuffix(path.Base(e.File), ".json"), id: rec[fClient], secret: rec[fClientSec],
		ends: readTime(rec.first(fClientEnds, fExpires)), place: e,
	}
}

// ideFile is how the IDE names its token file.
const ideFile = "kiro-auth-token.json"

// wayIn says how a sign-in was made, for people.
func (rec record) wayIn() string {
	c := rec.kiroToken()
	switch {
	case c.AuthMethod == core.AuthBuilderID:
		return "AWS Builder ID"
	case c.AuthMethod == core.AuthIDC:
		return "IAM Identity Center"
	case c.AuthMethod == core.AuthExternalIDP:
		return "identity provider"
	case c.IDP != "":
		return c.IDP
	}
	return "social"
}

// addKiro adds an account of Kiro.
func (d *doc) addKiro(e Entry, rec record) { //nolint:gocritic // an entry is built and handed over
	e.Provider = core.ProviderKiro
	if rec[fRefresh] == "" && strings.HasPrefix(rec[fKey], "aor") {
		rec[fRefresh], rec[fKey] = rec[fKey], ""
	}
	if key := rec.kiroKey(); key != "" {
		e.Credential = core.Credential{APIKey: key, APIRegion: rec.first(fAPIRegion, fRegion)}
		d.add(e)
		return
	}
	if e.Name == "" && path.Base(e.File) == ideFile {
		e.Name = "Kiro IDE (" + rec.wayIn() + ")"
	}
	e.Credential = rec.kiroToken()
	e.Credential.Source = d.source.Origin
	c := &e.Credential
	switch {
	case c.RefreshToken == "":
		e.refuse(ReasonShortLived)
	case c.AuthMethod == core.AuthExternalIDP:
		if c.ClientID == "" || c.TokenEndpoint == "" {
			e.refuse(ReasonNeedsEndpoint)
		}
	case e.Reason != "":
	case isSSO(c) && (c.ClientID == "" || c.ClientSecret == ""):
		c.ClientID, c.ClientSecret = "", ""
		e.hash = rec.registrationHash(c)
	case expired(readTime(rec[fClientEnds]), d.Now):
		e.refuse(ReasonRegistrationOver)
	}
	d.add(e)
}

// kiroKey is the record's API key: the word of the field decides, or the look.
func (rec record) kiroKey() string {
	if rec[fKey] != "" && rec[fRefresh] == "" {
		return rec[fKey]
	}
	if s := rec[fSecret]; strings.HasPrefix(s, "ksk_") && rec[fRefresh] == "" {
		return s
	}
	return ""
}

// kiroToken reads the tokens of a sign-in. A client id and secret mean SSO
// OIDC, none social, whatever else is missing.
func (rec record) kiroToken() core.Credential {
	method, _ := methodOf(rec)
	c := core.Credential{
		RefreshToken: rec.first(fRefresh, fSecret), AccessToken: rec[fAccess], ExpiresAt: readTime(rec[fExpires]),
		ClientID: rec[fClient], ClientSecret: rec[fClientSec], AuthMethod: method,
		Region: rec.first(fAuthRegion, fRegion), APIRegion: rec[fAPIRegion], StartURL: rec[fStartURL], ProfileARN: rec[fProfile],
		TokenEndpoint: rec[fEndpoint], IssuerURL: rec[fIssuer], Scopes: rec[fScopes], Audience: rec[fAudience],
	}
	switch {
	case method == core.AuthExternalIDP || c.TokenEndpoint != "":
		c.AuthMethod = core.AuthExternalIDP
		return c
	case method == core.AuthSocial || c.ClientID == "" && method == "" && rec[fClientHash] == "":
		c.AuthMethod, c.ClientID, c.ClientSecret = core.AuthSocial, "", ""
		c.IDP = rec.vouches()
	case method == "" && rec[fClientHash] != "":
		c.AuthMethod = core.AuthIDC
	}
	c.Scopes, c.IssuerURL, c.Audience = "", "", ""
	rec.tellBuilder(&c)
	return c
}

// vouches is who stands behind a social sign-in, as Kiro names them.
func (rec record) vouches() string {
	switch plain(rec[fIDP]) {
	case "google":
		return "Google"
	case "github":
		return "Github"
	}
	return ""
}

// tellBuilder tells AWS Builder ID from IAM Identity Center, which most files
// call by one word: the start page is what differs.
func (rec record) tellBuilder(c *core.Credential) {
	switch {
	case c.AuthMethod == core.AuthSocial:
		c.StartURL = ""
	case strings.TrimRight(c.StartURL, "/#") == builderStart || rec[fClientHash] == builderHash:
		c.AuthMethod = core.AuthBuilderID
	case c.StartURL != "":
		c.AuthMethod = core.AuthIDC
	}
	if c.AuthMethod == core.AuthBuilderID && c.StartURL == "" {
		c.StartURL = builderStart
	}
	if !regionLike(c.Region) {
		c.Region = ""
	}
	if c.Region == "" && c.AuthMethod == core.AuthBuilderID {
		c.Region = "us-east-1"
	}
}

// isSSO reports whether the tokens need a client to be refreshed.
func isSSO(c *core.Credential) bool {
	return c.AuthMethod == core.AuthIDC || c.AuthMethod == core.AuthBuilderID
}

// registrationHash is the file name of the client registration, without
// ".json".
func (rec record) registrationHash(c *core.Credential) string {
	switch hash := rec[fClientHash]; {
	case hash != "" && len(hash) <= 64 && strings.Trim(hash, "0123456789abcdef") == "":
		return hash
	case c.AuthMethod == core.AuthBuilderID:
		return builderHash
	}
	return "<clientIdHash>"
}

func expired(t, now time.Time) bool { return !t.IsZero() && t.Before(now) }

// regionLike reports whether s has the form of an AWS region, such as
// eu-central-1.
func regionLike(s string) bool {
	parts := strings.Split(s, "-")
	last := parts[len(parts)-1]
	return len(parts) >= 3 && len(s) <= 32 && len(last) == 1 && last >= "1" && last <= "9" &&
		strings.Trim(s, "abcdefghijklmnopqrstuvwxyz-123456789") == ""
}
