// Package simulator answers for the providers' services on loopback: OpenAI,
// Anthropic, Gemini and AWS Kiro on one host, with believable answers, streams,
// usage, refusals and, on demand, faults. It is what `aihub simulate` and `aihub demo`
// run, and the double of services that a test cannot reach. It stands where an
// upstream stands: at the far end of a request's way.
//
// The base URLs are those of the providers' SDKs: http://HOST/v1 for OpenAI,
// http://HOST for Anthropic and for Gemini. `GET /v1/models` answers in the
// shape that the request's headers ask for. That of Kiro is http://HOST/kiro.
//
// # Kiro
//
// Behind the base stand the hosts of the real service:
//
//	/runtime      GenerateAssistantResponse: by target on "/", and its REST twin
//	/management   ListAvailableModels, ListAvailableProfiles, GetUsageLimits:
//	              by target on "/", and their REST twins, new and old
//	/q            the old host of both
//	/oidc         AWS SSO OIDC: /client/register, /device_authorization, /token
//	/auth         Kiro's own sign-in: /refreshToken, /oauth/device/...
//	/idp          an organisation's identity provider: /token
//	/device       the page where a person allows or denies a sign-in
//
// The base /kiro serves the accounts of all regions; /kiro/REGION, such as
// http://HOST/kiro/eu-central-1, serves that region as strictly as its hosts.
//
// Kiro knows only accounts that were seeded or signed in, and only tokens that
// it gave out. Tests and people arrange it by the methods of Simulator, or by
//
//	GET   /sim/kiro/accounts         who there is (list of KiroAccount)
//	POST  /sim/kiro/accounts         add a KiroAccount; answers with its credential
//	PATCH /sim/kiro/accounts/{id}    change fields: suspended, used, rotation, ...
//	POST  /sim/kiro/accounts/{id}/expire/{access|refresh|client}
//	GET   /sim/kiro/tokens           what became of each refresh token (KiroToken)
//	GET   /sim/kiro/codes            sign-ins under way (list of KiroCode)
//	POST  /sim/kiro/codes/{code}     a KiroDecision: allow, deny or expire
//	GET   /sim/kiro/settings         KiroSettings; PUT changes them
//
// Where the real service says no more than "Improperly formed request.", the
// header X-Sim-Why says what was wrong. The text of a message that brings tool
// results is taken for a mere carrier when it is empty, "Continue" or "Tool
// results provided.".
//
// # Accounts
//
// Elsewhere any key that is not empty is an account of its own. Keys that begin with
// "sk-invalid" or "sk-revoked" are refused as such. Signatures of reasoning
// are valid for the account that got them only.
//
// # Reports
//
// OpenAI's /v1/organization/usage/completions and /v1/organization/costs and
// Anthropic's /v1/organizations/usage_report/messages and .../cost_report report
// what was served to all keys of the provider, by the clock of the simulator and
// at list prices. They are for keys that begin with "sk-admin-" or
// "sk-ant-admin", which serve for nothing else.
//
// # Answers
//
// An answer follows from the seed and the conversation alone: the same
// question gets the same answer. A tool is called when tool_choice forces it
// or when the last text of the user names it; with "two", "both", "twice" or
// "parallel" in that text it is called twice. After tool results the answer
// quotes them. Directives inside the last text of the user order more:
//
//	[sim:tool=NAME]              call this tool with invented arguments
//	[sim:tool=NAME args={...}]   call it with these; several make parallel calls
//	[sim:tool=NAME args="..."]   call it with exactly this text, be it JSON or
//	                             not; the way to give input to a custom tool
//	[sim:next]                   the calls behind it come at the next step,
//	                             after the results of those before it
//	[sim:text=...]               answer with exactly this text (up to "]")
//	[sim:echo]                   answer with the user's text
//	[sim:tokens=N]               answer with N tokens, streamed one by one
//	[sim:reason]                 think, and show it, even if not asked to
//	[sim:redacted]               think, in a form that nobody can read
//	[sim:refuse]                 refuse as the provider's models do
//	[sim:block]                  Gemini: block the prompt; others: as refuse
//	[sim:empty]                  answer with nothing at all
//	[sim:delay=MS]               wait so long before each streamed piece
//	[sim:status=N]               refuse with this HTTP status
//	[sim:lenient]                let unknown request fields pass
//
// # Refusals
//
// What the real services refuse is refused with their status and body. Unknown
// request fields are among it; fields that begin with "x_", those named in
// Options.AllowFields, and with Options.Lenient all, pass.
//
// # Faults, counts, recorded requests
//
// Faults are set by Simulator.AddFault or POST /sim/faults, see Fault. Counts
// are read by Simulator.Stats or GET /sim/stats, the last requests with their
// bytes by Simulator.Requests or GET /sim/requests. POST /sim/reset forgets
// everything.
package simulator
