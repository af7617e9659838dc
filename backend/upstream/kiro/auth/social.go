package auth

import (
	"context"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// authHost is Kiro's own sign-in service, behind Google and GitHub. It exists
// in one region only.
const authHost = "https://prod.us-east-1.auth.desktop.kiro.dev"

func (c *Client) social(path string) string {
	if base := c.plane("auth"); base != "" {
		return base + path
	}
	return authHost + path
}

// socialTokens is the answer of refreshToken and of a device poll that is done.
type socialTokens struct {
	AccessToken  string `json:"accessToken"`
	RefreshToken string `json:"refreshToken"`
	ExpiresIn    int64  `json:"expiresIn"` // seconds; a device poll has none
	ProfileARN   string `json:"profileArn"`
}

func (s socialTokens) tokens() tokens {
	return tokens{
		access: s.AccessToken, refresh: s.RefreshToken, profileARN: s.ProfileARN,
		lifetime: time.Duration(s.ExpiresIn) * time.Second,
	}
}

func (c *Client) refreshSocial(ctx context.Context, cred core.Credential) (tokens, error) {
	var out socialTokens
	in := map[string]string{"refreshToken": cred.RefreshToken}
	if err := c.postJSON(ctx, c.social("/refreshToken"), in, &out); err != nil {
		return tokens{}, err
	}
	return checked(out.tokens())
}
