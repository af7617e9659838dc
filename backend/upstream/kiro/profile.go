package kiro

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/upstream"
	"github.com/aihub/aihub/backend/upstream/kiro/auth"
)

// needsProfile reports whether an account is asked for with a profile of its
// own, which is not known yet.
func needsProfile(c core.Credential, l lesson) bool {
	kind := auth.KindOf(c)
	return (kind == auth.IdentityCenter || kind == auth.External) && c.ProfileARN == "" && l.Profile == ""
}

// mayHaveProfile reports whether an account that is taken for one of Builder ID
// may be an organisation's: programs that give no start URL along name both by
// the same word.
func mayHaveProfile(c core.Credential, l lesson) bool {
	return auth.KindOf(c) == auth.BuilderID && c.StartURL == "" && l.Profile == "" && !l.None
}

// reach asks a plane with the right profile. An account that must name its own,
// and was given none, is asked for it first.
func (p *Provider) reach(ctx context.Context, via http.RoundTripper, ch *core.Channel, a *core.Account, pl plane, ask func(way, int) (*http.Response, error)) (*http.Response, error) {
	l := p.lessonOf(ch, a)
	if needsProfile(a.Credential, l) {
		if err := p.findProfile(ctx, via, ch, a); err != nil {
			return nil, err
		}
	}
	out := p.walk(ctx, ch, a, pl, ask)
	if out.why == noProfile && mayHaveProfile(a.Credential, l) && p.findProfile(ctx, via, ch, a) == nil {
		out = p.walk(ctx, ch, a, pl, ask)
	}
	return out.res, out.err
}

// findProfile asks for the account's profile. Each region knows only its own.
func (p *Provider) findProfile(ctx context.Context, via http.RoundTripper, ch *core.Channel, a *core.Account) error {
	places := near(a.Credential.Region)
	if ch.BaseURL != "" {
		places = places[:1] // one host for all regions
	}
	last := error(core.Errorf(core.CodeUpstream, "Kiro lists no profile for this account: ask the administrator of your organisation for access, or enter the ARN of the profile"))
	for _, region := range places {
		arn, err := p.profileIn(ctx, via, ch, a, region)
		if arn != "" {
			p.learnProfile(ctx, ch, a, arn)
			return nil
		}
		if err != nil {
			last = err
		}
	}
	if hasNone(last) {
		p.learnProfile(ctx, ch, a, "")
	}
	return last
}

// hasNone recognises what the service says of accounts that have no profile by
// their kind.
func hasNone(err error) bool {
	refusal, ok := errors.AsType[*upstream.Refusal](err)
	return ok && strings.Contains(refusal.Message, "not supported for this operation")
}

func (p *Provider) profileIn(ctx context.Context, via http.RoundTripper, ch *core.Channel, a *core.Account, region string) (string, error) {
	there := *a
	there.Credential.APIRegion = region
	there.ID = ""                                                                                                                                     // nothing is to be learned from a region that it may not be in
	out := p.walk(ctx, ch, &there, planeManagement, p.asking(ctx, via, ch, &there, listProfiles, member{name: "maxResults", value: "10", raw: true})) //nolint:bodyclose // the walk closes what it gets
	doc, err := answer(out.res, out.err, a.Credential)
	if err != nil {
		return "", err
	}
	found := ""
	for _, profile := range doc.Get("profiles").Array() {
		status := profile.Get("status").String()
		if found == "" && (status == "" || strings.EqualFold(status, "active")) {
			found = profile.Get("arn").String()
		}
	}
	return found, nil
}
