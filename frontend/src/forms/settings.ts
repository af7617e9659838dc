import type { Settings } from '@/api/types'
import { collect, each, hostName, origin, version, whole, type Problems } from './rules'

/** What the settings form edits; an empty number field is null. */
export type SettingsForm = { [K in keyof Settings]: Settings[K] extends number ? number | null : Settings[K] }

/** A copy that can be edited. Port 0 stands for the default and is shown empty. */
export function settingsForm(settings: Settings): SettingsForm {
  return {
    ...settings,
    port: settings.port || null,
    log_mb: settings.log_mb || null,
    allowed_hosts: [...settings.allowed_hosts],
    allowed_origins: [...settings.allowed_origins],
  }
}

/** What is wrong with the form, by field. */
export function checkSettings(form: SettingsForm): Problems {
  return collect({
    port: whole(form.port ?? 0, 0, 65_535),
    max_body_mb: whole(form.max_body_mb, 1, 1024),
    log_days: whole(form.log_days, 1, 3650),
    log_mb: whole(form.log_mb ?? 0, 0, 10_000_000),
    capture_kb: whole(form.capture_kb, 1, 16_384),
    first_byte_timeout_s: whole(form.first_byte_timeout_s, 1, 3600),
    queue_wait_s: whole(form.queue_wait_s, 0, 600),
    max_attempts: whole(form.max_attempts, 1, 20),
    sticky_minutes: whole(form.sticky_minutes, 0, 1440),
    health_test_minutes: whole(form.health_test_minutes, 0, 10_080),
    allowed_hosts: each(form.allowed_hosts, hostName),
    allowed_origins: each(form.allowed_origins, origin),
    kiro_client_version: version(form.kiro_client_version),
  })
}

/** The fields that differ from the server's, as they are sent. */
export function settingsChanges(form: SettingsForm, settings: Settings): Partial<Settings> {
  const wanted = { ...form, port: form.port ?? 0, log_mb: form.log_mb ?? 0 } as Settings
  return Object.fromEntries(
    Object.entries(wanted).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(settings[name as keyof Settings]),
    ),
  )
}
