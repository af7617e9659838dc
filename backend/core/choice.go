package core

import "time"

// ChoiceCode says why an account is chosen for a request or not.
type ChoiceCode string

// The codes of a choice.
const (
	ChoiceChosen       ChoiceCode = "chosen"
	ChoiceFit          ChoiceCode = "fit"
	ChoiceNotItsTurn   ChoiceCode = "not_its_turn"      // fit, and another one of the same tier is next
	ChoiceLowerTier    ChoiceCode = "lower_tier"        // fit, and accounts of a higher priority are too
	ChoiceDisabled     ChoiceCode = "disabled"          // switched off
	ChoiceChannelOff   ChoiceCode = "channel_disabled"  // its channel is switched off
	ChoiceNotOffered   ChoiceCode = "not_offered"       // the channel or the account does not have the model
	ChoiceForeign      ChoiceCode = "other_provider"    // the model is at home with another provider
	ChoiceClosed       ChoiceCode = "closed"            // cooling, exhausted, signed out or suspended; State says which
	ChoiceModelCooling ChoiceCode = "model_cooling"     // the model rests
	ChoiceUnreachable  ChoiceCode = "unreachable"       // the provider's address does not answer
	ChoiceBusy         ChoiceCode = "busy"              // at its limit of parallel requests
	ChoiceRate         ChoiceCode = "rate_limit"        // at its limit of requests per minute
	ChoiceRecovering   ChoiceCode = "recovering"        // comes back slowly, and a first request is under way
	ChoiceBudget       ChoiceCode = "budget"            // its own budget or daily share is used up
	ChoiceHours        ChoiceCode = "outside_its_hours" // outside its hours of the day
)

// ChoiceLine is what a choice says of one account.
type ChoiceLine struct {
	ChannelID     string     `json:"channel_id"`
	ChannelName   string     `json:"channel_name"`
	AccountID     string     `json:"account_id"` // "" when the line is about a whole channel
	AccountName   string     `json:"account_name"`
	UpstreamModel string     `json:"upstream_model"`
	Code          ChoiceCode `json:"code"`
	State         State      `json:"state,omitempty"`
	Reason        string     `json:"reason"`
	Until         *time.Time `json:"until,omitempty"`
}

// LineOf begins the line of an account, or of a channel when a is nil.
func LineOf(ch *Channel, a *Account) ChoiceLine {
	l := ChoiceLine{ChannelID: ch.ID, ChannelName: ch.Name}
	if a != nil {
		l.AccountID, l.AccountName = a.ID, a.Name
	}
	return l
}

// Explanation tells which account would serve a request, and why no other.
type Explanation struct {
	Model string    `json:"model"`
	At    time.Time `json:"at"`
	// Chosen is the account that would be taken; nil when nobody can serve.
	Chosen *ChoiceLine `json:"chosen,omitempty"`
	// Message says what the client would be told when nobody can.
	Message string `json:"message"`
	// Items are all accounts, in the order in which they are looked at, then
	// those of channels that do not come into question.
	Items []ChoiceLine `json:"items"`
}
