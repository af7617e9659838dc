export namespace admin {
	
	export interface Account {
	    id: string;
	    channel_id: string;
	    name: string;
	    credential_hint: string;
	    priority: number;
	    weight: number;
	    max_concurrency: number;
	    rpm: number;
	    proxy_url: string;
	    models: string[];
	    tags: string[];
	    enabled: boolean;
	    state: string;
	    state_reason: string;
	    // Go type: time
	    state_until?: any;
	    cooldowns: core.Cooldown[];
	    in_flight: number;
	    // Go type: time
	    last_used_at?: any;
	    last_error: string;
	    usage?: core.AccountUsage;
	    // Go type: time
	    created_at: any;
	    // Go type: time
	    updated_at: any;
	}
	export interface AccountInput {
	    name?: string;
	    credential?: core.Credential;
	    priority?: number;
	    weight?: number;
	    max_concurrency?: number;
	    rpm?: number;
	    proxy_url?: string;
	    models?: string[];
	    tags?: string[];
	    enabled?: boolean;
	}
	export interface AccountList {
	    items: Account[];
	    next_cursor?: string;
	}
	export interface AccountTest {
	    ok: boolean;
	    latency_ms: number;
	    model: string;
	    error?: string;
	    id: string;
	    channel_id: string;
	    name: string;
	    credential_hint: string;
	    priority: number;
	    weight: number;
	    max_concurrency: number;
	    rpm: number;
	    proxy_url: string;
	    models: string[];
	    tags: string[];
	    enabled: boolean;
	    state: string;
	    state_reason: string;
	    // Go type: time
	    state_until?: any;
	    cooldowns: core.Cooldown[];
	    in_flight: number;
	    // Go type: time
	    last_used_at?: any;
	    last_error: string;
	    usage?: core.AccountUsage;
	    // Go type: time
	    created_at: any;
	    // Go type: time
	    updated_at: any;
	}
	export interface Channel {
	    id: string;
	    name: string;
	    provider: string;
	    base_url: string;
	    api: string;
	    models: string[];
	    aliases: Record<string, string>;
	    priority: number;
	    weight: number;
	    policy: string;
	    headers: Record<string, string>;
	    proxy_url: string;
	    price_multiplier: number;
	    enabled: boolean;
	    // Go type: time
	    created_at: any;
	    // Go type: time
	    updated_at: any;
	    accounts: number;
	}
	export interface ChannelInput {
	    name?: string;
	    provider?: string;
	    base_url?: string;
	    api?: string;
	    models?: string[];
	    aliases?: Record<string, string>;
	    priority?: number;
	    weight?: number;
	    policy?: string;
	    headers?: Record<string, string>;
	    proxy_url?: string;
	    price_multiplier?: number;
	    enabled?: boolean;
	}
	export interface ChannelList {
	    items: Channel[];
	    next_cursor?: string;
	}
	export interface ImportFile {
	    name: string;
	    content: string;
	}
	export interface ImportRequest {
	    content?: string;
	    files?: ImportFile[];
	    dry_run?: boolean;
	}
	export interface ImportRow {
	    file?: string;
	    line: number;
	    kind: string;
	    name: string;
	    valid: boolean;
	    duplicate_of?: string;
	    problem?: string;
	}
	export interface ImportResult {
	    rows: ImportRow[];
	    created: number;
	    skipped: number;
	    failed: number;
	}
	
	export interface Key {
	    id: string;
	    name: string;
	    prefix: string;
	    // Go type: time
	    created_at: any;
	    // Go type: time
	    last_used_at?: any;
	}
	export interface KeyInput {
	    name?: string;
	}
	export interface LogList {
	    items: core.Record[];
	    next_cursor?: string;
	}
	export interface LogsRequest {
	    limit?: number;
	    cursor?: string;
	    user?: string;
	    account?: string;
	    channel?: string;
	    model?: string;
	    outcome?: string;
	    // Go type: time
	    since: any;
	    // Go type: time
	    until: any;
	}
	export interface NewKey {
	    id: string;
	    name: string;
	    prefix: string;
	    // Go type: time
	    created_at: any;
	    // Go type: time
	    last_used_at?: any;
	    key: string;
	}
	export interface NewUser {
	    id: string;
	    name: string;
	    enabled: boolean;
	    // Go type: core
	    quota: any;
	    rpm: number;
	    tpm: number;
	    concurrency: number;
	    models: string[];
	    allowed_ips: string[];
	    // Go type: time
	    expires_at?: any;
	    // Go type: time
	    created_at: any;
	    // Go type: time
	    updated_at: any;
	    used: core.Used;
	    keys: Key[];
	    key: string;
	}
	export interface OptionalTime {
	    Set: boolean;
	    // Go type: time
	    Time?: any;
	}
	export interface QuotaInput {
	    period?: string;
	    tokens?: number;
	    requests?: number;
	    cost_usd?: number;
	}
	export interface SettingsInput {
	    port?: number;
	    max_body_mb?: number;
	    log_days?: number;
	    first_byte_timeout_s?: number;
	    allowed_hosts?: string[];
	    allowed_origins?: string[];
	    gateway_autostart?: boolean;
	    close_to_tray?: boolean;
	}
	export interface Share {
	    id: string;
	    name: string;
	    requests: number;
	    errors: number;
	    input_tokens: number;
	    cache_read_tokens: number;
	    cache_write_tokens: number;
	    output_tokens: number;
	    reasoning_tokens: number;
	    cost_usd: number;
	}
	export interface TrendPoint {
	    // Go type: time
	    time: any;
	    requests: number;
	    errors: number;
	    input_tokens: number;
	    cache_read_tokens: number;
	    cache_write_tokens: number;
	    output_tokens: number;
	    reasoning_tokens: number;
	    cost_usd: number;
	}
	export interface Stats {
	    totals: core.Counts;
	    trend: TrendPoint[];
	    top_users: Share[];
	    models: Share[];
	    channels: Share[];
	    accounts: Share[];
	}
	export interface StatsRequest {
	    days?: number;
	    user?: string;
	    model?: string;
	    channel?: string;
	}
	
	export interface User {
	    id: string;
	    name: string;
	    enabled: boolean;
	    // Go type: core
	    quota: any;
	    rpm: number;
	    tpm: number;
	    concurrency: number;
	    models: string[];
	    allowed_ips: string[];
	    // Go type: time
	    expires_at?: any;
	    // Go type: time
	    created_at: any;
	    // Go type: time
	    updated_at: any;
	    used: core.Used;
	    keys: Key[];
	}
	export interface UserInput {
	    name?: string;
	    enabled?: boolean;
	    quota?: QuotaInput;
	    rpm?: number;
	    tpm?: number;
	    concurrency?: number;
	    models?: string[];
	    allowed_ips?: string[];
	    expires_at: OptionalTime;
	}
	export interface UserList {
	    items: User[];
	    next_cursor?: string;
	}

}

