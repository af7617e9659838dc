package simulator

import (
	"cmp"
	"encoding/base64"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/pricing"
)

// reportKey is what the reports' sums are kept by: a minute is the finest bucket.
type reportKey struct {
	minute   time.Time
	provider core.Provider
	account  string
	model    string
}

// reportSum is what was served, by what the clients were told.
type reportSum struct {
	requests int64
	usage    llm.Usage
	costUSD  float64
	use      use
}

// reportBook keeps what was served for the usage and cost reports. Both count
// what the clients were told and nothing else, so that a ledger can be held
// against them; the prices are the providers' list prices.
type reportBook struct {
	mu     sync.Mutex
	sums   map[reportKey]*reportSum
	prices *pricing.Book
}

// mostReported bounds the sums; what is served beyond them is not reported.
const mostReported = 50_000

func newReportBook() *reportBook {
	prices, err := pricing.NewBook()
	if err != nil {
		panic("simulator: the list prices that the program brings: " + err.Error())
	}
	return &reportBook{sums: map[reportKey]*reportSum{}, prices: prices}
}

func (b *reportBook) clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	clear(b.sums)
}

// add counts an answer that was given, or with -1 takes it back.
func (b *reportBook) add(k reportKey, u use, usage llm.Usage, sign int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.sums[k]
	if s == nil {
		if len(b.sums) >= mostReported {
			return
		}
		s = &reportSum{use: u}
		b.sums[k] = s
	}
	s.requests += sign
	s.costUSD += float64(sign) * b.cost(k, usage)
	addUsage(&s.usage, usage, sign)
}

// report notes the exchange's answer in the book.
func (x *exchange) report(sign int64) {
	p := core.ProviderOpenAI
	if x.dialect.protocol() == llm.Anthropic {
		p = core.ProviderAnthropic
	}
	m := x.sim.models.find(p, x.model)
	if m == nil || x.dialect.protocol() == llm.Gemini || x.dialect.protocol() == llm.Kiro {
		return
	}
	x.sim.reports.add(reportKey{x.now().UTC().Truncate(time.Minute), p, x.account.id, x.model}, m.use, x.usage, sign)
}

// cost is what an answer costs by the list price.
func (b *reportBook) cost(k reportKey, u llm.Usage) float64 {
	cost, _ := b.prices.Charge(&core.Channel{Provider: k.provider, PriceMultiplier: 1}, k.model, u, k.minute)
	if cost == nil {
		return 0
	}
	return *cost
}

// reportGroup is one line of a bucket.
type reportGroup struct {
	by  []string // the values of what is grouped by
	sum reportSum
}

// reportAsk is a question for a report that has been found right.
type reportAsk struct {
	provider core.Provider
	from, to time.Time
	width    time.Duration
	limit    int
	group    func(reportKey) []string
	takes    func(reportKey, *reportSum) bool
}

// bucket is one span of time with its lines.
type bucket struct {
	from, to time.Time
	groups   []reportGroup
}

// page answers a question and says where the next page begins, zero at the end:
// line words a group, frame a bucket and its lines.
func (b *reportBook) page(a *reportAsk, line func(*reportGroup) obj, frame func(bucket, arr) obj) (data arr, next time.Time) {
	list, next := b.buckets(a)
	data = arr{}
	for _, one := range list {
		results := arr{}
		for i := range one.groups {
			results = append(results, line(&one.groups[i]))
		}
		data = append(data, frame(one, results))
	}
	return data, next
}

// buckets lists those of a page, and says where the next one begins; zero at the end.
func (b *reportBook) buckets(a *reportAsk) (list []bucket, next time.Time) {
	for at := a.from.Truncate(a.width); at.Before(a.to); at = at.Add(a.width) {
		if len(list) == a.limit {
			return list, at
		}
		list = append(list, bucket{at, at.Add(a.width), b.groups(a, at)})
	}
	return list, time.Time{}
}

func (b *reportBook) groups(a *reportAsk, from time.Time) []reportGroup {
	b.mu.Lock()
	defer b.mu.Unlock()
	found := map[string]*reportGroup{}
	for k, s := range b.sums {
		if k.provider != a.provider || k.minute.Before(from) || !k.minute.Before(from.Add(a.width)) || !a.takes(k, s) {
			continue
		}
		by := a.group(k)
		g := found[strings.Join(by, "\n")]
		if g == nil {
			g = &reportGroup{by: by}
			found[strings.Join(by, "\n")] = g
		}
		g.sum.requests += s.requests
		addUsage(&g.sum.usage, s.usage, 1)
		g.sum.costUSD += s.costUSD
	}
	list := make([]reportGroup, 0, len(found))
	for _, name := range slices.Sorted(maps.Keys(found)) {
		list = append(list, *found[name])
	}
	return list
}

const cursorPrefix = "page_"

// cursor is where the next page begins, in a form that nobody reads.
func (*reportAsk) cursor(next time.Time) any {
	if next.IsZero() {
		return nil
	}
	return cursorPrefix + base64.URLEncoding.EncodeToString([]byte(strconv.FormatInt(next.Unix(), 10)))
}

// turn moves the question to the page of a cursor.
func (a *reportAsk) turn(cursor string) bool {
	if cursor == "" {
		return true
	}
	raw, err := base64.URLEncoding.DecodeString(strings.TrimPrefix(cursor, cursorPrefix))
	seconds, err2 := strconv.ParseInt(string(raw), 10, 64)
	at := time.Unix(seconds, 0).UTC()
	if err != nil || err2 != nil || !strings.HasPrefix(cursor, cursorPrefix) || at.Before(a.from.Truncate(a.width)) {
		return false
	}
	a.from = at
	return true
}

// widthRow is a width of buckets and how many of them a page may hold.
type widthRow struct {
	name      string
	width     time.Duration
	usual     int
	most      int
	costsMost int // of a cost report; 0 = it has none of this width
}

func reportWidths() []widthRow {
	return []widthRow{
		{"1m", time.Minute, 60, 1440, 0},
		{"1h", time.Hour, 24, 168, 0},
		{"1d", 24 * time.Hour, 7, 31, 180},
	}
}

func reportWidth(name string) (widthRow, bool) {
	list := reportWidths()
	i := slices.IndexFunc(list, func(r widthRow) bool { return r.name == cmp.Or(name, "1d") })
	if i < 0 {
		return widthRow{}, false
	}
	return list[i], true
}

// listed returns the values of a list in a query, in the forms in which the SDKs
// write one.
func listed(q url.Values, name string) []string {
	return append(q[name][:len(q[name]):len(q[name])], q[name+"[]"]...)
}

// among reports whether a value is wanted; no list wants all.
func among(list []string, value string) bool { return len(list) == 0 || slices.Contains(list, value) }

// unknownName returns a name of a query that none of the known ones is.
func unknownName(q url.Values, known ...string) string {
	for _, name := range slices.Sorted(maps.Keys(q)) {
		if !slices.Contains(known, strings.TrimSuffix(name, "[]")) {
			return name
		}
	}
	return ""
}
