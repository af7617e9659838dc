package simulator

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
)

// violated puts a violation into OpenAI's words.
func (o *openAI) violated(v *violation) *refusal {
	path := v.indexed()
	if len(v.path) == 1 && v.path[0] == "model" && (v.breach == missing || v.breach == tooShort) && o.wire == llm.OpenAI {
		return badRequest("", "", "you must provide a model parameter")
	}
	switch v.breach {
	case missing:
		return badRequest(path, "missing_required_parameter", "Missing required parameter: '%s'.", path)
	case unknown:
		return o.unknownField(v, path)
	case wrongKind:
		return badRequest(path, "invalid_type", "Invalid type for '%s': expected %s, but got %s instead.", path, wanted(v.rule), seen(v.got))
	case notListed:
		return badRequest(path, "invalid_value", "Invalid value: '%s'. Supported values are: %s.", v.got.Str, quotedList(v.rule.enum))
	case badTag:
		path += "." + v.rule.tag
		return badRequest(path, "invalid_value", "Invalid value: '%s'. Supported values are: %s.", v.got.String(), quotedList(v.rule.tags()))
	case noMatch:
		return badRequest(path, "invalid_value", "Invalid '%s': string does not match pattern. Expected a string that matches the pattern '%s'.", path, v.rule.pattern)
	}
	return outOfBounds(v, path)
}

func (o *openAI) unknownField(v *violation, path string) *refusal {
	if len(v.path) == 1 && o.wire == llm.OpenAI {
		return badRequest("", "", "Unrecognized request argument supplied: %s", path)
	}
	return badRequest(path, "unknown_parameter", "Unknown parameter: '%s'.", path)
}

func outOfBounds(v *violation, path string) *refusal {
	number := "decimal"
	if v.rule.kind == integerKind {
		number = "integer"
	}
	n := utf8.RuneCountInString(v.got.Str)
	switch {
	case v.breach == belowLow:
		return badRequest(path, number+"_below_min_value", "Invalid '%s': %s below minimum value. Expected a value >= %v, but got %s instead.", path, number, v.rule.lo, v.got.Raw)
	case v.breach == aboveHigh:
		return badRequest(path, number+"_above_max_value", "Invalid '%s': %s above maximum value. Expected a value <= %v, but got %s instead.", path, number, v.rule.hi, v.got.Raw)
	case v.breach == tooShort && v.rule.kind == listKind:
		return badRequest(path, "empty_array", "Invalid '%s': empty array. Expected an array with minimum length %d, but got an empty array instead.", path, v.rule.least)
	case v.breach == tooShort:
		return badRequest(path, "empty_string", "Invalid '%s': empty string. Expected a string with minimum length %d, but got an empty string instead.", path, v.rule.least)
	case v.rule.kind == listKind:
		return badRequest(path, "array_above_max_length", "Invalid '%s': array too long. Expected an array with maximum length %d, but got an array with length %d instead.", path, v.rule.most, len(v.got.Array()))
	}
	return badRequest(path, "string_above_max_length", "Invalid '%s': string too long. Expected a string with maximum length %d, but got a string with length %d instead.", path, v.rule.most, n)
}

// wanted names what a rule expects.
func wanted(r *rule) string {
	if len(r.either) > 0 {
		var names []string
		for _, alt := range r.either {
			names = append(names, strings.TrimPrefix(strings.TrimPrefix(wanted(alt), "a "), "an "))
		}
		return "one of " + strings.Join(names, " or ")
	}
	switch r.kind {
	case textKind:
		return "a string"
	case numberKind:
		return "a decimal number"
	case integerKind:
		return "an integer"
	case boolKind:
		return "a boolean"
	case objectKind:
		return "an object"
	case listKind:
		if r.item != nil && r.item.kind == objectKind {
			return "an array of objects"
		}
		return "an array"
	}
	return "a value"
}

// seen names what came instead.
func seen(v gjson.Result) string {
	switch {
	case v.Type == gjson.Null:
		return "null"
	case v.Type == gjson.String:
		return "a string"
	case v.Type == gjson.Number && v.Num == float64(int64(v.Num)):
		return "an integer"
	case v.Type == gjson.Number:
		return "a decimal number"
	case v.IsBool():
		return "a boolean"
	case v.IsArray():
		return "an array"
	}
	return "an object"
}

