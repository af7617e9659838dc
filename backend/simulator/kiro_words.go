package simulator

import (
	"net/http"
	"strconv"
	"strings"
)

// The exceptions of the runtime and the management plane.
const (
	kiroValidation  = "ValidationException"
	kiroDenied      = "AccessDeniedException"
	kiroQuota       = "ServiceQuotaExceededException"
	kiroThrottling  = "ThrottlingException"
	kiroInternal    = "InternalServerException"
	kiroConflict    = "ConflictException"
	kiroUnavailable = "ServiceUnavailableException"
)

const (
	textBearer   = "The bearer token included in the request is invalid."
	textImproper = "Improperly formed request."
	textTooLong  = "Input is too long."
	textTools    = "Invalid tool use format."
)

// kiroRefusal is a refusal in the words of the service: exception, reason and
// message.
func kiroRefusal(status int, exception, reason, message string) *refusal {
	return (&refusal{status: status, kind: exception, code: reason, message: message}).with("X-Amzn-ErrorType", exception)
}

func kiroInvalid(reason, message string) *refusal {
	return kiroRefusal(http.StatusBadRequest, kiroValidation, reason, message)
}

// improper is how the service refuses nearly every wrong body. It does not say
// what is wrong; the simulator says it in a header of its own.
func improper(why string) *refusal {
	return kiroInvalid("REQUEST_BODY_INVALID", textImproper).with("X-Sim-Why", why)
}

// badTools refuses names and ids of tools.
func badTools(why string) *refusal { return kiroInvalid("", textTools).with("X-Sim-Why", why) }

// denied refuses who asks. why is for people who debug.
func denied(message, why string) *refusal {
	return kiroRefusal(http.StatusForbidden, kiroDenied, "", message).with("X-Sim-Why", why)
}

// suspendedText is what a locked account is told.
func suspendedText(user string) string {
	return "Your User ID (" + user + ") temporarily is suspended. We've locked your account as a security precaution. " +
		"To restore access, please contact our support team: https://support.aws.amazon.com/#/contacts/kiro"
}

// noOperation refuses a path or target that the plane does not know.
func (p *kiroPlane) noOperation() *refusal {
	return kiroRefusal(http.StatusNotFound, "UnknownOperationException", "", "The requested operation is not recognized by the service.")
}

// kiroRow is one way in which the service refuses.
type kiroRow struct {
	status          int
	reason          string // by which a fault asks for the row
	exception, code string
	message         string
	retryMS, wait   int // wait: seconds of Retry-After; 0 = no header
}

// kiroRows are all of them. The first of a status is what a fault without a
// reason gets.
func kiroRows() []kiroRow {
	const many = "Too many requests, please wait before trying again."
	const reached = "You have reached the limit."
	return []kiroRow{
		{status: 400, exception: kiroValidation, code: "REQUEST_BODY_INVALID", message: textImproper},
		{status: 400, reason: "null", exception: kiroValidation, message: textImproper},
		{status: 400, reason: "context_length", exception: kiroValidation, code: "CONTENT_LENGTH_EXCEEDS_THRESHOLD", message: textTooLong},
		{status: 400, reason: "prompt_too_long", exception: kiroValidation, message: "Prompt is too long."},
		{status: 400, reason: "context_full", exception: kiroValidation, message: "Context window is full"},
		{status: 400, reason: "invalid_model", exception: kiroValidation, code: "INVALID_MODEL_ID", message: textModel},
		{status: 400, reason: "profile_arn", exception: kiroValidation, message: textNoARN},
		{status: 400, reason: "tool_format", exception: kiroValidation, message: textTools},
		{status: 400, reason: "thinking_signature", exception: kiroValidation, code: "THINKING_SIGNATURE_INVALID", message: textSignature},
		{status: 400, reason: "conversation_id", exception: kiroValidation, code: "INVALID_CONVERSATION_ID", message: textConversation},
		{status: 400, reason: "kms_grant", exception: kiroValidation, code: "INVALID_KMS_GRANT", message: "The KMS grant is invalid."},
		{status: 400, reason: "invalid_token", exception: kiroDenied, message: "Invalid token"},
		{status: 400, reason: "content_policy", exception: kiroValidation, message: "The request was blocked by our content policy."},
		{status: 401, exception: "UnauthorizedException", message: "Unauthorized"},
		{status: 402, exception: kiroQuota, code: "MONTHLY_REQUEST_COUNT", message: reached},
		{status: 402, reason: "overage", exception: kiroQuota, code: "OVERAGE_REQUEST_LIMIT_EXCEEDED", message: "You have reached the limit for overages."},
		{status: 402, reason: "conversation", exception: kiroQuota, code: "CONVERSATION_LIMIT_EXCEEDED", message: "The conversation has reached its limit."},
		{status: 403, exception: kiroDenied, message: textBearer},
		{status: 403, reason: "expired", exception: kiroDenied, message: "The bearer token included in the request is expired."},
		{status: 403, reason: "suspended", exception: kiroDenied, code: "TEMPORARILY_SUSPENDED", message: suspendedText("d-9067642ac7.simulated")},
		{status: 403, reason: "not_authorized", exception: kiroDenied, message: textOldAgent},
		{status: 403, reason: "not_supported", exception: kiroDenied, code: "FEATURE_NOT_SUPPORTED", message: textNoAgent},
		{status: 403, reason: "customization", exception: kiroDenied, code: "UNAUTHORIZED_CUSTOMIZATION_RESOURCE_ACCESS", message: "You are not authorized to use this customization."},
		{status: 403, reason: "workspace", exception: kiroDenied, code: "UNAUTHORIZED_WORKSPACE_CONTEXT_FEATURE_ACCESS", message: "You are not authorized to use this workspace."},
		{status: 404, exception: "ResourceNotFoundException", message: "The requested resource was not found."},
		{status: 409, exception: kiroConflict, code: "CUSTOMER_KMS_KEY_DISABLED", message: "The customer managed KMS key is disabled."},
		{status: 423, exception: "LockedException", message: "The account is locked."},
		{status: 429, exception: kiroThrottling, message: many, wait: 10},
		{status: 429, reason: "requests", exception: kiroThrottling, code: "USER_REQUEST_RATE_EXCEEDED", message: many, wait: 10},
		{status: 429, reason: "tokens", exception: kiroThrottling, code: "CREDIT_CONSUMPTION_RATE_EXCEEDED", message: many, retryMS: 300_000},
		{status: 429, reason: "service", exception: kiroThrottling, code: "SERVICE_REQUEST_RATE_EXCEEDED", message: many},
		{status: 429, reason: "insufficient_quota", exception: kiroThrottling, code: "MONTHLY_REQUEST_COUNT", message: reached},
		{status: 429, reason: "daily", exception: kiroThrottling, code: "DAILY_REQUEST_COUNT", message: "You have reached the daily limit."},
		{status: 429, reason: "capacity", exception: kiroThrottling, code: "INSUFFICIENT_MODEL_CAPACITY", message: "I am experiencing high traffic, please try again shortly."},
		{status: 429, reason: "suspicious", exception: kiroThrottling, message: textSuspicious},
		{status: 500, exception: kiroInternal, code: "MODEL_TEMPORARILY_UNAVAILABLE", message: "Encountered unexpectedly high load when processing the request, please try again."},
		{status: 500, reason: "null", exception: kiroInternal, message: "Encountered an unexpected error when processing the request, please try again."},
		{status: 502, exception: kiroUnavailable, message: "Bad gateway"},
		{status: 503, exception: kiroUnavailable, message: "Service unavailable, please try again."},
		{status: 504, exception: kiroUnavailable, message: "The request timed out."},
	}
}

