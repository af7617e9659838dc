package admin

import (
	"math"
	"net/textproto"
	"net/url"
	"slices"
	"strings"

	"github.com/aihub/aihub/backend/core"
)

// maxPriceMultiplier is far above any reseller's margin: beyond it a decimal
// point went missing.
const maxPriceMultiplier = 1000

// apply checks the present fields and writes them to c. c is left in an
// unspecified state when it fails.
func (in *ChannelInput) apply(c *core.Channel) error {
	return firstError(
		func() error { return applyName(&c.Name, in.Name) },
		func() error { return in.applyProvider(c) },
		func() error { return applyBaseURL(&c.BaseURL, in.BaseURL) },
		func() error { return in.applyAPI(c) },
		func() error { return in.applyModels(c) },
		func() error { return in.applyAliases(c) },
		func() error { return applyInt(&c.Priority, in.Priority, "priority", -maxInt, maxInt) },
		func() error { return applyInt(&c.Weight, in.Weight, "weight", 1, maxInt) },
		func() error { return in.applyPolicy(c) },
		func() error { return in.applyHeaders(c) },
		func() error { return applyProxy(&c.ProxyURL, in.ProxyURL) },
		func() error { return in.applyPriceMultiplier(c) },
		func() error { set(&c.Enabled, in.Enabled); return nil },
	)
}

func (in *ChannelInput) applyProvider(c *core.Channel) error {
	set(&c.Provider, in.Provider)
	if c.Provider == "" {
		return core.Invalid("provider", "say which provider the channel is for: %s", quoted(core.Providers()))
	}
	return oneOf("provider", c.Provider, core.Providers())
}

func (in *ChannelInput) applyAPI(c *core.Channel) error {
	set(&c.API, in.API)
	if err := oneOf("api", c.API, []core.API{core.APIAuto, core.APIChat, core.APIResponses}); err != nil {
		return err
	}
	if c.Provider != core.ProviderOpenAI && c.API != core.APIAuto {
		return core.Invalid("api", "only an openai channel has a choice of formats; leave it at %q", core.APIAuto)
	}
	return nil
}

func (in *ChannelInput) applyModels(c *core.Channel) error {
	if err := applyList(&c.Models, in.Models, "models", checkModel); err != nil {
		return err
	}
	if len(c.Models) == 0 {
		c.Models = []string{"*"}
	}
	return nil
}

func (in *ChannelInput) applyAliases(c *core.Channel) error {
	if in.Aliases == nil {
		return nil
	}
	if len(in.Aliases) > maxList {
		return core.Invalid("aliases", "aliases has more than %d entries", maxList)
	}
	aliases := make(map[string]string, len(in.Aliases))
	for name, upstream := range in.Aliases {
		name, upstream = strings.TrimSpace(name), strings.TrimSpace(upstream)
		if !plainName(name) || !plainName(upstream) {
			return core.Invalid("aliases", "an alias is a pair of model names without spaces, such as \"gpt-4\": \"gpt-4o\"; %q: %q is not", name, upstream)
		}
		aliases[name] = upstream
	}
	c.Aliases = aliases
	return nil
}

func (in *ChannelInput) applyPolicy(c *core.Channel) error {
	set(&c.Policy, in.Policy)
	return oneOf("policy", c.Policy, []core.Policy{
		core.PolicyWeighted, core.PolicyLeastBusy, core.PolicyFillFirst, core.PolicyQuotaAware,
	})
}

func (in *ChannelInput) applyPriceMultiplier(c *core.Channel) error {
	set(&c.PriceMultiplier, in.PriceMultiplier)
	if math.IsNaN(c.PriceMultiplier) || c.PriceMultiplier < 0 || c.PriceMultiplier > maxPriceMultiplier {
		return core.Invalid("price_multiplier", "the price multiplier is a number from 0 to %d", maxPriceMultiplier)
	}
	return nil
}

// hopByHop are the headers that belong to one connection or that the client
// sets itself: setting them breaks the request or smuggles another one.
func hopByHop() []string {
	return []string{
		"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Te",
		"Trailer", "Transfer-Encoding", "Upgrade", "Host", "Content-Length", "Content-Encoding", "Content-Type", "Expect",
	}
}

func (in *ChannelInput) applyHeaders(c *core.Channel) error {
	if in.Headers == nil {
		return nil
	}
	headers, seen := make(map[string]string, len(in.Headers)), map[string]bool{}
	for name, value := range in.Headers {
		canonical := textproto.CanonicalMIMEHeaderKey(name)
		if err := checkHeader(name, canonical, value); err != nil {
			return err
		}
		if seen[canonical] {
			return core.Invalid("headers", "the header %q is given twice", canonical)
		}
		seen[canonical] = true
		if value == masked {
			old, known := c.Headers[name]
			if !known {
				return core.Invalid("headers", "%q stands for a value that is kept, but there is none of %q yet; write the value", masked, name)
			}
			value = old
		}
		headers[name] = value
	}
	c.Headers = headers
	return nil
}

func checkHeader(name, canonical, value string) error {
	switch {
	case name == "" || strings.ContainsFunc(name, func(r rune) bool { return !tokenRune(r) }):
		return core.Invalid("headers", "%q is not a header name; use letters, digits and hyphens", name)
	case slices.Contains(hopByHop(), canonical):
		return core.Invalid("headers", "the header %q is set by AiHub itself; remove it", name)
	case len(value) > 8192:
		return core.Invalid("headers", "the value of %q is longer than 8192 bytes", name)
	case strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }):
		return core.Invalid("headers", "the value of %q holds a line break or another control character; remove it", name)
	}
	return nil
}

// tokenRune reports whether r may stand in a header name (RFC 9110, 5.6.2).
func tokenRune(r rune) bool {
	return r > ' ' && r < 0x7f && !strings.ContainsRune("\"(),/:;<=>?@[\\]{}", r)
}

func applyBaseURL(dst, in *string) error {
	if in == nil {
		return nil
	}
	raw := strings.TrimSpace(*in)
	if raw == "" {
		*dst = ""
		return nil
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || badPort(u):
		return core.Invalid("base_url", "the base URL is an address that begins with http:// or https://, such as https://api.openai.com/v1")
	case u.User != nil:
		return core.Invalid("base_url", "take the user name and password out of the base URL; credentials belong to an account, or into a header of the channel")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return core.Invalid("base_url", "take everything from \"?\" or \"#\" on out of the base URL")
	}
	*dst = raw
	return nil
}
