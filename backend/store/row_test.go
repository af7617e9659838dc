package store

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// fill sets every field below v to a value that is not zero, so that a field of
// core.Record that the format forgets does not pass unseen.
func fill(v reflect.Value, n *int64) {
	*n++
	if t, ok := v.Addr().Interface().(*time.Time); ok {
		*t = time.Unix(0, *n).UTC()
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("text " + time.Duration(*n).String())
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(-*n)
	case reflect.Float64:
		v.SetFloat(float64(*n) / 3)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	default:
		panic("fill: " + v.Type().String())
	}
}

func fullRow() *core.Record {
	var r core.Record
	var n int64
	fill(reflect.ValueOf(&r).Elem(), &n)
	return &r
}

func TestRowKeepsEveryField(t *testing.T) {
	want := fullRow()
	got, err := decodeRow(appendRow(nil, want))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("decodeRow: %v\n got %+v\nwant %+v", err, got, want)
	}
}

func TestCountsKeepEveryField(t *testing.T) {
	var want core.Counts
	var n int64
	fill(reflect.ValueOf(&want).Elem(), &n)
	got, err := decodeCounts(string(appendCounts(nil, &want)))
	if err != nil || got != want {
		t.Errorf("decodeCounts: %v\n got %+v\nwant %+v", err, got, want)
	}
}

func TestRowIsSmallerThanJSON(t *testing.T) {
	r := fullRow()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if row := appendRow(nil, r); 2*len(row) > len(text) {
		t.Errorf("a row takes %d bytes, its JSON %d", len(row), len(text))
	}
}

// A later version appends fields to the lists; this one has to skip them.
func TestRowOfALaterVersion(t *testing.T) {
	b := []byte{rowFormat, 0}
	b = appendTime(b, time.Unix(1, 0))
	b = appendInt(b, 200)
	b = appendLen(b, 19)
	for range 19 {
		b = appendString(b, "x")
	}
	b = appendLen(b, 12)
	for range 12 {
		b = appendInt(b, 7)
	}
	b = appendLen(appendLen(b, 0), 0)
	r, err := decodeRow(b)
	if err != nil || r.ID != "x" || r.ResponseBytes != 7 || r.Status != 200 {
		t.Errorf("decodeRow: %+v, %v", r, err)
	}
}

func TestRowOfAnEarlierVersion(t *testing.T) {
	b := []byte{rowFormat, 0}
	b = appendTime(b, time.Unix(1, 0))
	b = appendInt(b, 200)
	b = appendString(appendLen(b, 1), "x")
	b = appendInt(appendLen(b, 1), 7)
	b = appendLen(appendLen(b, 0), 0)
	r, err := decodeRow(b)
	if err != nil || r.ID != "x" || r.Usage.Input != 7 || r.ResponseBytes != 0 {
		t.Errorf("decodeRow: %+v, %v", r, err)
	}
}

func TestDamagedRows(t *testing.T) {
	row := appendRow(nil, fullRow())
	for n := range row {
		if _, err := decodeRow(row[:n]); err == nil {
			t.Errorf("the first %d of %d bytes decode", n, len(row))
		}
	}
	if _, err := decodeBlock([]byte{200}); err == nil {
		t.Error("a damaged block decodes")
	}
	if _, _, err := cutSumKey("h/123"); err == nil {
		t.Error("a damaged key of a sum decodes")
	}
}

func FuzzDecodeRow(f *testing.F) {
	f.Add([]byte{})
	f.Add(appendRow(nil, &core.Record{}))
	f.Add(appendRow(nil, fullRow()))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := decodeRow(b)
		if err != nil {
			return
		}
		again, err := decodeRow(appendRow(nil, r))
		if err != nil {
			t.Fatalf("a decoded row does not decode again: %v", err)
		}
		if r.CostUSD != nil && math.IsNaN(*r.CostUSD) {
			return // not equal to itself
		}
		if !reflect.DeepEqual(again, r) {
			t.Errorf("\n got %+v\nwant %+v", again, r)
		}
	})
}

func FuzzDecodeBlock(f *testing.F) {
	f.Add([]byte{})
	f.Add(encodeBlock([]*core.Record{fullRow(), {}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		rows, err := decodeBlock(b)
		if err != nil {
			return
		}
		if again, err := decodeBlock(encodeBlock(rows)); err != nil || len(again) != len(rows) {
			t.Errorf("%d rows became %d: %v", len(rows), len(again), err)
		}
	})
}

func BenchmarkRow(b *testing.B) {
	row := fullRow()
	encoded := appendRow(nil, row)
	b.Run("append", func(b *testing.B) {
		b.ReportAllocs()
		var buf []byte
		for b.Loop() {
			buf = appendRow(buf[:0], row)
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := decodeRow(encoded); err != nil {
				b.Fatal(err)
			}
		}
	})
}