func quotedList(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = "'" + v + "'"
	}
	if n := len(quoted); n > 1 {
		quoted[n-1] = "and " + quoted[n-1]
		if n == 2 {
			return quoted[0] + " " + quoted[1]
		}
	}
	return strings.Join(quoted, ", ")
}

// fault is OpenAI's answer to a failure on demand.
func (o *openAI) fault(x *exchange, f *Fault) *refusal {
	if f.Status == 0 {
		f.Status = http.StatusServiceUnavailable
	}
	if isProxyError(f) {
		return proxyPage(f.Status)
	}
	r := &refusal{status: f.Status}
	switch f.Status {
	case http.StatusBadRequest:
		o.badFault(x, f, r)
	case http.StatusUnauthorized:
		r.code, r.message = "invalid_api_key", "Incorrect API key provided: "+x.account.hint+". You can find your API key at https://platform.openai.com/account/api-keys."
	case http.StatusPaymentRequired:
		r.kind, r.code, r.message = "insufficient_quota", "billing_hard_limit_reached", "Billing hard limit has been reached."
	case http.StatusForbidden:
		r.kind, r.code, r.message = "request_forbidden", "unsupported_country_region_territory", "Country, region, or territory not supported"
	case http.StatusNotFound:
		return noSuchModel(x.model)
	case http.StatusRequestTimeout:
		r.kind, r.message = "server_error", "Request timed out."
	case http.StatusRequestEntityTooLarge:
		return o.tooLarge(o.bodyLimit() + 1)
	case http.StatusTooManyRequests:
		o.limited(x, f, r)
	case http.StatusServiceUnavailable, 529:
		r.code, r.message = "server_is_overloaded", "The server is currently overloaded with other requests. Sorry about that! You can retry your request, or contact us through our help center at help.openai.com if the error persists."
	case http.StatusGatewayTimeout:
		r.message = "The request timed out while waiting for the model."
	default:
		r.message = fmt.Sprintf("The server had an error while processing your request. Sorry about that! You can retry your request, or contact us through our help center at help.openai.com if the error persists. (Please include the request ID %s in your message.)", x.id("req_", 24))
	}
	return withRetryAfter(r, f, 0)
}

func (o *openAI) badFault(x *exchange, f *Fault, r *refusal) {
	switch f.Reason {
	case "context_length":
		r.param, r.code = "messages", "context_length_exceeded"
		if o.wire == llm.Responses {
			r.param = "input"
		}
		r.message = "Your input exceeds the context window of this model. Please adjust your input and try again."
	case "content_policy":
		r.code, r.message = "content_policy_violation", "Your request was rejected as a result of our safety system."
	default:
		r.message = fmt.Sprintf("Invalid request for model %s.", x.model)
	}
}

// limited fills the three errors that OpenAI has for 429.
func (o *openAI) limited(x *exchange, f *Fault, r *refusal) {
	if f.Reason == "insufficient_quota" {
		r.kind, r.code = "insufficient_quota", "insufficient_quota"
		r.message = "You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors."
		if f.RetryAfter == 0 {
			f.RetryAfter = -1
		}
		return
	}
	r.kind, r.code = "requests", "rate_limit_exceeded"
	unit, limit := "requests per min (RPM)", 10_000
	if f.Reason == "tokens" {
		r.kind, unit, limit = "tokens", "tokens per min (TPM)", 2_000_000
	}
	if f.RetryAfter == 0 {
		f.RetryAfter = 1
	}
	wait := strconv.Itoa(max(f.RetryAfter, 1)) + "s"
	r.message = fmt.Sprintf("Rate limit reached for %s in organization org-simulated on %s: Limit %d, Used %d, Requested 1. Please try again in %s. Visit https://platform.openai.com/account/rate-limits to learn more.",
		x.model, unit, limit, limit, wait)
	r.set("X-Ratelimit-Remaining-"+r.kind, "0")
	r.set("X-Ratelimit-Reset-"+r.kind, wait)
}
