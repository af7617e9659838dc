package admin

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// ExportFormat is how rows of the ledger are written into a file.
type ExportFormat string

// The formats of an export.
const (
	ExportCSV   ExportFormat = "csv"   // for spreadsheets
	ExportJSONL ExportFormat = "jsonl" // a JSON object per line, as in the list
)

// ExportRequest selects the rows of an export as a list does.
type ExportRequest struct {
	Format  ExportFormat `json:"format"`
	User    string       `json:"user,omitempty"`
	Account string       `json:"account,omitempty"`
	Channel string       `json:"channel,omitempty"`
	Model   string       `json:"model,omitempty"`
	Outcome core.Outcome `json:"outcome,omitempty"`
	Query   string       `json:"q,omitempty"`
	Since   time.Time    `json:"since,omitzero"`
	Until   time.Time    `json:"until,omitzero"`
}

// ExportLogs writes all ended requests that are selected, newest first.
func (s *Service) ExportLogs(_ context.Context, in ExportRequest) (Download, error) {
	list := LogsRequest{
		User: in.User, Account: in.Account, Channel: in.Channel, Model: in.Model, Outcome: in.Outcome,
		Query: in.Query, Since: in.Since, Until: in.Until, Limit: maxLogs,
	}
	if err := list.check(); err != nil {
		return Download{}, err
	}
	if err := oneOf("format", in.Format, []ExportFormat{ExportCSV, ExportJSONL}); err != nil {
		return Download{}, err
	}
	d := Download{Name: "aihub-requests-" + s.now().Format("2006-01-02") + "." + string(in.Format), ContentType: "application/jsonl"}
	writer := newJSONLines
	if in.Format == ExportCSV {
		d.ContentType, writer = "text/csv; charset=utf-8", newSheet
	}
	f := list.filter()
	d.Write = func(ctx context.Context, w io.Writer) error { return s.writeRows(ctx, f, writer(w)) }
	return d, nil
}

// rowWriter writes rows of the ledger in some format.
type rowWriter interface {
	begin() error
	row(r *core.Record) error
	flush() error
}

func (s *Service) writeRows(ctx context.Context, f core.RecordFilter, w rowWriter) error {
	if err := w.begin(); err != nil {
		return err
	}
	for {
		rows, next, err := s.deps.Store.ListRecords(ctx, f)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := w.row(r); err != nil {
				return err
			}
		}
		if err := w.flush(); err != nil || next == "" {
			return err
		}
		f.Cursor = next
	}
}

type jsonLines struct{ enc *json.Encoder }

func newJSONLines(w io.Writer) rowWriter { return jsonLines{json.NewEncoder(w)} }

func (j jsonLines) begin() error { return nil }
func (j jsonLines) flush() error { return nil }
func (j jsonLines) row(r *core.Record) error {
	return j.enc.Encode(viewRecord(r))
}

// sheet writes rows as CSV that a spreadsheet can open without harm.
type sheet struct {
	csv   *csv.Writer
	cells []string
}

func newSheet(w io.Writer) rowWriter { return &sheet{csv: csv.NewWriter(w)} }

// sheetColumns are the names of the columns, those of JSON where there is one.
func sheetColumns() []string {
	return []string{
		"time", "id", "user_id", "user_name", "key_id", "client_protocol", "upstream_protocol",
		"requested_model", "upstream_model", "stream", "channel_id", "channel_name", "account_id", "account_name",
		"status", "outcome", "error", "attempts",
		"input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens", "usage_source",
		"cost_usd", "queue_ms", "first_byte_ms", "duration_ms", "request_bytes", "response_bytes",
		"user_agent", "client_ip", "dropped",
	}
}

func (s *sheet) begin() error { return s.csv.Write(sheetColumns()) }

func (s *sheet) flush() error {
	s.csv.Flush()
	return s.csv.Error()
}

func (s *sheet) row(r *core.Record) error {
	s.cells = s.cells[:0]
	u := &r.Usage
	s.text(r.Time.Format(time.RFC3339Nano), r.ID, r.UserID, r.UserName, r.KeyID, string(r.ClientProtocol), string(r.UpstreamProtocol),
		r.RequestedModel, r.UpstreamModel, strconv.FormatBool(r.Stream), r.ChannelID, r.ChannelName, r.AccountID, r.AccountName)
	s.number(int64(r.Status))
	s.text(string(r.Outcome), r.Error)
	s.number(int64(len(r.Attempts)), u.Input, u.CacheRead, u.CacheWrite, u.Output, u.Reasoning)
	s.text(string(u.Source))
	s.cells = append(s.cells, money(r.CostUSD))
	s.number(r.QueueMS, r.FirstByteMS, r.DurationMS, r.RequestBytes, r.ResponseBytes)
	s.text(r.UserAgent, r.ClientIP, strings.Join(r.Dropped, " "))
	return s.csv.Write(s.cells)
}

func money(v *float64) string {
	if v == nil {
		return "" // unpriced is not free
	}
	return strconv.FormatFloat(*v, 'f', -1, 64)
}

func (s *sheet) number(list ...int64) {
	for _, n := range list {
		s.cells = append(s.cells, strconv.FormatInt(n, 10))
	}
}

func (s *sheet) text(list ...string) {
	for _, text := range list {
		s.cells = append(s.cells, harmless(text))
	}
}

// harmless marks a text that a spreadsheet would take for a formula: models,
// errors and user agents come from strangers.
func harmless(text string) string {
	if startsFormula(text) {
		return "'" + text
	}
	return text
}

func startsFormula(text string) bool {
	text = strings.TrimLeft(text, " ")
	for _, mark := range []string{"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"} {
		if strings.HasPrefix(text, mark) {
			return true
		}
	}
	return false
}
