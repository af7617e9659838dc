package core

import (
	"time"

	"github.com/aihub/aihub/backend/llm"
)

// Outcome says how a request ended.
type Outcome string

// The outcomes of a request.
const (
	OutcomeOK            Outcome = "ok"
	OutcomeUpstreamError Outcome = "upstream_error" // every attempt failed, or the stream broke
	OutcomeBadRequest    Outcome = "bad_request"    // the client's request was wrong
	OutcomeRejected      Outcome = "rejected"       // refused here: quota, model not allowed, stopped
	OutcomeClientGone    Outcome = "client_gone"    // the client left before the end
	OutcomeInterrupted   Outcome = "interrupted"    // the program died; found at the next start
	OutcomeInFlight      Outcome = "in_flight"      // not ended yet
)

// Record is one row of the ledger: one request of a client, whatever became of
// it.
type Record struct {
	ID               string       `json:"id"`
	Time             time.Time    `json:"time"`
	UserID           string       `json:"user_id"`
	UserName         string       `json:"user_name"`
	KeyID            string       `json:"key_id"`
	ClientProtocol   llm.Protocol `json:"client_protocol"`
	UpstreamProtocol llm.Protocol `json:"upstream_protocol"`
	RequestedModel   string       `json:"requested_model"`
	UpstreamModel    string       `json:"upstream_model"`
	Stream           bool         `json:"stream"`
	ChannelID        string       `json:"channel_id"`
	ChannelName      string       `json:"channel_name"`
	AccountID        string       `json:"account_id"`
	AccountName      string       `json:"account_name"`
	Status           int          `json:"status"` // the HTTP status that the client got; 0 while in flight
	Outcome          Outcome      `json:"outcome"`
	Error            string       `json:"error"`
	Attempts         []Attempt    `json:"attempts"`
	Usage            llm.Usage    `json:"usage"`
	// CostUSD is nil while no price is known for the model: unpriced is not
	// free.
	CostUSD *float64 `json:"cost_usd,omitempty"`
	// Price is the one that CostUSD was made with.
	Price         *PriceUsed `json:"price,omitempty"`
	QueueMS       int64      `json:"queue_ms"`
	FirstByteMS   int64      `json:"first_byte_ms"`
	DurationMS    int64      `json:"duration_ms"`
	RequestBytes  int64      `json:"request_bytes"`
	ResponseBytes int64      `json:"response_bytes"`
	UserAgent     string     `json:"user_agent"`
	ClientIP      string     `json:"client_ip"`
	Dropped       []string   `json:"dropped"`
	// Captured says that the bodies were kept. They may be gone before the row.
	Captured bool `json:"captured,omitempty"`
}

// Attempt is one try at one account.
type Attempt struct {
	ChannelID  string    `json:"channel_id"`
	AccountID  string    `json:"account_id"`
	Status     int       `json:"status"` // the upstream's; 0 when none came
	Reason     string    `json:"reason"` // "" for the attempt that was delivered
	StartedAt  time.Time `json:"started_at"`
	DurationMS int64     `json:"duration_ms"`
	// The time line of the attempt, in milliseconds from StartedAt; 0 = not
	// reached.
	RefreshMS   int64 `json:"refresh_ms,omitempty"`    // the credential was renewed
	ConnectMS   int64 `json:"connect_ms,omitempty"`    // the request was written
	FirstByteMS int64 `json:"first_byte_ms,omitempty"` // the head of the answer came
	ContentMS   int64 `json:"content_ms,omitempty"`    // the first content came
}

// Counts are the sums that statistics are made of.
type Counts struct {
	Requests   int64   `json:"requests"`
	Errors     int64   `json:"errors"`
	Input      int64   `json:"input_tokens"`
	CacheRead  int64   `json:"cache_read_tokens"`
	CacheWrite int64   `json:"cache_write_tokens"`
	Output     int64   `json:"output_tokens"`
	Reasoning  int64   `json:"reasoning_tokens"`
	CostUSD    float64 `json:"cost_usd"`
}

// Add adds o to c.
func (c *Counts) Add(o Counts) {
	c.Requests += o.Requests
	c.Errors += o.Errors
	c.Input += o.Input
	c.CacheRead += o.CacheRead
	c.CacheWrite += o.CacheWrite
	c.Output += o.Output
	c.Reasoning += o.Reasoning
	c.CostUSD += o.CostUSD
}

// Counts returns what the ended record adds to the statistics.
func (r *Record) Counts() Counts {
	c := Counts{
		Requests: 1, Input: r.Usage.Input, CacheRead: r.Usage.CacheRead,
		CacheWrite: r.Usage.CacheWrite, Output: r.Usage.Output, Reasoning: r.Usage.Reasoning,
	}
	if r.Failed() {
		c.Errors = 1
	}
	if r.CostUSD != nil {
		c.CostUSD = *r.CostUSD
	}
	return c
}

// Failed reports whether the ended request counts as an error: a client that
// leaves is none.
func (r *Record) Failed() bool { return r.Outcome != OutcomeOK && r.Outcome != OutcomeClientGone }

// EndedAt is when the request ended.
func (r *Record) EndedAt() time.Time {
	return r.Time.Add(time.Duration(r.DurationMS) * time.Millisecond)
}

// RollupKey is what an hourly sum is kept by.
type RollupKey struct {
	Hour      time.Time // UTC, on the hour: the hour in which the request began
	UserID    string
	ChannelID string
	AccountID string
	Model     string // the requested model
}

// RollupKey returns the key of the hourly sum that the record belongs to. The
// sums stay for ever, so a request that no channel took does not leave the name
// of a model there that a client has invented.
func (r *Record) RollupKey() RollupKey {
	k := RollupKey{
		Hour: r.Time.UTC().Truncate(time.Hour), UserID: r.UserID,
		ChannelID: r.ChannelID, AccountID: r.AccountID, Model: r.RequestedModel,
	}
	if k.ChannelID == "" {
		k.Model = ""
	}
	return k
}

// Rollup is one hourly sum.
type Rollup struct {
	RollupKey
	Counts
}

// RecordFilter selects ledger rows; a zero field selects all.
type RecordFilter struct {
	UserID, AccountID, ChannelID, Model string
	Outcome                             Outcome
	// Query are words that all stand in the models, the error or the reasons of
	// the attempts, in letters of any case.
	Query        string
	Since, Until time.Time // Since inclusive, Until exclusive
	Cursor       string    // from the previous page
	Limit        int       // 1..1000; 0 means 100
}

// Matches reports whether the filter selects the record; Cursor and Limit play
// no part. Model is the requested model.
func (f *RecordFilter) Matches(r *Record) bool {
	return (f.UserID == "" || f.UserID == r.UserID) &&
		(f.AccountID == "" || f.AccountID == r.AccountID) &&
		(f.ChannelID == "" || f.ChannelID == r.ChannelID) &&
		(f.Model == "" || f.Model == r.RequestedModel) &&
		(f.Outcome == "" || f.Outcome == r.Outcome) &&
		(f.Since.IsZero() || !r.Time.Before(f.Since)) &&
		(f.Until.IsZero() || r.Time.Before(f.Until)) &&
		(f.Query == "" || HoldsWords(Words(f.Query), r.searched()...))
}

// RollupFilter selects hourly sums; a zero field selects all.
type RollupFilter struct {
	Since, Until             time.Time
	UserID, Model, ChannelID string
}
