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
	Code          ChoiceCode `json:"code" enum:"chosen,fit,not_its_turn,lower_tier,disabled,channel_disabled,not_offered,other_provider,closed,model_cooling,unreachable,busy,rate_limit,recovering,budget,outside_its_hours"`
	State         State      `json:"state,omitempty"`
	Reason        string     `json:"reason"`
	Until         *time.Time `json:"until,omitempty"`

	// What the order comes from: the channel's priority, then no conversion before
	// conversion, then the account's priority, then the channel's policy.
	ChannelPriority int    `json:"channel_priority"`
	Converted       bool   `json:"converted" doc:"the request would be converted to the provider's format"`
	Priority        int    `json:"priority"` // of the account
	Policy          Policy `json:"policy"`
	InFlight        int    `json:"in_flight"` // requests of the account under way
}

// LineOf begins the line of an account, or of a channel when a is nil.
func LineOf(ch *Channel, a *Account) ChoiceLine {
	l := ChoiceLine{ChannelID: ch.ID, ChannelName: ch.Name, ChannelPriority: ch.Priority, Policy: ch.Policy}
	if a != nil {
		l.AccountID, l.AccountName, l.Priority = a.ID, a.Name, a.Priority
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
