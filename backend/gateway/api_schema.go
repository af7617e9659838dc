package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/core"
)

// The types below stand for those of the domain in the document: the domain
// does not know of OpenAPI.
type (
	providerSchema   string
	apiSchema        string
	policySchema     string
	stateSchema      string
	periodSchema     string
	goneSchema       string
	outcomeSchema    string
	formatSchema     string
	codeSchema       string
	eventTypeSchema  string
	optionalTime     string
	loginKindSchema  string
	loginStateSchema string
	captureSchema    string
	bodyPartSchema   string
)

func (providerSchema) Schema(huma.Registry) *huma.Schema { return enum(core.Providers()...) }
func (apiSchema) Schema(huma.Registry) *huma.Schema {
	return enum(core.APIAuto, core.APIChat, core.APIResponses)
}

func (policySchema) Schema(huma.Registry) *huma.Schema {
	return enum(core.PolicyWeighted, core.PolicyLeastBusy, core.PolicyFillFirst, core.PolicyQuotaAware)
}

func (stateSchema) Schema(huma.Registry) *huma.Schema {
	return enum(core.StateReady, core.StateCooling, core.StateExhausted,
		core.StateNeedsLogin, core.StateSuspended, core.StateDisabled)
}

func (periodSchema) Schema(huma.Registry) *huma.Schema {
	return enum(core.PeriodTotal, core.PeriodDay, core.PeriodWeek, core.PeriodMonth, core.Period5h)
}

func (goneSchema) Schema(huma.Registry) *huma.Schema {
	return enum(core.GoneCut, core.GoneDrain, core.GoneDrainFor)
}

func (outcomeSchema) Schema(huma.Registry) *huma.Schema {
	return enum(core.OutcomeOK, core.OutcomeUpstreamError, core.OutcomeBadRequest, core.OutcomeRejected,
		core.OutcomeClientGone, core.OutcomeInterrupted, core.OutcomeInFlight)
}

func (formatSchema) Schema(huma.Registry) *huma.Schema {
	return enum(admin.ExportCSV, admin.ExportJSONL)
}

func (codeSchema) Schema(huma.Registry) *huma.Schema {
	return enum(core.CodeInvalid, core.CodeUnauthorized, core.CodeForbidden, core.CodeNotFound, core.CodeConflict,
		core.CodeTooLarge, core.CodeRateLimited, core.CodeQuota, core.CodeUnavailable, core.CodeUpstream,
		core.CodeUnsupported, core.CodeInternal)
}

func (eventTypeSchema) Schema(huma.Registry) *huma.Schema {
	return enum(core.EventRequest, core.EventConfig, core.EventAccount, core.EventGateway, core.EventLogin, core.EventAlert)
}

func (loginKindSchema) Schema(huma.Registry) *huma.Schema { return enum(core.LoginKinds()...) }

func (loginStateSchema) Schema(huma.Registry) *huma.Schema {
	return enum(core.LoginPending, core.LoginDone, core.LoginDenied, core.LoginExpired, core.LoginCancelled, core.LoginFailed)
}

func (captureSchema) Schema(huma.Registry) *huma.Schema {
	return enum(core.CaptureOff, core.CaptureErrors, core.CaptureAll)
}

func (bodyPartSchema) Schema(huma.Registry) *huma.Schema {
	return enum(core.BodyRequest, core.BodyUpstream, core.BodyResponse)
}

func (optionalTime) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date-time", Nullable: true}
}

func enum[T ~string](values ...T) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString}
	for _, v := range values {
		s.Enum = append(s.Enum, string(v))
	}
	return s
}

// newRegistry returns the registry of the document's schemas.
func newRegistry() huma.Registry {
	r := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	alias[core.Provider, providerSchema](r)
	alias[core.API, apiSchema](r)
	alias[core.Policy, policySchema](r)
	alias[core.State, stateSchema](r)
	alias[core.Period, periodSchema](r)
	alias[core.GoneMode, goneSchema](r)
	alias[core.Outcome, outcomeSchema](r)
	alias[admin.ExportFormat, formatSchema](r)
	alias[core.Code, codeSchema](r)
	alias[core.EventType, eventTypeSchema](r)
	alias[core.LoginKind, loginKindSchema](r)
	alias[core.LoginState, loginStateSchema](r)
	alias[core.CaptureMode, captureSchema](r)
	alias[core.BodyPart, bodyPartSchema](r)
	alias[admin.OptionalTime, optionalTime](r)
	alias[huma.ErrorModel, Problem](r)
	return r
}

func alias[T, As any](r huma.Registry) {
	r.RegisterTypeAlias(reflect.TypeFor[T](), reflect.TypeFor[As]())
}

// finishSchemas states what the types alone do not: lists are never null, an
// account's usage may be, and what GET answers may be sent back by PUT.
func finishSchemas(r huma.Registry) {
	schemas := r.Map()
	for _, s := range schemas {
		notNull(s)
	}
	for _, account := range []string{"Account", "AccountTest"} {
		properties := schemas[account].Properties
		properties["usage"] = &huma.Schema{AnyOf: []*huma.Schema{properties["usage"], {Type: "null"}}}
	}
	for input, view := range map[string]string{
		"ChannelInput": "Channel", "AccountInput": "Account", "UserInput": "User",
	} {
		ignoreReadOnly(schemas[input], schemas[view])
	}
}

func notNull(s *huma.Schema) {
	if s.Type == huma.TypeArray {
		s.Nullable = false
	}
	for _, p := range s.Properties {
		notNull(p)
	}
}

// ignoreReadOnly adds the fields of view that input lacks: they are accepted
// and have no effect.
func ignoreReadOnly(input, view *huma.Schema) {
	for name := range view.Properties {
		if _, has := input.Properties[name]; !has {
			input.Properties[name] = &huma.Schema{ReadOnly: true, Description: "accepted and ignored"}
		}
	}
	input.PrecomputeMessages()
}

// jsonFormat is JSON whose errors can be read by a person and repeat nothing
// of the body, which may hold a credential.
func jsonFormat() huma.Format {
	return huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: unmarshal}
}

func unmarshal(data []byte, v any) error {
	return readable(data, json.Unmarshal(data, v))
}

func readable(data []byte, err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		if int(e.Offset) >= len(bytes.TrimSpace(data)) {
			return errors.New("this is not valid JSON: the text ends too early")
		}
		line := 1 + bytes.Count(data[:e.Offset], []byte("\n"))
		return fmt.Errorf("this is not valid JSON: line %d, byte %d", line, e.Offset)
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("%s must be %s", strings.TrimSpace("the field "+e.Field), jsonKind(e.Type))
	}
	if text, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); unknown {
		return fmt.Errorf("there is no field %s", text)
	}
	return errors.New("a value in the body cannot be read")
}

// jsonKind names in JSON's words what a Go type takes.
func jsonKind(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Map, reflect.Struct:
		return "an object"
	case reflect.Float32, reflect.Float64:
		return "a number"
	}
	return "a whole number that is not too large"
}
