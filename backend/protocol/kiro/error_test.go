package kiro

import (
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/llm"
)

// Every row of what the service is known to answer.
func TestParseError(t *testing.T) {
	tests := []struct {
		name   string
		status int
		body   string
		want   llm.Error // of the message only a part
	}{
		{"too long by reason", 400, `{"message":"Input is too long.","reason":"CONTENT_LENGTH_EXCEEDS_THRESHOLD"}`, llm.Error{Kind: llm.ContextLength, Message: "Input is too long. (CONTENT_LENGTH_EXCEEDS_THRESHOLD)"}},
		{"too long by words", 400, `{"message":"Prompt is too long.","reason":null}`, llm.Error{Kind: llm.ContextLength, Message: "Prompt is too long."}},
		{"window full", 400, `{"message":"Context window is full. Reduce conversation history."}`, llm.Error{Kind: llm.ContextLength}},
		{"model", 400, `{"message":"Invalid model. Please select a different model to continue.","reason":"INVALID_MODEL_ID"}`, llm.Error{Kind: llm.NotFound, Code: "model_not_found", Param: "model", Message: "does not have this model"}},
		{"shape by reason", 400, `{"message":"Invalid request body","reason":"REQUEST_BODY_INVALID"}`, llm.Error{Kind: llm.InvalidRequest, Message: "too many or too large tools"}},
		{"shape by words", 400, `{"message":"Improperly formed request.","reason":null}`, llm.Error{Kind: llm.InvalidRequest, Message: "Improperly formed request: Kiro refused the form"}},
		{"profile", 400, `{"message":"profileArn is required for this request."}`, llm.Error{Kind: llm.Forbidden, Message: "signed in again"}},
		{"tool names", 400, `{"message":"Invalid tool use format."}`, llm.Error{Kind: llm.InvalidRequest}},
		{"signature", 400, `{"message":"Invalid signature in thinking block","reason":"THINKING_SIGNATURE_INVALID"}`, llm.Error{Kind: llm.InvalidRequest, Message: "signature"}},
		{"signature without words", 400, `{"reason":"THINKING_SIGNATURE_INVALID"}`, llm.Error{Kind: llm.InvalidRequest, Message: "the signature of earlier thinking"}},
		{"conversation", 400, `{"message":"x","reason":"INVALID_CONVERSATION_ID"}`, llm.Error{Kind: llm.InvalidRequest}},
		{"key of the organisation", 400, `{"message":"x","reason":"INVALID_KMS_GRANT"}`, llm.Error{Kind: llm.Conflict}},
		{"token at the control plane", 400, `{"__type":"com.amazon.kiro#AccessDeniedException","message":"Invalid token"}`, llm.Error{Kind: llm.Unauthorized}},
		{"unauthorised", 401, `{"message":"no"}`, llm.Error{Kind: llm.Unauthorized}},
		{"out of credit", 402, `{"message":"You have reached the limit.","reason":"MONTHLY_REQUEST_COUNT"}`, llm.Error{Kind: llm.Billing}},
		{"out of overage", 402, `{"message":"You have reached the limit for overages.","reason":"OVERAGE_REQUEST_LIMIT_EXCEEDED"}`, llm.Error{Kind: llm.Billing}},
		{"402 without a reason", 402, `{"message":"x"}`, llm.Error{Kind: llm.Billing}},
		{"conversation limit", 402, `{"message":"x","reason":"CONVERSATION_LIMIT_EXCEEDED"}`, llm.Error{Kind: llm.ContextLength, Message: "shorten"}},
		{"bearer", 403, `{"message":"The bearer token included in the request is invalid."}`, llm.Error{Kind: llm.Unauthorized}},
		{"expired", 403, `{"message":"The security token included in the request is expired"}`, llm.Error{Kind: llm.Unauthorized}},
		{"suspended by reason", 403, `{"message":"x","reason":"TEMPORARILY_SUSPENDED"}`, llm.Error{Kind: llm.Forbidden, Code: "account_suspended", NoRetry: true}},
		{"suspended by words", 403, `{"message":"Your User ID (d-1.2) temporarily is suspended. We've locked your account as a security precaution."}`, llm.Error{Kind: llm.Forbidden, Code: "account_suspended", NoRetry: true, Message: "d-1.2"}},
		{"not authorised", 403, `{"message":"User is not authorized to make this call."}`, llm.Error{Kind: llm.Forbidden}},
		{"not supported", 403, `{"message":"Your subscription does not support this application","reason":"FEATURE_NOT_SUPPORTED"}`, llm.Error{Kind: llm.Forbidden}},
		{"customisation", 403, `{"message":"x","reason":"UNAUTHORIZED_CUSTOMIZATION_RESOURCE_ACCESS"}`, llm.Error{Kind: llm.Forbidden}},
		{"conflict", 409, `{"message":"x"}`, llm.Error{Kind: llm.Conflict}},
		{"locked", 423, `{"message":"x"}`, llm.Error{Kind: llm.Forbidden, Code: "account_locked", NoRetry: true}},
		{"quota as a throttle", 429, `{"message":"x","reason":"DAILY_REQUEST_COUNT"}`, llm.Error{Kind: llm.Billing}},
		{"credit rate", 429, `{"message":"x","reason":"CREDIT_CONSUMPTION_RATE_EXCEEDED","retryAfterMilliseconds":300000}`, llm.Error{Kind: llm.RateLimited, RetryAfter: 300}},
		{"throttled", 429, `{"message":"Too many requests, please wait before trying again.","reason":null}`, llm.Error{Kind: llm.RateLimited}},
		{"capacity", 429, `{"message":"I am experiencing high traffic","reason":"INSUFFICIENT_MODEL_CAPACITY"}`, llm.Error{Kind: llm.Overloaded}},
		{"suspicious", 429, `{"message":"Due to suspicious activity, we are imposing temporary limits on how frequently you can send requests."}`, llm.Error{Kind: llm.Forbidden, Code: "account_restricted", NoRetry: true}},
		{"model down", 500, `{"message":"x","reason":"MODEL_TEMPORARILY_UNAVAILABLE"}`, llm.Error{Kind: llm.Overloaded}},
		{"high load", 500, `{"message":"Encountered unexpectedly high load when processing the request, please try again."}`, llm.Error{Kind: llm.Overloaded}},
		{"internal", 500, `{"message":"x"}`, llm.Error{Kind: llm.BadUpstream}},
		{"gateway", 502, "<html>", llm.Error{Kind: llm.BadUpstream, Message: "the provider answered with status 502"}},
		{"unavailable", 503, `{"Message":"come back"}`, llm.Error{Kind: llm.Overloaded, Message: "come back"}},
		{"nothing", 504, "", llm.Error{Kind: llm.Timeout, Message: "the provider answered with status 504"}},
		{"not UTF-8", 400, "{\"message\":\"a\xffb\"}", llm.Error{Kind: llm.InvalidRequest, Message: "a\ufffdb"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Format{}.ParseError(tt.status, []byte(tt.body))
			if !strings.Contains(got.Message, tt.want.Message) || got.Message == "" {
				t.Errorf("message %q", got.Message)
			}
			tt.want.Message = got.Message
			if *got != tt.want {
				t.Errorf("got %+v, want %+v", *got, tt.want)
			}
		})
	}
}

// Inside a stream the exception's name stands for the status.
func TestParseException(t *testing.T) {
	for name, want := range map[string]llm.ErrorKind{
		"exception:ThrottlingException": llm.RateLimited, "exception:ValidationException": llm.InvalidRequest,
		"exception:AccessDeniedException": llm.Forbidden, "exception:ServiceQuotaExceededException": llm.Billing,
		"exception:InternalServerException": llm.BadUpstream, "exception:ServiceUnavailableException": llm.Overloaded,
		"exception:SomethingNewException": llm.BadUpstream, "error:InternalFailure": llm.BadUpstream, "validationError": llm.InvalidRequest,
	} {
		if got := parseException(name, []byte(`{"message":"x"}`)); got.Kind != want || got.Message != "x" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := parseException("exception:ThrottlingException", nil); got.Message == "" {
		t.Error("an exception without a payload has no message")
	}
}
