package limits

import (
	"bytes"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// reading is an answer with what the rows ask about already found.
type reading struct {
	*Answer
	body   gjson.Result
	family llm.Protocol
	status int      // of an error inside a stream: that of its kind
	codes  []string // in lower case
	text   string   // everything that is said, in lower case
	quotas []string // names of exceeded quotas, in lower case
	html   bool
	lost   loss
}

// maxText bounds how much of a body that is no JSON is searched.
const maxText = 8 << 10

func read(a *Answer) *reading {
	r := &reading{Answer: a, family: a.Protocol, lost: lossOf(a)}
	if r.family == llm.Responses {
		r.family = llm.OpenAI
	}
	r.body = document(a.Body)
	r.readCodes(r.body)
	r.readOwn()
	r.readText()
	r.readStatus()
	return r
}

// document is the JSON of a body; a Gemini stream without alt=sse wraps its
// error in an array.
func document(body []byte) gjson.Result {
	body = bytes.TrimSpace(body)
	if !gjson.ValidBytes(body) {
		return gjson.Result{}
	}
	v := gjson.ParseBytes(body)
	if v.IsArray() {
		return v.Get("0")
	}
	return v
}

// codePaths are where services put what a program is to know.
var codePaths = []string{
	"error.type", "error.code", "error.status", "error.reason", "error.error_type", "error.innererror.code", "error.metadata.error_type",
	"error.details.#.reason", "error.details.error_code", "type", "code", "reason", "status", "__type", "error_code", "errorCode", "detail.code", "detail.type",
	"errors.0.code", "errors.0.reason", "error.errors.0.reason", "error.metadata.limit_source", "cause.reason", "cause.name",
}

func (r *reading) readCodes(body gjson.Result) {
	for _, path := range codePaths {
		for _, v := range flat(body.Get(path)) {
			r.addCode(v.String())
		}
	}
	for _, detail := range flat(body.Get("error.details")) {
		r.addQuota(detail.Get("metadata.quota_limit"))
		for _, v := range flat(detail.Get("violations")) {
			r.addQuota(v.Get("quotaId"))
			r.addQuota(v.Get("quotaMetric"))
		}
	}
}

func (r *reading) addQuota(name gjson.Result) {
	if name.Str != "" {
		r.quotas = append(r.quotas, strings.ToLower(name.Str))
	}
}

// readOwn finds the codes that stand outside the body.
func (r *reading) readOwn() {
	if name, _, _ := strings.Cut(r.Header.Get("X-Amzn-Errortype"), ":"); name != "" {
		r.addCode(name)
	}
	if r.Err == nil {
		return
	}
	r.addCode(r.Err.Code)
	if r.InStream {
		r.addCode(kindCodes[r.Err.Kind])
		r.addCode(bracketed(r.Err.Message))
		if r.family == llm.Gemini && r.Err.Kind == llm.RateLimited {
			r.addCode("RESOURCE_EXHAUSTED")
		}
	}
}

// bracketed is the reason that the codec of Kiro leaves at a message's end.
func bracketed(message string) string {
	if i := strings.LastIndexByte(message, '('); i >= 0 && strings.HasSuffix(message, ")") {
		return message[i+1 : len(message)-1]
	}
	return ""
}

// kindCodes give back to an error inside a stream, of which only the kind is
// left, a code that stands for it.
var kindCodes = map[llm.ErrorKind]string{
	llm.Overloaded: "overloaded_error", llm.RateLimited: "rate_limit_error", llm.Unauthorized: "authentication_error",
	llm.Billing: "billing_error", llm.NotFound: "not_found_error",
}

// addCode keeps a code. What Amazon puts before "#" is the name of the service.
func (r *reading) addCode(code string) {
	if i := strings.LastIndexByte(code, '#'); i >= 0 {
		code = code[i+1:]
	}
	if code != "" {
		r.codes = append(r.codes, strings.ToLower(code))
	}
}

// flat is a value as a list, nested lists opened.
func flat(v gjson.Result) []gjson.Result {
	if !v.IsArray() {
		if !v.Exists() || v.Type == gjson.Null {
			return nil
		}
		return []gjson.Result{v}
	}
	var out []gjson.Result
	for _, item := range v.Array() {
		out = append(out, flat(item)...)
	}
	return out
}

// textPaths are where services put what a person is to read.
var textPaths = []string{
	"error.message", "error.metadata.raw", "error.innererror.message", "message", "Message", "msg", "detail", "detail.message", "detail.#.msg",
	"error_description", "errors.0.message", "error.error", "title",
}

func (r *reading) readText() {
	var b strings.Builder
	for _, path := range textPaths {
		for _, v := range flat(r.body.Get(path)) {
			if v.Type == gjson.String {
				r.addText(&b, v.Str)
			}
		}
	}
	if v := r.body.Get("error"); v.Type == gjson.String {
		b.WriteString(v.Str)
	}
	if b.Len() == 0 && !r.body.IsObject() {
		b.Write(r.Body[:min(len(r.Body), maxText)])
	}
	if r.Err != nil && (b.Len() == 0 || r.InStream) {
		b.WriteString(r.Err.Message)
	}
	r.text = strings.ToLower(b.String())
	head := r.text[:min(len(r.text), 512)]
	r.html = !r.body.Exists() && (strings.Contains(head, "<html") || strings.Contains(head, "<!doctype"))
}

// addText adds a text. One that is JSON itself is the error of another service,
// handed on by one that stands in front of it.
func (r *reading) addText(b *strings.Builder, text string) {
	b.WriteString(text)
	b.WriteByte('\n')
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		inner := document([]byte(text))
		r.readCodes(inner)
		b.WriteString(inner.Get("error.message").String())
		b.WriteByte('\n')
	}
}