const (
	textModel        = "Invalid model. Please select a different model to continue."
	textNoARN        = "profileArn is required for this request."
	textSignature    = "Invalid signature in thinking block."
	textConversation = "Invalid conversation id."
	textOldAgent     = "User is not authorized to make this call."
	textNoAgent      = "Your subscription does not support this application"
	textSuspicious   = "Due to suspicious activity, we are imposing temporary limits on how frequently your account can send requests while we investigate."
)

// fault is Kiro's answer to a failure on demand. Reason takes the names of
// kiroRows, or the service's own (INSUFFICIENT_MODEL_CAPACITY).
func (p *kiroPlane) fault(x *exchange, f *Fault) *refusal {
	if f.Status == 0 {
		f.Status, f.Reason = http.StatusTooManyRequests, orWord(f.Reason, "capacity")
	}
	if isProxyError(f) {
		return proxyPage(f.Status)
	}
	if f.Kind == FaultQuota {
		f.Status, f.Reason = http.StatusPaymentRequired, ""
	}
	if p.signsIn() {
		return p.signInFault(f)
	}
	row := findKiroRow(f)
	message := row.message
	if f.Reason == "suspended" && x.account.id != "" {
		message = suspendedText(x.account.id)
	}
	r := kiroRefusal(f.Status, row.exception, row.code, message)
	if row.retryMS > 0 {
		r.param = strconv.Itoa(row.retryMS)
	}
	if f.RetryAfter > 0 && row.retryMS > 0 {
		r.param = strconv.Itoa(f.RetryAfter * 1000)
	}
	return withRetryAfter(r, f, row.wait)
}

func findKiroRow(f *Fault) kiroRow {
	rows := kiroRows()
	for _, row := range rows {
		if row.status == f.Status && (row.reason == f.Reason || row.code != "" && strings.EqualFold(row.code, f.Reason)) {
			return row
		}
	}
	for _, row := range rows {
		if row.status == f.Status {
			return row
		}
	}
	return kiroRow{exception: kiroInternal, code: strings.ToUpper(f.Reason), message: "Encountered an unexpected error when processing the request, please try again."}
}

// signInFault is the answer of the planes that hand out tokens.
func (p *kiroPlane) signInFault(f *Fault) *refusal {
	r := &refusal{status: f.Status, code: f.Reason, message: http.StatusText(f.Status)}
	switch {
	case p.name == planeOIDC && f.Status == http.StatusTooManyRequests:
		r = oidcError(f.Status, orWord(f.Reason, "slow_down"), "SlowDownException", "Slow down")
	case p.name == planeOIDC && f.Status >= http.StatusInternalServerError:
		r = oidcError(f.Status, orWord(f.Reason, "server_error"), "InternalServerException", "Internal server error")
	case p.name == planeOIDC:
		r = oidcError(f.Status, orWord(f.Reason, "invalid_request"), oidcException(f.Reason), "Invalid request")
	}
	return withRetryAfter(r, f, 0)
}

func oidcException(code string) string {
	name := map[string]string{
		"invalid_grant": "InvalidGrantException", "invalid_client": "InvalidClientException", "expired_token": "ExpiredTokenException",
		"access_denied": "AccessDeniedException", "unauthorized_client": "UnauthorizedClientException",
	}[code]
	return orWord(name, "InvalidRequestException")
}
