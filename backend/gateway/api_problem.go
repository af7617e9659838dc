package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"github.com/aihub/aihub/backend/core"
)

// Problem is how the admin API answers an error (RFC 9457). Code is stable;
// the texts are not.
type Problem struct {
	Type   string       `json:"type" doc:"always about:blank"`
	Title  string       `json:"title" doc:"the text of the status"`
	Status int          `json:"status"`
	Detail string       `json:"detail" doc:"what happened and what to change, for a person"`
	Code   core.Code    `json:"code" doc:"for a program; stable"`
	Errors []FieldError `json:"errors,omitempty" doc:"the fields at fault"`
	// RequestID is set for faults of AiHub itself: the log has it too.
	RequestID string `json:"request_id,omitempty" doc:"finds the cause in the log"`
}

// FieldError says what is wrong with one field of a request.
type FieldError struct {
	Field   string `json:"field" doc:"JSON name, with dots for fields inside"`
	Message string `json:"message"`
}

// Error implements the error interface.
func (p *Problem) Error() string { return p.Detail }

// GetStatus tells huma the status of the answer.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType tells huma the media type of the answer.
func (p *Problem) ContentType(string) string { return problemType }

const problemType = "application/problem+json"

// statusOf is the one mapping of codes to HTTP.
func statusOf(code core.Code) int {
	switch code {
	case core.CodeInvalid:
		return http.StatusBadRequest
	case core.CodeUnauthorized:
		return http.StatusUnauthorized
	case core.CodeForbidden:
		return http.StatusForbidden
	case core.CodeNotFound:
		return http.StatusNotFound
	case core.CodeConflict:
		return http.StatusConflict
	case core.CodeTooLarge:
		return http.StatusRequestEntityTooLarge
	case core.CodeRateLimited, core.CodeQuota:
		return http.StatusTooManyRequests
	case core.CodeUnavailable:
		return http.StatusServiceUnavailable
	case core.CodeUpstream:
		return http.StatusBadGateway
	case core.CodeUnsupported:
		return http.StatusNotImplemented
	}
	return http.StatusInternalServerError
}

func newProblem(status int, code core.Code, detail string) *Problem {
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail, Code: code}
}

// problemOf makes a problem of an operation's error. The cause of a fault of
// AiHub goes to the log under an id; the client gets the id.
func problemOf(ctx context.Context, log *slog.Logger, operation string, err error) *Problem {
	e, known := errors.AsType[*core.Error](err)
	if known && e.Code != core.CodeInternal {
		p := newProblem(statusOf(e.Code), e.Code, e.Message)
		if e.Field != "" {
			p.Errors = []FieldError{{Field: e.Field, Message: e.Message}}
		}
		return p
	}
	if ctx.Err() != nil {
		return newProblem(http.StatusServiceUnavailable, core.CodeUnavailable, "the request was cancelled")
	}
	return internalProblem(log, operation, slog.Any("error", err))
}

// internalProblem logs the cause and hides it.
func internalProblem(log *slog.Logger, operation string, cause ...any) *Problem {
	id := core.NewSecret(12)
	log.With(cause...).Error("admin operation failed", "operation", operation, "request_id", id)
	p := newProblem(http.StatusInternalServerError, core.CodeInternal,
		"something went wrong inside AiHub; the log has the cause under the id "+id)
	p.RequestID = id
	return p
}

// problemOfHuma makes a problem of what huma found wrong with a request before
// the operation ran. The values that huma would repeat may be secret.
func problemOfHuma(m *huma.ErrorModel) *Problem {
	status, code := apiStatus(m.Status), core.CodeInvalid
	if status == http.StatusRequestEntityTooLarge {
		return newProblem(status, core.CodeTooLarge, "the body is too large; send less at once")
	}
	if status == http.StatusUnsupportedMediaType {
		return newProblem(status, code, "send JSON, with the header Content-Type: application/json")
	}
	if status == http.StatusInternalServerError {
		status = http.StatusBadRequest // the body ended early: the client's connection broke
	}
	p := newProblem(status, code, m.Detail)
	var texts []string
	for _, e := range m.Errors {
		if e == nil {
			continue
		}
		f := FieldError{Field: fieldName(e.Location), Message: e.Message}
		text := f.Message
		if f.Field != "" {
			text = f.Field + ": " + text
			p.Errors = append(p.Errors, f)
		}
		texts = append(texts, text)
	}
	if len(texts) > 0 {
		p.Detail = strings.Join(texts, "; ")
	}
	return p
}

// fieldName drops the part of the request from a place that huma names:
// "body.quota.tokens" is the field "quota.tokens".
func fieldName(location string) string {
	_, field, _ := strings.Cut(location, ".")
	return field
}

// apiStatus is the status by which the admin API answers where huma answers
// status: what is wrong with a request is 400, well formed or not.
func apiStatus(status int) int {
	if status == http.StatusUnprocessableEntity {
		return http.StatusBadRequest
	}
	return status
}

// writeProblem answers an error of a known code outside of huma and ends the
// request.
func writeProblem(c *gin.Context, err *core.Error) {
	sendProblem(c, newProblem(statusOf(err.Code), err.Code, err.Message))
}

func sendProblem(c *gin.Context, p *Problem) {
	body, err := json.Marshal(p)
	if err != nil {
		panic(err) // a Problem is text and numbers
	}
	c.Abort()
	c.Data(p.Status, problemType, body)
}

// retryAfter writes a time to wait in whole seconds, rounded up.
func retryAfter(d time.Duration) string {
	return strconv.Itoa(int(math.Ceil(d.Seconds())))
}
