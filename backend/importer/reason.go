package importer

import "fmt"

// Reason names a problem of an entry, for programs and for translation.
type Reason string

// The reasons.
const (
	ReasonNoCredential      Reason = "no_credential"
	ReasonNotAccount        Reason = "not_account"
	ReasonBadJSON           Reason = "bad_json"
	ReasonBadLine           Reason = "bad_line"
	ReasonUnreadable        Reason = "unreadable"         // detail: why
	ReasonNothingFound      Reason = "nothing_found"      // of a whole file
	ReasonNestedArchive     Reason = "nested_archive"     //
	ReasonNamesFile         Reason = "names_file"         // detail: the variable
	ReasonNoKeyVariable     Reason = "no_key_variable"    //
	ReasonOtherProvider     Reason = "other_provider"     // detail: the provider
	ReasonOtherService      Reason = "other_service"      // detail: service and address
	ReasonUnknownProvider   Reason = "unknown_provider"   //
	ReasonTruncated         Reason = "truncated"          //
	ReasonPlaceholder       Reason = "placeholder"        //
	ReasonShortLived        Reason = "short_lived"        //
	ReasonSubscription      Reason = "subscription"       // detail: of what
	ReasonUnsupported       Reason = "unsupported"        // detail: the service
	ReasonAdminKey          Reason = "admin_key"          //
	ReasonOwnKey            Reason = "own_key"            //
	ReasonKeyless           Reason = "keyless_export"     //
	ReasonNeedsRegistration Reason = "needs_registration" // detail: the file
	ReasonRegistrationOver  Reason = "registration_expired"
	ReasonNeedsToken        Reason = "needs_token" // of a registration without an account
	ReasonNeedsLogin        Reason = "needs_login" // of kiro-cli
	ReasonNeedsEndpoint     Reason = "needs_endpoint"
	ReasonInvalid           Reason = "invalid" // the account's own check says why
)

// Reasons lists them all.
func Reasons() []Reason {
	out := make([]Reason, 0, len(words()))
	for r := range words() {
		out = append(out, r)
	}
	return append(out, ReasonInvalid)
}

// words says each reason to people; %s is the detail.
func words() map[Reason]string {
	return map[Reason]string{
		ReasonNoCredential:      "there is no key here; an entry needs an api_key or a refresh_token",
		ReasonNotAccount:        `this is not an account; write an object such as {"name": "…", "api_key": "…"}`,
		ReasonBadJSON:           "from here on this is not valid JSON; a comma, a quote or a bracket is missing or too many",
		ReasonBadLine:           "nothing in this line looks like a key; write one key per line, or name,key",
		ReasonUnreadable:        "this file cannot be read: %s",
		ReasonNothingFound:      "nothing in this file looks like an account; leave it out",
		ReasonNestedArchive:     "an archive inside an archive is not opened; unpack it and choose its files",
		ReasonNamesFile:         "%s names a file; choose that file as well, or scan this machine",
		ReasonNoKeyVariable:     "this variable holds no key; remove the line",
		ReasonOtherProvider:     "this is a key of %[1]s, but the channel is one of %[2]s; import it into a channel of %[1]s",
		ReasonOtherService:      "this is a key of %s; import it into an openai channel with that base URL",
		ReasonUnknownProvider:   "the key does not show whose it is; choose the provider, or import it into a channel",
		ReasonTruncated:         "this is a shortened copy, as programs display it; copy the whole token from its file",
		ReasonPlaceholder:       "this is an example and no key; put the real key in its place",
		ReasonShortLived:        "this is an access token, which ends within hours; the refresh token beside it is needed",
		ReasonSubscription:      "this is the sign-in of a %s, which only its own program may use; create an API key instead",
		ReasonUnsupported:       "this belongs to %s, which AiHub has no provider for",
		ReasonAdminKey:          "this is an admin key: it manages the organisation and cannot send requests; create a normal API key",
		ReasonOwnKey:            "this is a key that AiHub itself gave out; an account needs a key of its provider",
		ReasonKeyless:           "this export leaves the keys out; export the channels with their keys (from the database, as its administrator)",
		ReasonNeedsRegistration: "this AWS sign-in needs its client id and secret; add both, or import the client registration %s together with it (it lies beside the token, in ~/.aws/sso/cache)",
		ReasonRegistrationOver:  "the client registration of this AWS sign-in has expired, so the token cannot be refreshed; sign in again",
		ReasonNeedsToken:        "this is a client registration without its token; import the token file, kiro-auth-token.json, together with it",
		ReasonNeedsLogin:        "the database lacks the client registration of this sign-in; sign in to kiro-cli again",
		ReasonNeedsEndpoint:     "this sign-in of an external identity provider lacks its token endpoint or client id; export it again with both",
	}
}

// refuse marks an entry with a reason and what completes its words. The first
// reason stays.
func (e *Entry) refuse(r Reason, details ...any) {
	if e.Reason != "" {
		return
	}
	e.Reason, e.Problem = r, words()[r]
	if len(details) > 0 {
		e.Detail = fmt.Sprint(details[0])
		e.Problem = fmt.Sprintf(e.Problem, details...)
	}
}
