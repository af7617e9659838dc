package admin

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// export returns the file of a request.
func (h *hub) export(t *testing.T, in ExportRequest) string {
	t.Helper()
	d := must(h.ExportLogs(t.Context(), in))(t)
	var out bytes.Buffer
	if err := d.Write(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// cells reads the one row of an exported sheet by column.
func cells(t *testing.T, file string) map[string]string {
	t.Helper()
	lines, err := csv.NewReader(strings.NewReader(file)).ReadAll()
	if err != nil || len(lines) != 2 {
		t.Fatalf("%d lines, %v: %s", len(lines), err, file)
	}
	row := map[string]string{}
	for i, name := range lines[0] {
		row[name] = lines[1][i]
	}
	return row
}

func TestExportAsCSV(t *testing.T) {
	h := newHub(t)
	cost := 0.00000012
	h.request(t, core.Record{
		Time: time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC), UserID: "usr_1", UserName: "Ana, \"the first\"", RequestedModel: "=HYPERLINK(1)",
		Outcome: core.OutcomeUpstreamError, Error: "line one\nline two", UserAgent: " @sum", AccountName: "－1", ChannelName: "a-b", Stream: true,
		Usage: llm.Usage{Input: 10, Output: 5, Source: llm.Reported}, CostUSD: &cost, DurationMS: 7, Dropped: []string{"a", "b"},
	})
	row := cells(t, h.export(t, ExportRequest{Format: ExportCSV}))
	for name, want := range map[string]string{
		"time": "2026-03-10T12:00:00Z", "user_id": "usr_1", "user_name": "Ana, \"the first\"", "requested_model": "'=HYPERLINK(1)",
		"error": "line one\nline two", "user_agent": "' @sum", "account_name": "'－1", "channel_name": "a-b", "stream": "true",
		"input_tokens": "10", "usage_source": "reported", "cost_usd": "0.00000012", "duration_ms": "7", "dropped": "a b", "outcome": "upstream_error",
	} {
		if row[name] != want {
			t.Errorf("%s is %q, want %q", name, row[name], want)
		}
	}
	if h.request(t, core.Record{UserID: "usr_2"}); cells(t, h.export(t, ExportRequest{Format: ExportCSV, User: "usr_2"}))["cost_usd"] != "" {
		t.Error("an unpriced request costs something")
	}
}

// The columns are those of the rows.
func TestSheetsAreRectangular(t *testing.T) {
	s := sheet{csv: csv.NewWriter(io.Discard)}
	if err := s.row(&core.Record{}); err != nil || len(s.cells) != len(sheetColumns()) {
		t.Errorf("%d cells under %d columns, %v", len(s.cells), len(sheetColumns()), err)
	}
}

func TestExportAsLines(t *testing.T) {
	h := newHub(t)
	const n = 2100 // more than two pages
	for i := range n {
		h.request(t, core.Record{
			Time: time.Date(2026, 3, 10, 12, 0, i, 0, time.UTC), UserID: []string{"usr_1", "usr_2"}[i%2], Outcome: core.OutcomeOK,
			RequestedModel: "GPT-5", Attempts: []core.Attempt{{Reason: "rate limit"}},
		})
	}
	lines := strings.Split(strings.TrimSpace(h.export(t, ExportRequest{Format: ExportJSONL, User: "usr_2", Query: "gpt LIMIT"})), "\n")
	var last core.Record
	for i, line := range lines {
		var r core.Record
		if err := json.Unmarshal([]byte(line), &r); err != nil || r.UserID != "usr_2" || i > 0 && !r.Time.Before(last.Time) {
			t.Fatalf("line %d: %v: %s", i, err, line)
		}
		last = r
	}
	if len(lines) != n/2 {
		t.Errorf("%d lines, want %d", len(lines), n/2)
	}
	if got := h.export(t, ExportRequest{Format: ExportJSONL, Query: "no such word"}); got != "" {
		t.Errorf("nothing is exported as %q", got)
	}
}

func TestExportRefusals(t *testing.T) {
	h := newHub(t)
	for _, test := range []struct {
		in    ExportRequest
		field string
	}{
		{ExportRequest{}, "format"},
		{ExportRequest{Format: "xls"}, "format"},
		{ExportRequest{Format: ExportCSV, Outcome: "great"}, "outcome"},
		{ExportRequest{Format: ExportCSV, Query: strings.Repeat("x", 201)}, "q"},
	} {
		_, err := h.ExportLogs(t.Context(), test.in)
		wantInvalid(t, err, test.field)
	}
}

// A file takes the place of another when it is whole, and leaves nothing behind
// when it is not.
func TestSave(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out.csv")
	write := func(text string, err error) error {
		d := Download{Write: func(_ context.Context, w io.Writer) error {
			_, failed := io.WriteString(w, text)
			return errors.Join(failed, err)
		}}
		return d.Save(t.Context(), path)
	}
	if err := write("first", nil); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	if err := write("second", broken); !errors.Is(err, broken) {
		t.Errorf("err = %v", err)
	}
	got, err := os.ReadFile(path)
	entries, listErr := os.ReadDir(dir)
	if err != nil || listErr != nil || string(got) != "first" || len(entries) != 1 {
		t.Errorf("the file holds %q (%v), the folder %v (%v)", got, err, entries, listErr)
	}
	d := Download{Write: func(context.Context, io.Writer) error { return nil }}
	wantCode(t, d.Save(t.Context(), filepath.Join(dir, "nowhere", "x")), core.CodeUnavailable)
}

// A search pages on over rows that do not match.
func TestSearch(t *testing.T) {
	h := newHub(t)
	for i, text := range []string{"quota exceeded", "", "Rate LIMIT", ""} {
		h.request(t, core.Record{Time: time.Date(2026, 3, 10, 12, 0, i, 0, time.UTC), Error: text, RequestedModel: "gpt-5"})
	}
	for query, want := range map[string][]string{
		"limit":      {"Rate LIMIT"},
		"GPT":        {"", "Rate LIMIT", "", "quota exceeded"},
		"gpt quota":  {"quota exceeded"},
		"gpt claude": {},
	} {
		got := []string{}
		for _, r := range must(h.ListLogs(t.Context(), LogsRequest{Query: query}))(t).Items {
			got = append(got, r.Error)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q finds %q, want %q", query, got, want)
		}
	}
}
