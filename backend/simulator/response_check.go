package simulator

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// checkResponse refuses what a shape cannot tell: rules between fields.
func checkResponse(q *responseRequest) error {
	for _, check := range []func(*responseRequest) *refusal{checkResponseModel, checkResponseOptions, checkResponseTools} {
		if r := check(q); r != nil {
			return r
		}
	}
	return nil
}

func checkResponseModel(q *responseRequest) *refusal {
	effort, can := q.body.Get("reasoning.effort").Str, q.model.can
	if !can.reasons {
		if effort != "" {
			return unsupported("reasoning.effort")
		}
		if q.body.Get("reasoning.summary").Str != "" {
			return unsupported("reasoning.summary")
		}
		if strings.Contains(q.body.Get("include").Raw, "encrypted_content") {
			return badRequest("include", "", "Encrypted content is not supported with this model.")
		}
		return nil
	}
	for _, name := range []string{"temperature", "top_p"} {
		if v := q.body.Get(name); v.Type == gjson.Number && v.Num != 1 {
			return unsupported(name)
		}
	}
	return nil
}

func unsupported(param string) *refusal {
	return badRequest(param, "unsupported_parameter", "Unsupported parameter: '%s' is not supported with this model.", param)
}

func checkResponseOptions(q *responseRequest) *refusal {
	b := q.body
	switch {
	case b.Get("background").Bool():
		return badRequest("background", "unsupported_parameter", "Background mode is not supported here.")
	case b.Get("prompt").IsObject():
		return &refusal{status: http.StatusNotFound, param: "prompt", message: fmt.Sprintf("Prompt with id '%s' not found.", b.Get("prompt.id").Str)}
	case b.Get("conversation").Exists() && b.Get("conversation").Type != gjson.Null:
		return &refusal{status: http.StatusNotFound, param: "conversation", message: "Conversation not found."}
	case b.Get("max_output_tokens").Int() > int64(q.model.output):
		return badRequest("max_output_tokens", "integer_above_max_value", "Invalid 'max_output_tokens': integer above maximum value. Expected a value <= %d, but got %d instead.",
			q.model.output, b.Get("max_output_tokens").Int())
	case b.Get("text.format.type").Str == "json_object" && !strings.Contains(strings.ToLower(b.Get("input").Raw+b.Get("instructions").Raw), "json"):
		return badRequest("input", "", "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.")
	case len(b.Get("metadata").Map()) > 16:
		return badRequest("metadata", "object_above_max_properties", "Invalid 'metadata': too many properties. Expected an object with at most 16 properties.")
	}
	return checkFormatSchema(b.Get("text.format"), "text.format.schema")
}

func checkResponseTools(q *responseRequest) *refusal {
	known := map[string]bool{}
	learn := func(tools gjson.Result, at string) *refusal {
		for i, t := range tools.Array() {
			known[t.Get("name").Str] = true
			for _, inner := range t.Get("tools").Array() {
				known[inner.Get("name").Str] = true
			}
			if r := checkFunctionSchema(t, at+"["+strconv.Itoa(i)+"].parameters"); r != nil {
				return r
			}
		}
		return nil
	}
	if r := learn(q.body.Get("tools"), "tools"); r != nil {
		return r
	}
	for i, item := range q.items {
		if itemType(item) == "additional_tools" {
			if r := learn(item.Get("tools"), "input["+strconv.Itoa(i)+"].tools"); r != nil {
				return r
			}
		}
	}
	return checkChosen(readOpenAIChoice(q.body.Get("tool_choice")), known)
}

// checkItems refuses items that do not belong together: calls without
// results, results without calls, reasoning without what it led to, and
// reasoning that this account did not get.
func (o *openAI) checkItems(x *exchange, q *responseRequest) error {
	open := []string{}
	known := map[string]bool{}
	for i, item := range q.items {
		if r := checkItemID(item, i); r != nil {
			return r
		}
		id := item.Get("call_id").Str
		switch t := itemType(item); t {
		case "function_call", "custom_tool_call":
			open, known[id] = append(open, id), true
		case "function_call_output", "custom_tool_call_output":
			if !known[id] {
				what := strings.ReplaceAll(strings.TrimSuffix(t, "_output"), "_", " ")
				return badRequest("input", "", "No tool call found for %s output with call_id %s.", what, id)
			}
			open = without(open, id)
		case "reasoning":
			if r := o.checkReasoning(x, q, i); r != nil {
				return r
			}
		}
	}
	if len(open) > 0 {
		return badRequest("input", "", "No tool output found for function call %s.", open[0])
	}
	return nil
}

// checkItemID refuses an id that belongs to another kind of item.
func checkItemID(item gjson.Result, i int) *refusal {
	prefix := map[string]string{"message": "msg", "function_call": "fc", "reasoning": "rs", "custom_tool_call": "ctc"}[itemType(item)]
	id := item.Get("id").Str
	if prefix == "" || id == "" || strings.HasPrefix(id, prefix) {
		return nil
	}
	at := "input[" + strconv.Itoa(i) + "].id"
	return badRequest(at, "invalid_value", "Invalid '%s': '%s'. Expected an ID that begins with '%s'.", at, id, prefix)
}

func (o *openAI) checkReasoning(x *exchange, q *responseRequest, i int) *refusal {
	item := q.items[i]
	id, token := item.Get("id").Str, item.Get("encrypted_content").Str
	switch {
	case token != "" && !x.sim.mint.sealed(sealKind(q.model), x.account.id, token):
		return badRequest("", "invalid_encrypted_content", "The encrypted content %s could not be verified. Reason: Encrypted content could not be decrypted or parsed.", abbreviated(token))
	case token == "" && !o.sim.responses.hasItem(x.account.id, id):
		return &refusal{status: http.StatusNotFound, param: "input", message: fmt.Sprintf(
			"Item with id '%s' not found. Items are not persisted when `store` is set to false. Try again with `store` set to true, or remove this item from your input.", id)}
	case i+1 == len(q.items) || !isAnswerItem(q.items[i+1]):
		return badRequest("input", "", "Item '%s' of type 'reasoning' was provided without its required following item.", id)
	}
	return nil
}

// sealKind keeps encrypted reasoning of one model from another.
func sealKind(m *model) seal { return openAISeal("reasoning:" + m.id) }

func isAnswerItem(item gjson.Result) bool {
	t := itemType(item)
	return t == "message" && item.Get("role").Str == "assistant" || strings.HasSuffix(t, "_call") || t == "reasoning" || t == "item_reference"
}

func abbreviated(token string) string {
	if len(token) <= 12 {
		return token
	}
	return token[:4] + "..." + token[len(token)-4:]
}
