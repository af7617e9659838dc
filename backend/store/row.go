package store

import (
	"encoding/binary"

	"github.com/aihub/aihub/backend/core"
)

// A row is a format byte, its flags, its cost, its time, its texts, its numbers,
// its attempts and its dropped parameters, without names. Against JSON this is a
// third of the bytes, each of which is encrypted, logged and compacted several
// times, and a tenth of the time to decode, which is what a filtered list pays
// for every row that it passes over.
//
// The lists begin with their length, so a new field goes to the end of texts or
// numbers: rows written without it decode it as zero. Any other change needs a
// new rowFormat and a migration.
//
// Format 1 had attempts without the list of their numbers.
const rowFormat = 2

const (
	flagStream = 1 << iota
	flagCost
	flagCredits
	flagPrice
	flagCaptured
)

// texts and numbers name the fields of a row once for both directions.

func texts(r *core.Record) [17]*string {
	return [...]*string{
		&r.ID, &r.UserID, &r.UserName, &r.KeyID,
		(*string)(&r.ClientProtocol), (*string)(&r.UpstreamProtocol),
		&r.RequestedModel, &r.UpstreamModel,
		&r.ChannelID, &r.ChannelName, &r.AccountID, &r.AccountName,
		(*string)(&r.Outcome), &r.Error, &r.UserAgent, &r.ClientIP,
		(*string)(&r.Usage.Source),
	}
}

func numbers(r *core.Record) [13]*int64 {
	return [...]*int64{
		&r.Usage.Input, &r.Usage.CacheRead, &r.Usage.CacheWrite, &r.Usage.Output, &r.Usage.Reasoning,
		&r.QueueMS, &r.FirstByteMS, &r.DurationMS, &r.RequestBytes, &r.ResponseBytes,
		&r.Usage.CacheWrite1h, &r.Usage.ImageTokens, &r.Usage.Images,
	}
}

func attemptNumbers(a *core.Attempt) [5]*int64 {
	return [...]*int64{&a.DurationMS, &a.RefreshMS, &a.ConnectMS, &a.FirstByteMS, &a.ContentMS}
}

func prices(p *core.PriceUsed) [10]*float64 {
	return [...]*float64{
		&p.Input, &p.Output, &p.CacheRead, &p.CacheWrite, &p.CacheWrite1, &p.Reasoning, &p.ImageOutput,
		&p.Image, &p.Credit, &p.Multiplier,
	}
}

func appendRow(b []byte, r *core.Record) []byte {
	var flags byte
	if r.Stream {
		flags |= flagStream
	}
	if r.CostUSD != nil {
		flags |= flagCost
	}
	if r.Usage.Credits != 0 {
		flags |= flagCredits
	}
	if r.Price != nil {
		flags |= flagPrice
	}
	if r.Captured {
		flags |= flagCaptured
	}
	b = append(b, rowFormat, flags)
	if r.CostUSD != nil {
		b = appendFloat(b, *r.CostUSD)
	}
	if r.Usage.Credits != 0 {
		b = appendFloat(b, r.Usage.Credits)
	}
	if r.Price != nil {
		b = appendPrice(b, r.Price)
	}
	b = appendTime(b, r.Time)
	b = appendInt(b, int64(r.Status))
	texts := texts(r)
	b = appendLen(b, len(texts))
	for _, s := range texts {
		b = appendString(b, *s)
	}
	numbers := numbers(r)
	b = appendLen(b, len(numbers))
	for _, n := range numbers {
		b = appendInt(b, *n)
	}
	b = appendAttempts(b, r.Attempts)
	b = appendLen(b, len(r.Dropped))
	for _, s := range r.Dropped {
		b = appendString(b, s)
	}
	return b
}

func appendPrice(b []byte, p *core.PriceUsed) []byte {
	list := prices(p)
	b = appendLen(b, len(list))
	for _, v := range list {
		b = appendFloat(b, *v)
	}
	return b
}

func appendAttempts(b []byte, attempts []core.Attempt) []byte {
	b = appendLen(b, len(attempts))
	for i := range attempts {
		a := &attempts[i]
		b = appendString(b, a.ChannelID)
		b = appendString(b, a.AccountID)
		b = appendInt(b, int64(a.Status))
		b = appendString(b, a.Reason)
		b = appendTime(b, a.StartedAt)
		numbers := attemptNumbers(a)
		b = appendLen(b, len(numbers))
		for _, n := range numbers {
			b = appendInt(b, *n)
		}
	}
	return b
}

// decodeRow reads a row; its lists are empty rather than nil.
func decodeRow(b []byte) (*core.Record, error) {
	d := decoder{rest: string(b)}
	format := d.byte()
	if format == 0 || format > rowFormat {
		return nil, errDamaged
	}
	r := &core.Record{}
	flags := d.byte()
	r.Stream, r.Captured = flags&flagStream != 0, flags&flagCaptured != 0
	if flags&flagCost != 0 {
		cost := d.float()
		r.CostUSD = &cost
	}
	if flags&flagCredits != 0 {
		r.Usage.Credits = d.float()
	}
	if flags&flagPrice != 0 {
		r.Price = d.price()
	}
	r.Time = d.time()
	r.Status = int(d.int())
	texts := texts(r)
	for i := range d.len() {
		if s := d.string(); i < len(texts) {
			*texts[i] = s
		}
	}
	numbers := numbers(r)
	for i := range d.len() {
		if n := d.int(); i < len(numbers) {
			*numbers[i] = n
		}
	}
	r.Attempts = d.attempts(format)
	r.Dropped = d.strings()
	return r, d.err()
}

func (d *decoder) price() *core.PriceUsed {
	p := &core.PriceUsed{}
	list := prices(p)
	for i := range d.len() {
		if v := d.float(); i < len(list) {
			*list[i] = v
		}
	}
	return p
}

func (d *decoder) attempts(format byte) []core.Attempt {
	list := []core.Attempt{}
	for range d.len() {
		a := core.Attempt{
			ChannelID: d.string(), AccountID: d.string(), Status: int(d.int()), Reason: d.string(), StartedAt: d.time(),
		}
		numbers, n := attemptNumbers(&a), 1
		if format > 1 {
			n = d.len()
		}
		for i := range n {
			if v := d.int(); i < len(numbers) {
				*numbers[i] = v
			}
		}
		list = append(list, a)
	}
	return list
}

func (d *decoder) strings() []string {
	list := []string{}
	for range d.len() {
		list = append(list, d.string())
	}
	return list
}

func appendLen(b []byte, n int) []byte { return binary.AppendUvarint(b, uint64(n)) }
