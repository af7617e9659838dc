package importer

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// field is a value that an account may have, whatever its file calls it.
type field string

// The fields.
const (
	fName       field = "name"
	fNickname   field = "nickname"
	fEmail      field = "email"
	fRemark     field = "remark"
	fKey        field = "key"
	fAdminKey   field = "admin key"
	fSecret     field = "secret" // a key or a token: its look tells
	fRefresh    field = "refresh"
	fAccess     field = "access"
	fClient     field = "client id"
	fClientSec  field = "client secret"
	fClientHash field = "client hash"
	fClientEnds field = "client ends"
	fRegion     field = "region"
	fAuthRegion field = "auth region"
	fAPIRegion  field = "api region"
	fStartURL   field = "start url"
	fProfile    field = "profile"
	fExpires    field = "expires"
	fMethod     field = "method"
	fIDP        field = "idp"
	fType       field = "type"
	fBaseURL    field = "base url"
	fProxy      field = "proxy"
	fProxyUser  field = "proxy user"
	fProxyPass  field = "proxy password"
	fEnabled    field = "enabled"
	fDisabled   field = "disabled"
	fStatus     field = "status"
	fEndpoint   field = "token endpoint"
	fIssuer     field = "issuer"
	fScopes     field = "scopes"
	fAudience   field = "audience"
	fIgnored    field = "ignored" // known, and of no use
)

// spellings lists the names of each field: those of the account managers, in
// any case and with or without "_", "-" and spaces.
func spellings() map[field]string {
	return map[field]string{
		fName:       "name label title accountname channelname 名称 账号名称 帐号名称",
		fNickname:   "nickname displayname 昵称",
		fEmail:      "email mail account username user clientemail 邮箱 账号 帐号 账户",
		fRemark:     "remark note notes comment description memo 备注 说明",
		fKey:        "key apikey kiroapikey api_key 密钥 api密钥 apikey密钥 秘钥",
		fAdminKey:   "adminkey adminapikey 管理密钥",
		fSecret:     "token secret credentialvalue 令牌",
		fRefresh:    "refreshtoken refresh rt 刷新令牌 刷新token",
		fAccess:     "accesstoken access at 访问令牌",
		fClient:     "clientid 客户端id",
		fClientSec:  "clientsecret 客户端密钥 客户端secret",
		fClientHash: "clientidhash",
		fClientEnds: "clientsecretexpiresat registrationexpiresat",
		fRegion:     "region awsregion kiroregion 区域 地区",
		fAuthRegion: "authregion idcregion ssoregion oidcregion",
		fAPIRegion:  "apiregion kiroapiregion",
		fStartURL:   "starturl ssostarturl",
		fProfile:    "profilearn arn",
		fExpires:    "expiresat expired expiry expires expiration expiretime expirydate 过期时间",
		fMethod:     "authmethod auth authtype logintype loginmethod 登录方式 登录类型 认证方式",
		fIDP:        "idp provider identityprovider loginprovider socialprovider 登录提供商 提供商 服务商 供应商",
		fType:       "type 类型",
		fBaseURL:    "baseurl apibase apibaseurl baseuri apiurl 接口地址 代理地址 渠道地址",
		fProxy:      "proxyurl proxy 代理",
		fProxyUser:  "proxyusername",
		fProxyPass:  "proxypassword",
		fEnabled:    "enabled isenabled enable 启用",
		fDisabled:   "disabled isdisabled disable 禁用",
		fStatus:     "status state 状态",
		fEndpoint:   "tokenendpoint tokenurl",
		fIssuer:     "issuerurl issuer",
		fScopes:     "scopes scope",
		fAudience:   "audience",
		fIgnored:    "password 密码 machineid userid id uuid csrftoken sessiontoken idtoken lastrefresh tags group groupid 分组 weight priority models",
	}
}

// fieldNames inverts spellings.
func fieldNames() map[string]field {
	out := map[string]field{}
	for f, names := range spellings() {
		for name := range strings.FieldsSeq(names) {
			out[plain(name)] = f
		}
	}
	return out
}

// plain is a name without what its spellings differ in.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// record is one account as its file words it.
type record map[field]string

// first returns the first of the fields that is there.
func (r record) first(fields ...field) string {
	for _, f := range fields {
		if v := r[f]; v != "" {
			return v
		}
	}
	return ""
}

// secretive reports whether the record holds anything to sign in with.
func (r record) secretive() bool { return r.first(fKey, fSecret, fRefresh, fAccess) != "" }

// name is what a person calls the account.
func (r record) name() string { return clipName(r.first(fName, fNickname, fEmail, fRemark)) }

const maxName = 200 // characters, as for the name of an account

// clipName keeps a name to what an account may be called: a note of a page is
// none.
func clipName(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.TrimSpace(s))
	if runes := []rune(s); len(runes) > maxName {
		return strings.TrimSpace(string(runes[:maxName-1])) + "…"
	}
	return s
}

// enabled says whether the record switches the account off or on; nil when it
// does not say.
func (r record) enabled() *bool {
	if on, err := strconv.ParseBool(strings.ToLower(r[fEnabled])); err == nil {
		return &on
	}
	if off, err := strconv.ParseBool(strings.ToLower(r[fDisabled])); err == nil {
		on := !off
		return &on
	}
	return nil
}

// readTime reads a time in any of the ways that account managers write one:
// RFC 3339 with any number of fractional digits and with or without a zone, or
// a number of seconds or (above 1e11) milliseconds since 1970. What is none of
// these is the zero time: an access token is refreshed when its end is unknown.
func readTime(s string) time.Time {
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		if n > 1e11 {
			n /= 1000
		}
		if math.IsNaN(n) || n <= 0 || n > 1e11 {
			return time.Time{}
		}
		return time.UnixMilli(int64(n * 1000)).UTC()
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006/01/02 15:04:05", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
