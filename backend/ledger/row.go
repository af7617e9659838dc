package ledger

import (
	"math"
	"slices"
	"strings"

	"github.com/aihub/aihub/backend/core"
)

// What a client or an upstream may put into a row is bounded, so that no row is
// too large to be stored.
const (
	maxName     = 256
	maxText     = 2048
	maxAttempts = 64
	maxDropped  = 64
)

// tidy returns a copy of the record that can be stored, turned into JSON and
// kept: it shares nothing with the caller's, its texts are bounded and valid
// UTF-8, its lists are not nil and its cost is a number.
func tidy(r *core.Record) *core.Record {
	row := *r
	row.Time = r.Time.UTC().Round(0)
	for _, s := range [...]*string{
		&row.ID, &row.UserID, &row.UserName, &row.KeyID, &row.RequestedModel, &row.UpstreamModel, &row.ChannelID,
		&row.ChannelName, &row.AccountID, &row.AccountName, &row.ClientIP,
	} {
		*s = bound(*s, maxName)
	}
	row.Error, row.UserAgent = bound(r.Error, maxText), bound(r.UserAgent, maxText)
	row.Attempts = tidyAttempts(r.Attempts)
	row.Dropped = slices.Clone(r.Dropped[:min(len(r.Dropped), maxDropped)])
	for i, s := range row.Dropped {
		row.Dropped[i] = bound(s, maxName)
	}
	if row.Dropped == nil {
		row.Dropped = []string{}
	}
	if c := r.CostUSD; c != nil {
		row.CostUSD = new(float64)
		*row.CostUSD = *c
		if math.IsNaN(*c) || math.IsInf(*c, 0) {
			row.CostUSD = nil
		}
	}
	return &row
}

// tidyAttempts keeps the last ones: they say how the request ended.
func tidyAttempts(attempts []core.Attempt) []core.Attempt {
	attempts = attempts[max(0, len(attempts)-maxAttempts):]
	list := make([]core.Attempt, len(attempts))
	for i, a := range attempts {
		a.ChannelID, a.AccountID = bound(a.ChannelID, maxName), bound(a.AccountID, maxName)
		a.Reason = bound(a.Reason, maxText)
		a.StartedAt = a.StartedAt.UTC().Round(0)
		list[i] = a
	}
	return list
}

// bound cuts s to at most n bytes and makes it valid UTF-8. What is cut is not
// kept alive by the rest.
func bound(s string, n int) string {
	if len(s) > n {
		s = strings.Clone(s[:n])
	}
	return strings.ToValidUTF8(s, "?")
}
