package admin

import (
	"context"
	"slices"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// ExplainRequest asks which account would serve a request.
type ExplainRequest struct {
	Model string `json:"model" doc:"as a client would name it"`
	// User is an id or a name.
	User     string       `json:"user,omitempty" doc:"id or name of a user, whose permissions are then looked at too"`
	At       *time.Time   `json:"at,omitempty" doc:"default now"`
	Protocol llm.Protocol `json:"protocol,omitempty" enum:"openai,responses,anthropic,gemini" doc:"what the client speaks; default openai"`
}

// Explain tells which account would serve a request for a model, and why no
// other. Nothing is sent, and nothing changes.
func (s *Service) Explain(ctx context.Context, in ExplainRequest) (core.Explanation, error) {
	if !plainName(in.Model) {
		return core.Explanation{}, core.Invalid("model", "name the model as a client would, such as gpt-4o")
	}
	if in.Protocol == "" {
		in.Protocol = llm.OpenAI
	}
	if err := oneOf("protocol", in.Protocol, []llm.Protocol{llm.OpenAI, llm.Responses, llm.Anthropic, llm.Gemini}); err != nil {
		return core.Explanation{}, err
	}
	at := s.now()
	if in.At != nil {
		at = in.At.UTC()
	}
	snap := s.snapshot()
	refused, err := refusedFor(snap, in.User, in.Model, at)
	if err != nil {
		return core.Explanation{}, err
	}
	out := s.deps.Explain(ctx, snap, in.Protocol, in.Model, at)
	if refused != "" {
		out.Chosen, out.Message = nil, refused
	}
	return out, nil
}

// refusedFor says why the user would be refused, whatever the accounts.
func refusedFor(snap *core.Snapshot, user, model string, at time.Time) (string, error) {
	if user == "" {
		return "", nil
	}
	u := snap.User(user)
	if i := slices.IndexFunc(snap.Users(), func(u *core.User) bool { return u.Name == user }); u == nil && i >= 0 {
		u = snap.Users()[i]
	}
	switch {
	case u == nil:
		return "", notFound(kindUser, user)
	case !u.Enabled:
		return "the user is switched off", nil
	case u.ExpiresAt != nil && !at.Before(*u.ExpiresAt):
		return "the user's access has ended", nil
	case len(u.Models) > 0 && !core.MatchAny(u.Models, model):
		return "the user may not use this model", nil
	}
	return "", nil
}
