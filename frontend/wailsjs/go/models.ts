export namespace admin {
	
	export interface SignIn {
	    kind: string;
	    start_url?: string;
	    region?: string;
	}
	export interface Account {
	    id: string;
	    channel_id: string;
	    name: string;
	    credential_hint: string;
	    admin_key_hint?: string;
	    priority: number;
	    weight: number;
	    max_concurrency: number;
	    rpm: number;
	    daily_share: number;
	    active_hours?: core.Hours;
	    budget?: core.Quota;
	    proxy_url: string;
	    models: string[];
	    tags: string[];
	    enabled: boolean;
	    sign_in?: SignIn;
	    state: string;
	    state_reason: string;
	    // Go type: time
	    state_until?: any;
	    state_link?: string;
	    cooldowns: core.Cooldown[];
	    in_flight: number;
	    // Go type: time
	    last_used_at?: any;
	    last_error: string;
	    usage?: core.AccountUsage;
	    forecast?: core.Forecast;
	    forecast_gap?: string;
	    // Go type: time
	    created_at: any;
	    // Go type: time
	    updated_at: any;
	}
	export interface AccountInput {
	    name?: string;
	    credential?: core.Credential;
	    admin_key?: string;
	    priority?: number;
	    weight?: number;
	    max_concurrency?: number;
	    rpm?: number;
	    daily_share?: number;
	    active_hours?: core.Hours;
	    budget?: core.Quota;
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
	    admin_key_hint?: string;
	    priority: number;
	    weight: number;
	    max_concurrency: number;
	    rpm: number;
	    daily_share: number;
	    active_hours?: core.Hours;
	    budget?: core.Quota;
	    proxy_url: string;
	    models: string[];
	    tags: string[];
	    enabled: boolean;
	    sign_in?: SignIn;
	    state: string;
	    state_reason: string;
	    // Go type: time
	    state_until?: any;
	    state_link?: string;
	    cooldowns: core.Cooldown[];
	    in_flight: number;
	    // Go type: time
	    last_used_at?: any;
	    last_error: string;
	    usage?: core.AccountUsage;
	    forecast?: core.Forecast;
	    forecast_gap?: string;
	    // Go type: time
	    created_at: any;
	    // Go type: time
	    updated_at: any;
	}
	export interface BackupRequest {
	    passphrase: string;
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
	export interface ConfigAccount {
	    id: string;
	    channel_id: string;
	    name: string;
	    credential: core.Credential;
	    priority: number;
	    weight: number;
	    max_concurrency: number;
	    rpm: number;
	    daily_share: number;
	    active_hours?: core.Hours;
	    budget?: core.Quota;
	    proxy_url: string;
	    models: string[];
	    tags: string[];
	    enabled: boolean;
	    // Go type: time
	    created_at: any;
	    // Go type: time
	    updated_at: any;
	}
	export interface ConfigChange {
	    created: number;
	    updated: number;
	}
	export interface ConfigChannel {
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
	}
	export interface ConfigUser {
	    id: string;
	    name: string;
	    enabled: boolean;
	    quota: core.Quota;
	    rpm: number;
	    tpm: number;
	    concurrency: number;
	    models: string[];
	    allowed_ips: string[];
	    // Go type: time
	    expires_at?: any;
	    on_client_gone: core.ClientGone;
	    // Go type: time
	    created_at: any;
	    // Go type: time
	    updated_at: any;
	}
	export interface SettingsInput {
	    port?: number;
	    max_body_mb?: number;
	    log_days?: number;
	    log_mb?: number;
	    capture?: string;
	    capture_kb?: number;
	    first_byte_timeout_s?: number;
	    queue_wait_s?: number;
	    max_attempts?: number;
	    sticky_minutes?: number;
	    health_test_minutes?: number;
	    allowed_hosts?: string[];
	    allowed_origins?: string[];
	    gateway_autostart?: boolean;
	    close_to_tray?: boolean;
	    kiro_client_version?: string;
	    webhook_url?: string;
	    webhook_secret?: string;
	}
	export interface ConfigFile {
	    format: string;
	    version: number;
	    // Go type: time
	    exported_at: any;
	    settings?: SettingsInput;
	    channels: ConfigChannel[];
	    accounts: ConfigAccount[];
	    users: ConfigUser[];
	}
	export interface ConfigImport {
	    dry_run: boolean;
	    settings: boolean;
	    channels: ConfigChange;
	    accounts: ConfigChange;
	    users: ConfigChange;
	    warnings: string[];
	}
	
	export interface ExplainRequest {
	    model: string;
	    user?: string;
	    // Go type: time
	    at?: any;
	    protocol?: string;
	}
	export interface ExportRequest {
	    format: string;
	    user?: string;
	    account?: string;
	    channel?: string;
	    model?: string;
	    outcome?: string;
	    q?: string;
	    // Go type: time
	    since: any;
	    // Go type: time
	    until: any;
	}
	export interface ImportedAccount {
	    id: string;
	    channel_id: string;
	    name: string;
	    file?: string;
	    line: number;
	    verdict?: string;
	    error?: string;
	    latency_ms?: number;
	}
	export interface Import {
	    id: string;
	    // Go type: time
	    created_at: any;
	    state: string;
	    files: string[];
	    on_failure: string;
	    channels: string[];
	    total: number;
	    done: number;
	    ok: number;
	    failed: number;
	    accounts?: ImportedAccount[];
	    touched?: Record<string, time.Time>;
	}
	export interface ImportFile {
	    name: string;
	    content?: string;
	    data?: number[];
	}
	export interface ImportGroup {
	    provider: string;
	    base_url: string;
	    channel_id?: string;
	    channel: string;
	    new: boolean;
	    accounts: number;
	}
	export interface ImportList {
	    items: Import[];
	}
	export interface ImportTarget {
	    provider: string;
	    base_url?: string;
	    channel_id?: string;
	    name?: string;
	}
	export interface ImportRequest {
	    content?: string;
	    files?: ImportFile[];
	    sources?: string[];
	    dry_run?: boolean;
	    verify?: boolean;
	    on_failure?: string;
	    provider?: string;
	    targets?: ImportTarget[];
	}
	export interface ImportRow {
	    file?: string;
	    line: number;
	    kind: string;
	    name: string;
	    valid: boolean;
	    duplicate_of?: string;
	    problem?: string;
	    reason?: string;
	    detail?: string;
	    provider?: string;
	    method?: string;
	    channel?: string;
	}
	export interface ImportResult {
	    rows: ImportRow[];
	    created: number;
	    skipped: number;
	    failed: number;
	    groups?: ImportGroup[];
	    import_id?: string;
	}
	
	export interface ImportSource {
	    id: string;
	    kind: string;
	    path: string;
	    accounts: ImportRow[];
	    problem?: string;
	}
	export interface ImportSourceList {
	    items: ImportSource[];
	}
	
	export interface ImportUndo {
	    deleted: number;
	    kept: number;
	    gone: number;
	    channels: number;
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
	export interface Percentiles {
	    p50: number;
	    p90: number;
	    p99: number;
	}
	export interface Latency {
	    first_byte: Percentiles;
	    total: Percentiles;
	}
	export interface LogList {
	    items: core.Record[];
	    next_cursor?: string;
	}
	export interface LoginInput {
	    channel_id: string;
	    kind: string;
	    start_url?: string;
	    region?: string;
	    account_id?: string;
	}
	export interface LoginList {
	    items: core.Login[];
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
	    q?: string;
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
	    quota: core.Quota;
	    rpm: number;
	    tpm: number;
	    concurrency: number;
	    models: string[];
	    allowed_ips: string[];
	    // Go type: time
	    expires_at?: any;
	    on_client_gone: core.ClientGone;
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
	
	export interface Price {
	    model: string;
	    provider?: string;
	    from?: string;
	    source: string;
	    input: number;
	    output: number;
	    cache_read?: number;
	    cache_write?: number;
	    cache_write_1h?: number;
	    reasoning?: number;
	    image_output?: number;
	    image?: number;
	    credit?: number;
	    tiers?: core.PriceTier[];
	}
	export interface PriceImport {
	    content: string;
	    dry_run?: boolean;
	}
	export interface PriceImportResult {
	    imported: number;
	    skipped: number;
	}
	export interface PriceInput {
	    provider?: string;
	    input: number;
	    output: number;
	    cache_read?: number;
	    cache_write?: number;
	    cache_write_1h?: number;
	    reasoning?: number;
	    image_output?: number;
	    image?: number;
	    credit?: number;
	    tiers?: core.PriceTier[];
	}
	export interface PriceList {
	    items: Price[];
	    unpriced: string[];
	}
	export interface ProxyTestRequest {
	    proxy_url: string;
	    account_id?: string;
	    channel_id?: string;
	    provider?: string;
	    base_url?: string;
	}
	export interface QuotaInput {
	    period?: string;
	    tokens?: number;
	    requests?: number;
	    cost_usd?: number;
	}
	export interface RestoreRequest {
	    passphrase: string;
	    dry_run?: boolean;
	}
	export interface RestoreResult {
	    channels: number;
	    accounts: number;
	    users: number;
	    keys: number;
	    requests: number;
	    // Go type: time
	    created_at: any;
	    program: string;
	    restarting: boolean;
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
	    latency?: Latency;
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
	    previous: core.Counts;
	    latency: Latency;
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
	    time_zone?: string;
	}
	export interface Storage {
	    total_bytes: number;
	    log_bytes: number;
	    free_bytes: number;
	    log_days: number;
	    oldest_day?: string;
	    log_budget_bytes: number;
	}
	
	export interface User {
	    id: string;
	    name: string;
	    enabled: boolean;
	    quota: core.Quota;
	    rpm: number;
	    tpm: number;
	    concurrency: number;
	    models: string[];
	    allowed_ips: string[];
	    // Go type: time
	    expires_at?: any;
	    on_client_gone: core.ClientGone;
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
	    on_client_gone?: core.ClientGone;
	}
	export interface UserList {
	    items: User[];
	    next_cursor?: string;
	}
	export interface WebhookTest {
	    ok: boolean;
	    error?: string;
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
	    kind?: string;
	    name: string;
	    used: number;
	    limit: number;
	    // Go type: time
	    expires_at?: any;
	    // Go type: time
	    resets_at?: any;
	    unit?: string;
	    source?: string;
	    // Go type: time
	    fetched_at?: any;
	    was_reset?: boolean;
	}
	export interface AccountUsage {
	    unit: string;
	    source?: string;
	    plan?: string;
	    owner?: string;
	    used: number;
	    limit: number;
	    remaining: number;
	    unlimited?: boolean;
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
	export interface Capture {
	    id: string;
	    request: string;
	    upstream_request?: string;
	    response: string;
	    truncated: string[];
	    redacted: number;
	}
	export interface ChoiceLine {
	    channel_id: string;
	    channel_name: string;
	    account_id: string;
	    account_name: string;
	    upstream_model: string;
	    code: string;
	    state?: string;
	    reason: string;
	    // Go type: time
	    until?: any;
	    channel_priority: number;
	    converted: boolean;
	    priority: number;
	    policy: string;
	    in_flight: number;
	}
	export interface ClientGone {
	    mode: string;
	    seconds?: number;
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
	export interface CredentialSource {
	    kind: string;
	    path: string;
	    key?: string;
	}
	export interface Credential {
	    api_key?: string;
	    admin_key?: string;
	    refresh_token?: string;
	    access_token?: string;
	    client_id?: string;
	    client_secret?: string;
	    auth_method?: string;
	    idp?: string;
	    region?: string;
	    api_region?: string;
	    start_url?: string;
	    profile_arn?: string;
	    // Go type: time
	    expires_at: any;
	    token_endpoint?: string;
	    issuer_url?: string;
	    scopes?: string;
	    audience?: string;
	    source: CredentialSource;
	}
	
	export interface Explanation {
	    model: string;
	    // Go type: time
	    at: any;
	    chosen?: ChoiceLine;
	    message: string;
	    items: ChoiceLine[];
	}
	export interface Forecast {
	    limit: string;
	    unit: string;
	    remaining: number;
	    rate: number;
	    per: string;
	    basis: string;
	    measured_hours: number;
	    // Go type: time
	    exhausted_at?: any;
	    // Go type: time
	    resets_at?: any;
	    before_reset: boolean;
	    confidence: string;
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
	export interface Hours {
	    from: string;
	    to: string;
	    time_zone: string;
	}
	export interface Login {
	    id: string;
	    channel_id: string;
	    kind: string;
	    start_url?: string;
	    region?: string;
	    user_code: string;
	    verification_url: string;
	    verification_url_complete?: string;
	    interval: number;
	    // Go type: time
	    expires_at: any;
	    state: string;
	    error?: string;
	    account_id?: string;
	    renews?: string;
	    // Go type: time
	    created_at: any;
	}
	
	export interface PriceUsed {
	    input: number;
	    output: number;
	    cache_read: number;
	    cache_write: number;
	    cache_write_1h: number;
	    reasoning: number;
	    image_output: number;
	    image: number;
	    credit: number;
	    multiplier: number;
	}
	export interface ProxyTest {
	    ok: boolean;
	    latency_ms: number;
	    proxy: string;
	    host: string;
	    step?: string;
	    error?: string;
	}
	export interface Quota {
	    period: string;
	    tokens?: number;
	    requests?: number;
	    cost_usd?: number;
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
	    price?: PriceUsed;
	    queue_ms: number;
	    first_byte_ms: number;
	    duration_ms: number;
	    request_bytes: number;
	    response_bytes: number;
	    user_agent: string;
	    client_ip: string;
	    dropped: string[];
	    captured?: boolean;
	}
	export interface Settings {
	    port: number;
	    max_body_mb: number;
	    log_days: number;
	    log_mb: number;
	    capture: string;
	    capture_kb: number;
	    first_byte_timeout_s: number;
	    queue_wait_s: number;
	    max_attempts: number;
	    sticky_minutes: number;
	    health_test_minutes: number;
	    allowed_hosts: string[];
	    allowed_origins: string[];
	    gateway_autostart: boolean;
	    close_to_tray: boolean;
	    kiro_client_version: string;
	    webhook_url: string;
	    webhook_secret: string;
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
	    image_tokens?: number;
	    images?: number;
	    credits?: number;
	    source?: string;
	}

}