// readStatus finds the status of an error that came inside a stream: that which
// the service says it would have had, or that of its kind.
func (r *reading) readStatus() {
	r.status = r.Status
	if !r.InStream || r.Err == nil {
		return
	}
	r.status = 0
	if r.Err.Kind != llm.BadUpstream {
		r.status = protocol.OpenAIStatus(r.Err.Kind)
	}
}

func (r *reading) hasCode(code string) bool {
	for _, c := range r.codes {
		if c == code {
			return true
		}
	}
	return false
}

// says reports whether the pieces between the stars of words stand in the text,
// one behind the other.
func (r *reading) says(words string) bool {
	rest := r.text
	for piece := range strings.SplitSeq(words, "*") {
		i := strings.Index(rest, piece)
		if i < 0 {
			return false
		}
		rest = rest[i+len(piece):]
	}
	return true
}

func (r *reading) exceeds(quota string) bool {
	for _, q := range r.quotas {
		if strings.Contains(q, quota) {
			return true
		}
	}
	return false
}

// kind is what the codec has understood, or what the status says.
func (r *reading) kind() llm.ErrorKind {
	if r.Err != nil && r.Err.Kind != "" {
		return r.Err.Kind
	}
	return protocol.KindOfStatus(r.status)
}

// maxMessage bounds what a person is shown of a provider's words.
const maxMessage = 600

// worded is what an error means, with the provider's words behind it.
func (r *reading) worded(means string) string {
	said := ""
	if r.Err != nil {
		said = strings.TrimSpace(r.Err.Message)
	}
	if len(said) > maxMessage {
		said = strings.ToValidUTF8(said[:maxMessage], "") + "…"
	}
	if quotas := r.quotaWords(said); quotas != "" {
		means = strings.TrimPrefix(means+", "+quotas, ", ")
	}
	switch {
	case means == "":
		return said
	case said == "":
		return means
	}
	return means + ": " + said
}

// quotaWords names the quotas that Gemini's details tell and its message does not.
func (r *reading) quotaWords(said string) string {
	if r.family != llm.Gemini || len(r.quotas) == 0 {
		return ""
	}
	const most = 3
	var list []string
	for _, v := range violations(r.body) {
		metric := v.Get("quotaMetric").Str
		if len(list) < most && (metric == "" || !strings.Contains(said, metric)) && len(v.words()) < maxMessage/most {
			list = append(list, v.words())
		}
	}
	return strings.Join(list, "; ")
}

// link finds the address that a message sends a person to.
func (r *reading) link() string {
	said := r.body.Raw
	if r.Err != nil {
		said = r.Err.Message + " " + said
	}
	i := strings.Index(said, "https://")
	if i < 0 {
		return ""
	}
	address := said[i:]
	if end := strings.IndexAny(address, " \t\r\n\"'<>)]}\\"); end >= 0 {
		address = address[:end]
	}
	return strings.TrimRight(address, ".,;:!?")
}
