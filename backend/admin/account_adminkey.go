package admin

import (
	"strings"

	"github.com/aihub/aihub/backend/core"
)

// applyAdminKey puts the admin key beside the credential: it replaces the one
// that is there, and an empty one removes it.
func (in *AccountInput) applyAdminKey(p core.Provider, a *core.Account) error {
	if in.AdminKey == nil {
		return nil
	}
	key := strings.TrimSpace(*in.AdminKey)
	if err := firstError(
		func() error { return checkSecret("admin_key", "admin_key", key) },
		func() error { return checkAdminKey("admin_key", p, key) },
	); err != nil {
		return err
	}
	a.Credential.AdminKey = key
	return nil
}

// adminKeys is how a provider's admin keys begin; "" where it has none.
func adminKeys(p core.Provider) string {
	switch p {
	case core.ProviderOpenAI:
		return "sk-admin-"
	case core.ProviderAnthropic:
		return "sk-ant-admin"
	}
	return ""
}

// checkAdminKey refuses a key that the provider has no reports for, and one that
// is recognisably a key for requests.
func checkAdminKey(field string, p core.Provider, key string) error {
	begins := adminKeys(p)
	switch {
	case key == "":
		return nil
	case begins == "":
		return core.Invalid(field, "%s has no usage reports that are read with an admin key; remove admin_key", p)
	case strings.HasPrefix(key, "sk-") && !strings.HasPrefix(key, begins):
		return core.Invalid(field, "this is an ordinary API key; an admin key of %s begins with %s and is made in the settings of the organisation", p, begins)
	}
	return nil
}

// refuseAdminKey keeps an admin key from where requests are sent with it: the
// provider would refuse them all.
func refuseAdminKey(p core.Provider, key string) error {
	if begins := adminKeys(p); begins != "" && strings.HasPrefix(key, begins) {
		return core.Invalid("credential.api_key", "this is an admin key, with which no request can be sent; enter it as admin_key beside an ordinary API key")
	}
	return nil
}
