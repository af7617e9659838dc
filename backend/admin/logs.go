package admin

import (
	"context"
	"slices"
	"time"

	"github.com/aihub/aihub/backend/core"
)

const (
	maxLogs  = 1000
	maxQuery = 200
)

// LogsRequest selects rows of the ledger; an empty field selects all. User,
// account and channel are ids.
type LogsRequest struct {
	Limit   int          `json:"limit,omitempty"` // 1 to 1000; 0 means 100
	Cursor  string       `json:"cursor,omitempty"`
	User    string       `json:"user,omitempty"`
	Account string       `json:"account,omitempty"`
	Channel string       `json:"channel,omitempty"`
	Model   string       `json:"model,omitempty"` // as the client asked for it
	Outcome core.Outcome `json:"outcome,omitempty"`
	Query   string       `json:"q,omitempty"`    // words to find in models and errors
	Since   time.Time    `json:"since,omitzero"` // inclusive
	Until   time.Time    `json:"until,omitzero"` // exclusive
}

// LogList is the answer of ListLogs.
type LogList struct {
	Items      []core.Record `json:"items"`
	NextCursor string        `json:"next_cursor,omitempty"`
}

// ListLogs returns a page of the ledger, newest first. The rows in flight
// come first on the first page.
func (s *Service) ListLogs(ctx context.Context, in LogsRequest) (LogList, error) {
	if err := in.check(); err != nil {
		return LogList{}, err
	}
	rows, next, err := s.deps.Ledger.List(ctx, in.filter())
	if err != nil {
		return LogList{}, err
	}
	out := LogList{Items: make([]core.Record, 0, len(rows)), NextCursor: next}
	for _, r := range rows {
		out.Items = append(out.Items, viewRecord(r))
	}
	return out, nil
}

// FindLog returns one row of the ledger.
func (s *Service) FindLog(ctx context.Context, id string) (core.Record, error) {
	r, err := s.deps.Ledger.Find(ctx, id)
	if err != nil {
		return core.Record{}, err
	}
	return viewRecord(r), nil
}

// FindLogBody returns the bodies that were kept of a request.
func (s *Service) FindLogBody(ctx context.Context, id string) (core.Capture, error) {
	c, err := s.deps.Bodies(ctx, id)
	if err == nil {
		return *c, nil
	}
	if core.CodeOf(err) != core.CodeNotFound {
		return core.Capture{}, err
	}
	r, err := s.deps.Ledger.Find(ctx, id)
	if err != nil {
		return core.Capture{}, err
	}
	return core.Capture{}, core.Errorf(core.CodeNotFound, "%s", whyNoBody(r))
}

func whyNoBody(r *core.Record) string {
	switch {
	case r.Outcome == core.OutcomeInFlight:
		return "the request has not ended yet; its bodies can be seen when it has"
	case r.Captured:
		return "the bodies of this request are no longer kept: they have made room for others, or could not be stored"
	}
	return "the bodies of this request were not kept; the settings say of which requests they are"
}

func (in LogsRequest) filter() core.RecordFilter {
	return core.RecordFilter{
		UserID: in.User, AccountID: in.Account, ChannelID: in.Channel, Model: in.Model, Outcome: in.Outcome,
		Query: in.Query, Since: in.Since.UTC(), Until: in.Until.UTC(), Cursor: in.Cursor, Limit: in.Limit,
	}
}

func (in LogsRequest) check() error {
	if len(in.Query) > maxQuery {
		return core.Invalid("q", "search for at most %d characters", maxQuery)
	}
	if in.Limit < 0 || in.Limit > maxLogs {
		return core.Invalid("limit", "limit is a number from 1 to %d", maxLogs)
	}
	if !in.Since.IsZero() && !in.Until.IsZero() && !in.Since.Before(in.Until) {
		return core.Invalid("until", "until must be later than since")
	}
	if in.Outcome == "" {
		return nil
	}
	return oneOf("outcome", in.Outcome, outcomes())
}

func outcomes() []core.Outcome {
	return []core.Outcome{
		core.OutcomeOK, core.OutcomeUpstreamError, core.OutcomeBadRequest, core.OutcomeRejected,
		core.OutcomeClientGone, core.OutcomeInterrupted, core.OutcomeInFlight,
	}
}

func viewRecord(r *core.Record) core.Record {
	v := *r
	v.Attempts, v.Dropped = list(slices.Clone(r.Attempts)), list(r.Dropped)
	return v
}