export namespace core {
	
	export interface Overage {
	    enabled: boolean;
	    used: number;
	    limit: number;
	    cost_usd: number;
	}
	export interface UsagePart {
	    name: string;
	    used: number;
	    limit: number;
	    // Go type: time
	    expires_at?: any;
	}
	export interface AccountUsage {
	    unit: string;
	    plan?: string;
	    used: number;
	    limit: number;
	    remaining: number;
	    // Go type: time
	    resets_at?: any;
	    // Go type: time
	    fetched_at: any;
	    parts: UsagePart[];
	    overage?: Overage;
	    spent_since?: number;
	    error?: string;
	}
	export interface Attempt {
	    channel_id: string;
	    account_id: string;
	    status: number;
	    reason: string;
	    // Go type: time
	    started_at: any;
	    duration_ms: number;
	    refresh_ms?: number;
	    connect_ms?: number;
	    first_byte_ms?: number;
	    content_ms?: number;
	}
	export interface Counts {
	    requests: number;
	    errors: number;
	    input_tokens: number;
	    cache_read_tokens: number;
	    cache_write_tokens: number;
	    output_tokens: number;
	    reasoning_tokens: number;
	    cost_usd: number;
	}
	export interface Credential {
	    api_key?: string;
	    refresh_token?: string;
	    access_token?: string;
	    client_id?: string;
	    client_secret?: string;
	    auth_method?: string;
	    region?: string;
	    start_url?: string;
	    profile_arn?: string;
	    // Go type: time
	    expires_at: any;
	}
	export interface GatewayStatus {
	    running: boolean;
	    url: string;
	    host: string;
	    port: number;
	    error: string;
	    // Go type: time
	    started_at?: any;
	    in_flight: number;
	    version: string;
	}
	
	export interface Record {
	    id: string;
	    // Go type: time
	    time: any;
	    user_id: string;
	    user_name: string;
	    key_id: string;
	    client_protocol: string;
	    upstream_protocol: string;
	    requested_model: string;
	    upstream_model: string;
	    stream: boolean;
	    channel_id: string;
	    channel_name: string;
	    account_id: string;
	    account_name: string;
	    status: number;
	    outcome: string;
	    error: string;
	    attempts: Attempt[];
	    usage: llm.Usage;
	    cost_usd?: number;
	    queue_ms: number;
	    first_byte_ms: number;
	    duration_ms: number;
	    request_bytes: number;
	    response_bytes: number;
	    user_agent: string;
	    client_ip: string;
	    dropped: string[];
	}
	export interface Settings {
	    port: number;
	    max_body_mb: number;
	    log_days: number;
	    first_byte_timeout_s: number;
	    allowed_hosts: string[];
	    allowed_origins: string[];
	    gateway_autostart: boolean;
	    close_to_tray: boolean;
	}
	export interface TestResult {
	    ok: boolean;
	    latency_ms: number;
	    model: string;
	    error?: string;
	}
	
	export interface Used {
	    tokens: number;
	    requests: number;
	    cost_usd: number;
	    // Go type: time
	    resets_at?: any;
	}

}

export namespace llm {
	
	export interface Usage {
	    input_tokens: number;
	    cache_read_tokens: number;
	    cache_write_tokens: number;
	    output_tokens: number;
	    reasoning_tokens: number;
	    cache_write_1h_tokens?: number;
	    credits?: number;
	    source?: string;
	}

}

