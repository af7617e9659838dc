package simulator

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"
)

// enter lets the owner of a request's token in, on the runtime and the
// management plane.
func (p *kiroPlane) enter(x *exchange) (KiroAccount, error) {
	who, err := p.identify(x)
	if err != nil {
		return who, err
	}
	if p.name == planeRuntime || p.name == planeLegacy {
		return who, nil // the faults come when the model is known
	}
	return who, p.admitCall(x, who.ID, "")
}

func (p *kiroPlane) identify(x *exchange) (KiroAccount, error) {
	who, state := p.dir.bearer(bearer(x.r.Header))
	if state != bearerUnknown {
		x.account = kiroIdentity(who.ID)
	}
	switch {
	case state == bearerExpired && p.name == planeManagement:
		return who, kiroRefusal(http.StatusBadRequest, kiroDenied, "", "Invalid token")
	case state == bearerExpired:
		return who, denied("The bearer token included in the request is expired.", "the access token has expired")
	case state == bearerUnknown:
		return who, denied(textBearer, "nobody has this token")
	case !takesTokenType(who.Kind, x.r.Header):
		return who, denied(textBearer, "TokenType does not fit an account of kind "+string(who.Kind))
	case who.Suspended:
		r := denied(suspendedText(who.ID), "the account is suspended")
		r.code = "TEMPORARILY_SUSPENDED"
		return who, r
	}
	if r := p.checkAgent(x.r.Header); r != nil {
		return who, r
	}
	return who, nil
}

// kiroIdentity is how statistics and faults know a Kiro account: by its own id,
// for its tokens change.
func kiroIdentity(id string) account { return account{id: id} }

// takesTokenType tells what the header TokenType must be for a kind of account.
func takesTokenType(k KiroKind, h http.Header) bool {
	got := h.Get("TokenType")
	switch k {
	case KiroAPIKey:
		return got == "API_KEY"
	case KiroExternal:
		return got == "EXTERNAL_IDP"
	case KiroBuilderID, KiroIdentityCenter:
		return got == "" || got == "SSO_OIDC"
	}
	return got == ""
}

// checkAgent is the gate on the client's program: it must be a Kiro, and not an
// old one.
func (k *kiro) checkAgent(h http.Header) *refusal {
	agents := h.Get("User-Agent") + " " + h.Get("X-Amz-User-Agent")
	ide := k.ideAgent.FindStringSubmatch(agents)
	switch {
	case ide != nil && isOldIDE(ide[1:]):
		return denied(textOldAgent, "the user agent is older than KiroIDE-0.12.155")
	case ide != nil, strings.Contains(agents, "KiroCLI/"), strings.Contains(agents, "app/AmazonQ-For-CLI"):
		return nil
	}
	r := denied(textNoAgent, "the user agent names no Kiro client")
	r.code = "FEATURE_NOT_SUPPORTED"
	return r
}

// isOldIDE compares a version with the oldest that works.
func isOldIDE(version []string) bool {
	order := 0
	for i, oldest := range []int{0, 12, 155} {
		n, _ := strconv.Atoi(version[i])
		order = cmp.Or(order, cmp.Compare(n, oldest))
	}
	return order < 0
}

// arnNeed says how much a call cares for the profile.
type arnNeed uint8

const (
	arnNeeded arnNeed = iota // accounts that have a profile must name it
	arnAsked                 // only organisations must
)

// checkARN compares the profile of a request with its account. The service does
// so before it looks at anything else.
func (p *kiroPlane) checkARN(a KiroAccount, arn string, need arnNeed) *refusal {
	if arn != "" && !p.profileARN.MatchString(arn) {
		return improper("profileArn is no ARN of a profile")
	}
	if arn == "" {
		return p.checkNoARN(a, need)
	}
	wanted := a.ProfileARN
	if a.Kind == KiroBuilderID {
		wanted = kiroBuilderARN
	}
	switch {
	case arn != wanted, a.Kind == KiroBuilderID && a.ARN == KiroARNNone:
		return p.wrongARN("profileArn does not belong to the account")
	case p.region != "" && a.Kind != KiroBuilderID && strings.Split(arn, ":")[3] != p.region:
		return p.wrongARN("profileArn is of another region than this host")
	}
	return nil
}

// wrongARN is told in the words of a wrong token.
func (p *kiroPlane) wrongARN(why string) *refusal {
	if p.name == planeManagement {
		return kiroRefusal(http.StatusBadRequest, kiroDenied, "", "Invalid token").with("X-Sim-Why", why)
	}
	return denied(textBearer, why)
}

func (p *kiroPlane) checkNoARN(a KiroAccount, need arnNeed) *refusal {
	missing := false
	switch a.Kind {
	case KiroIdentityCenter, KiroExternal:
		missing = true
	case KiroGoogle, KiroGitHub:
		missing = need == arnNeeded
	case KiroBuilderID: // the old host took accounts without a profile
		missing = need == arnNeeded && a.ARN == KiroARNFixed && p.name != planeLegacy
	}
	if missing {
		return kiroInvalid("", textNoARN)
	}
	return nil
}
