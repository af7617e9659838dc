package simulator

import (
	"bytes"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// read parses the body, lets the early faults happen and checks the shape.
func (x *exchange) read(p core.Provider, r *rule) (gjson.Result, error) {
	body, err := x.parse()
	if err != nil {
		return body, err
	}
	if err := x.admit(p, body.Get("model").String()); err != nil {
		return body, err
	}
	return body, x.conform(r, body, exactly)
}

// parse returns the body as a JSON object.
func (x *exchange) parse() (gjson.Result, error) {
	if !gjson.ValidBytes(x.body) {
		return gjson.Result{}, x.dialect.malformed(x.body)
	}
	body := gjson.ParseBytes(x.body)
	if !body.IsObject() {
		return body, x.dialect.malformed(x.body)
	}
	return body, nil
}

// conform checks the shape of a body.
func (x *exchange) conform(r *rule, body gjson.Result, same func(key, name string) bool) error {
	lenient := x.sim.options.Lenient || bytes.Contains(x.body, []byte("[sim:lenient]"))
	c := checker{same: same, tags: x.dialect.protocol() == llm.Anthropic, pass: func(name string) bool {
		return lenient || strings.HasPrefix(name, "x_") || slices.Contains(x.sim.options.AllowFields, name)
	}}
	if v := c.check(r, body, nil); v != nil {
		return x.dialect.violated(v)
	}
	return nil
}

func exactly(key, name string) bool { return key == name }

// beginCached begins an answer whose prompt goes through the provider's
// automatic cache, which reads in steps of so many tokens.
func (x *exchange) beginCached(a *ask, output, reasoned, step int) {
	read := x.sim.cache.automatic(a, x.account.id, x.now(), x.sim.options.CacheTokens, min(step, x.sim.options.CacheTokens))
	in := a.input()
	x.begin((&answer{output: output, reasoned: reasoned}).usage(in, min(read, in), 0))
}
