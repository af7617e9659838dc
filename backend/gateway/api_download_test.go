package gateway

import (
	"bytes"
	"encoding/csv"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
)

func (d *door) download(path string) (*http.Response, []byte, error) {
	d.t.Helper()
	req, err := http.NewRequestWithContext(d.t.Context(), http.MethodGet, d.url+path, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set(adminKeyHeader, testAdminKey)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return res, body, err
}

func TestExportOverHTTP(t *testing.T) {
	d := newDoor(t)
	for i := range 3 {
		at := time.Date(2026, 3, 10, 12, 0, i, 0, time.UTC)
		row := &core.Record{ID: core.NewID("req", at), Time: at, Outcome: core.OutcomeOK, Error: "=1+1"}
		if err := d.store.CommitRecords(t.Context(), nil, []*core.Record{row}); err != nil {
			t.Fatal(err)
		}
	}
	res, body, err := d.download("/api/logs/export?format=csv&q=%3D1")
	if err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
	if err != nil || len(lines) != 4 || res.Header.Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Errorf("%d lines, %v, %v", len(lines), err, res.Header)
	}
	if name := res.Header.Get("Content-Disposition"); !strings.HasPrefix(name, "attachment; filename=aihub-requests-") || !strings.HasSuffix(name, ".csv") {
		t.Errorf("it is offered as %s", name)
	}
	if res, body, err = d.download("/api/logs/export"); err != nil || res.StatusCode != http.StatusBadRequest {
		t.Errorf("without a format: %v %s", err, body)
	}
}

// A file that cannot be completed does not look whole.
func TestABrokenDownloadIsCut(t *testing.T) {
	d := newDoor(t)
	if err := d.store.Close(); err != nil {
		t.Fatal(err)
	}
	if _, body, err := d.download("/api/logs/export?format=jsonl"); err == nil {
		t.Errorf("half a file ends like a whole one: %q", body)
	}
}
