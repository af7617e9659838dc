package admin

import (
	"bytes"
	"encoding/json"
	"math"
	"net/netip"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// OptionalTime is a time that a request may leave out (Set is false), remove
// (null or "") or set.
type OptionalTime struct {
	Set  bool
	Time *time.Time
}

// UnmarshalJSON reads a time, null or "".
func (o *OptionalTime) UnmarshalJSON(b []byte) error {
	*o = OptionalTime{Set: true}
	if bytes.Equal(b, []byte("null")) || bytes.Equal(b, []byte(`""`)) {
		return nil
	}
	return json.Unmarshal(b, &o.Time)
}

// MarshalJSON writes what UnmarshalJSON reads.
func (o OptionalTime) MarshalJSON() ([]byte, error) { return json.Marshal(o.Time) }

// apply checks the present fields and writes them to u. u is left in an
// unspecified state when it fails.
func (in *UserInput) apply(u *core.User) error {
	return firstError(
		func() error { return applyName(&u.Name, in.Name) },
		func() error { return in.applyQuota(u) },
		func() error { return applyInt(&u.RPM, in.RPM, "rpm", 0, maxInt) },
		func() error { return applyInt(&u.TPM, in.TPM, "tpm", 0, maxInt) },
		func() error { return applyInt(&u.Concurrency, in.Concurrency, "concurrency", 0, maxInt) },
		func() error { return applyList(&u.Models, in.Models, "models", checkModel) },
		func() error { return applyList(&u.AllowedIPs, in.AllowedIPs, "allowed_ips", checkAddress) },
		func() error { return in.applyExpiry(u) },
		func() error { return in.applyClientGone(u) },
		func() error { set(&u.Enabled, in.Enabled); return nil },
	)
}

func (in *UserInput) applyQuota(u *core.User) error {
	if in.Quota == nil {
		return nil
	}
	q := core.Quota{
		Period: in.Quota.Period, Tokens: in.Quota.Tokens, Requests: in.Quota.Requests, CostUSD: in.Quota.CostUSD,
	}
	if q.Period == "" {
		q.Period = core.PeriodTotal
	}
	if err := oneOf("quota.period", q.Period, []core.Period{
		core.PeriodTotal, core.PeriodDay, core.PeriodWeek, core.PeriodMonth, core.Period5h,
	}); err != nil {
		return err
	}
	switch {
	case q.Tokens != nil && *q.Tokens < 0:
		return core.Invalid("quota.tokens", "a limit of tokens is 0 or more; leave it out for no limit")
	case q.Requests != nil && *q.Requests < 0:
		return core.Invalid("quota.requests", "a limit of requests is 0 or more; leave it out for no limit")
	case q.CostUSD != nil && (math.IsNaN(*q.CostUSD) || math.IsInf(*q.CostUSD, 0) || *q.CostUSD < 0):
		return core.Invalid("quota.cost_usd", "a limit of cost is 0 or more US dollars; leave it out for no limit")
	}
	u.Quota = q
	return nil
}

func checkAddress(ip string) (string, error) {
	if !address(ip) {
		return "", core.Invalid("allowed_ips", "%q is not an address such as 192.168.0.7 or a range such as 192.168.0.0/16", ip)
	}
	return ip, nil
}

// address reports whether s is an IP address or a range of them.
func address(s string) bool {
	if _, err := netip.ParsePrefix(s); err == nil {
		return true
	}
	a, err := netip.ParseAddr(s)
	return err == nil && a.Zone() == ""
}

func (in *UserInput) applyClientGone(u *core.User) error {
	if in.OnClientGone == nil {
		return nil
	}
	p := *in.OnClientGone
	if err := oneOf("on_client_gone.mode", p.Mode, []core.GoneMode{core.GoneCut, core.GoneDrain, core.GoneDrainFor}); err != nil {
		return err
	}
	if p.Mode != core.GoneDrainFor {
		p.Seconds = 0
	} else if p.Seconds < 1 || p.Seconds > core.MaxDrainSeconds {
		return core.Invalid("on_client_gone.seconds", "seconds is a whole number from 1 to %d; how long to read on", core.MaxDrainSeconds)
	}
	u.OnClientGone = p
	return nil
}

// applyExpiry takes any time, also one in the past: that is how a person ends
// a user's access at once and still keeps the history.
func (in *UserInput) applyExpiry(u *core.User) error {
	if !in.ExpiresAt.Set {
		return nil
	}
	u.ExpiresAt = nil
	if t := in.ExpiresAt.Time; t != nil {
		if t.Year() < 2000 || t.Year() > 9000 {
			return core.Invalid("expires_at", "the end is a time between the years 2000 and 9000, such as 2030-12-31T00:00:00Z; null means no end")
		}
		utc := t.UTC()
		u.ExpiresAt = &utc
	}
	return nil
}
