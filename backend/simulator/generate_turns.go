package simulator

import (
	"strconv"

	"github.com/tidwall/gjson"
)

// partsOf counts the parts of a content that hold a field.
func partsOf(c gjson.Result, name string) int {
	n := 0
	for _, p := range c.Get("parts").Array() {
		if get(p, name).Exists() {
			n++
		}
	}
	return n
}

// checkFunctionTurns enforces Gemini's order of tools: calls come after a turn
// of the user or of results, and exactly as many results follow at once.
func checkFunctionTurns(_ *model, body gjson.Result) *refusal {
	contents := merged(body.Get("contents").Array())
	for i, c := range contents {
		calls, responses := c.calls, c.responses
		if calls > 0 {
			if i == 0 || contents[i-1].role == "model" {
				return gInvalid("Please ensure that function call turn comes immediately after a user turn or after a function response turn.")
			}
			if i+1 == len(contents) || contents[i+1].responses != calls {
				return gInvalid("Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.")
			}
		}
		if responses > 0 && (i == 0 || contents[i-1].calls == 0) {
			return gInvalid("Please ensure that function response turn comes immediately after a function call turn.")
		}
	}
	return nil
}

// googleTurn is consecutive contents of one side.
type googleTurn struct {
	role             string
	calls, responses int
}

func merged(contents []gjson.Result) []googleTurn {
	var turns []googleTurn
	for _, c := range contents {
		role := "user"
		if c.Get("role").Str == "model" {
			role = "model"
		}
		if n := len(turns); n == 0 || turns[n-1].role != role {
			turns = append(turns, googleTurn{role: role})
		}
		last := &turns[len(turns)-1]
		last.calls += partsOf(c, "functionCall")
		last.responses += partsOf(c, "functionResponse")
	}
	return turns
}

// checkThoughtSignatures refuses signatures that this account did not get and,
// for Gemini 3 and later, steps of the current turn without one on their first
// call. The two literals are Google's documented way around the check.
func checkThoughtSignatures(x *exchange, m *model, body gjson.Result) *refusal {
	contents := body.Get("contents").Array()
	current := currentTurn(contents)
	for i, c := range contents {
		first := true
		for n, p := range c.Get("parts").Array() {
			sig, call := get(p, "thoughtSignature").Str, get(p, "functionCall")
			if r := x.checkThoughtSignature(sig, i, n); r != nil {
				return r
			}
			if call.Exists() && first && sig == "" && m.can.signed && i > current {
				return gInvalid("Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature "+
					"may lead to degraded model performance. Additional data, function call `default_api:%s` , position %d. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.",
					call.Get("name").Str, i+1)
			}
			first = first && !call.Exists()
		}
	}
	return nil
}

func (x *exchange) checkThoughtSignature(sig string, i, n int) *refusal {
	switch {
	case sig == "" || sig == "skip_thought_signature_validator" || sig == "context_engineering_is_the_way_to_go":
		return nil
	case !isBase64(sig):
		at := "contents[" + strconv.Itoa(i) + "].parts[" + strconv.Itoa(n) + "].thought_signature"
		return violating(at, "Invalid value at '"+at+"' (TYPE_BYTES), Base64 decoding failed for the value")
	case !x.sim.mint.sealed(googleSeal("thought"), x.account.id, sig):
		return gInvalid("Corrupted thought signature.")
	}
	return nil
}

// currentTurn returns the position of the last text of the user: what comes
// after it are the steps of the current turn.
func currentTurn(contents []gjson.Result) int {
	for i := len(contents) - 1; i >= 0; i-- {
		c := contents[i]
		if c.Get("role").Str != "model" && partsOf(c, "functionResponse") == 0 {
			return i
		}
	}
	return -1
}
