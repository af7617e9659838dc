package core

import (
	"testing"
	"time"
)

func TestIDTimeReadsWhatNewIDWrote(t *testing.T) {
	for _, at := range []time.Time{
		time.UnixMilli(0).UTC(),
		time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC),
		time.Date(2900, 12, 31, 23, 59, 59, 999e6, time.UTC),
	} {
		got, ok := IDTime(NewID("req", at))
		if !ok || !got.Equal(at) {
			t.Errorf("IDTime(NewID(%v)) = %v, %v", at, got, ok)
		}
	}
}

func TestIDTimeRefusesOtherForms(t *testing.T) {
	for _, id := range []string{"", "req", "req_", "req_0123", "req_!!!!!!!!!aaaaaaaaaaa", "req_" + "0123456789012345678901"} {
		if got, ok := IDTime(id); ok {
			t.Errorf("IDTime(%q) = %v, want none", id, got)
		}
	}
}

func TestRecordFilterMatches(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	r := &Record{Time: at, UserID: "u", AccountID: "a", ChannelID: "c", RequestedModel: "m", Outcome: OutcomeOK}
	tests := []struct {
		name string
		f    RecordFilter
		want bool
	}{
		{"no condition", RecordFilter{}, true},
		{"every condition", RecordFilter{UserID: "u", AccountID: "a", ChannelID: "c", Model: "m", Outcome: OutcomeOK, Since: at, Until: at.Add(1)}, true},
		{"another user", RecordFilter{UserID: "v"}, false},
		{"another account", RecordFilter{AccountID: "b"}, false},
		{"another channel", RecordFilter{ChannelID: "d"}, false},
		{"another model", RecordFilter{Model: "n"}, false},
		{"another outcome", RecordFilter{Outcome: OutcomeRejected}, false},
		{"since is inclusive", RecordFilter{Since: at}, true},
		{"before since", RecordFilter{Since: at.Add(1)}, false},
		{"until is exclusive", RecordFilter{Until: at}, false},
	}
	for _, test := range tests {
		if got := test.f.Matches(r); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}
