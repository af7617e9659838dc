package kiro

import (
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/upstream/kiro/auth"
)

// way is one way to ask a plane for an account.
type way struct {
	Form    form   `json:"form"`
	Profile string `json:"profile,omitempty"` // the ARN that is sent; "" = none
	Region  string `json:"region,omitempty"`
}

// trouble is why a way did not lead there.
type trouble int

const (
	fine      trouble = iota // or an answer that no other way would better
	noHost                   // nobody answers at the host
	noForm                   // the host does not know the operation
	noProfile                // the profile, or its absence, does not fit the account
)

// profiles lists what an account may have to name as its profile, the likeliest
// first.
func profiles(c core.Credential, found string) []string {
	own := c.ProfileARN
	if own == "" {
		own = found
	}
	switch auth.KindOf(c) {
	case auth.APIKey:
		return []string{""}
	case auth.BuilderID:
		if found != "" {
			return []string{found} // it was none after all
		}
		return []string{profileBuilderID, ""}
	case auth.IdentityCenter, auth.External:
		return []string{own} // never a shared one, and never none
	}
	if own == "" {
		own = profileSocial
	}
	return []string{own, ""}
}

// ways lists the ways to a plane in the order in which they are tried. found is
// the profile that was asked for, when the credential has none.
func ways(p plane, ch *core.Channel, c core.Credential, found string) []way {
	arns := profiles(c, found)
	places := homes(c, arns[0])
	if ch.BaseURL != "" {
		places = []string{""}
	}
	var list []way
	for _, f := range formsOf(p) {
		for _, region := range places {
			for i := range arns {
				arn := arns[i]
				if f == formLegacy {
					arn = arns[len(arns)-1-i] // the former host knew no shared profiles
				}
				list = append(list, way{f, arn, region})
			}
		}
	}
	return list
}

// trail goes through the ways to a plane.
type trail struct {
	left []way
	// recalled is set while the way that worked last is tried, which is then not
	// the first of the list.
	recalled bool
	// chooses says that there are several profiles to choose from.
	chooses bool
}

func newTrail(p plane, ch *core.Channel, c core.Credential, found string) *trail {
	return &trail{left: ways(p, ch, c, found), chooses: len(profiles(c, found)) > 1}
}

// begin returns the first way to try: the remembered one, if it is still among
// the possible.
func (t *trail) begin(remembered way) way {
	for i, w := range t.left {
		if w == remembered {
			t.recalled = i > 0
			return t.take(i)
		}
	}
	return t.take(0)
}

func (t *trail) take(i int) way {
	w := t.left[i]
	t.left = append(t.left[:i:i], t.left[i+1:]...)
	return w
}

// next returns the way to try after w has failed.
func (t *trail) next(w way, why trouble) (way, bool) {
	anew := t.recalled
	t.recalled = false
	for i, c := range t.left {
		if anew || t.helps(w, c, why) {
			return t.take(i), true
		}
	}
	return way{}, false
}

// helps reports whether way c can do better where w has failed.
func (t *trail) helps(w, c way, why trouble) bool {
	legacy := c.Form == formLegacy && w.Form != formLegacy
	switch why {
	case noHost:
		return legacy || c.Region != w.Region
	case noForm:
		return legacy || c.Form != w.Form && c.Profile == w.Profile && c.Region == w.Region
	case noProfile:
		return c.Form == w.Form || legacy && t.chooses
	}
	return false
}
