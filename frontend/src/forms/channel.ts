import type { Channel, ChannelApi, ChannelInput, Policy, Provider } from '@/api/types'
import { fromPairs, repeatedKey, toPairs, type Pair } from './pairs'
import { collect, each, headerName, httpUrl, proxyUrl, required, whole, type Problem, type Problems } from './rules'

/** What the channel form edits; every field has a value. */
export interface ChannelForm {
  provider: Provider
  name: string
  base_url: string
  api: ChannelApi
  models: string[]
  aliases: Pair[]
  priority: number | null
  weight: number | null
  policy: Policy
  headers: Pair[]
  proxy_url: string
  price_multiplier: number | null
  enabled: boolean
}

/** What a provider's SDK takes as base URL when nothing else is said. */
export const defaultBaseUrls: Readonly<Record<Provider, string>> = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com',
  gemini: 'https://generativelanguage.googleapis.com',
  kiro: '',
}

/** Models that are offered as suggestions; any other name may be typed. */
export const suggestedModels: Readonly<Record<Provider, readonly string[]>> = {
  openai: ['*', 'gpt-*', 'o*', 'codex-*', 'text-embedding-*'],
  anthropic: ['*', 'claude-*', 'claude-opus-*', 'claude-sonnet-*', 'claude-haiku-*'],
  gemini: ['*', 'gemini-*', 'gemini-*-pro*', 'gemini-*-flash*'],
  kiro: ['*', 'claude-*'],
}

const providerNames: Readonly<Record<Provider, string>> = {
  openai: 'OpenAI',
  anthropic: 'Anthropic',
  gemini: 'Google Gemini',
  kiro: 'AWS Kiro',
}

/** How people call a provider; the same in every language. */
export function providerName(provider: Provider): string {
  return providerNames[provider]
}

const defaultModels: Readonly<Record<Provider, readonly string[]>> = {
  openai: ['gpt-*', 'o*', 'codex-*', 'text-embedding-*'],
  anthropic: ['claude-*'],
  gemini: ['gemini-*'],
  kiro: ['claude-*'],
}

/** The form of a new channel of a provider. */
export function newChannelForm(provider: Provider): ChannelForm {
  return {
    provider,
    name: providerName(provider),
    base_url: '',
    api: 'auto',
    models: [...defaultModels[provider]],
    aliases: [],
    priority: 0,
    weight: 1,
    policy: provider === 'kiro' ? 'quota_aware' : 'weighted',
    headers: [],
    proxy_url: '',
    price_multiplier: 1,
    enabled: true,
  }
}

/** The form of an existing channel. */
export function channelForm(channel: Channel): ChannelForm {
  return {
    ...newChannelForm(channel.provider),
    name: channel.name,
    base_url: channel.base_url,
    api: channel.api || 'auto',
    models: [...channel.models],
    aliases: toPairs(channel.aliases),
    priority: channel.priority,
    weight: channel.weight,
    policy: channel.policy,
    headers: toPairs(channel.headers),
    proxy_url: channel.proxy_url,
    price_multiplier: channel.price_multiplier,
    enabled: channel.enabled,
  }
}

/**
 * Changes the provider of a new channel's form: what is still the old
 * provider's preset becomes the new one's, what a person typed stays.
 */
export function switchProvider(form: ChannelForm, provider: Provider): ChannelForm {
  const before = newChannelForm(form.provider)
  const after = newChannelForm(provider)
  const sameModels = form.models.join() === before.models.join()
  return {
    ...form,
    provider,
    name: form.name === before.name ? after.name : form.name,
    models: sameModels ? after.models : form.models,
    policy: form.policy === before.policy ? after.policy : form.policy,
    api: provider === 'openai' ? form.api : 'auto',
  }
}

/** What is wrong with the form, by field. */
export function checkChannel(form: ChannelForm): Problems {
  return collect({
    name: required(form.name),
    base_url: httpUrl(form.base_url),
    aliases: unique(form.aliases) ?? unfinished(form.aliases),
    priority: whole(form.priority, -1000, 1000),
    weight: whole(form.weight, 1, 1000),
    headers: unique(form.headers) ?? each(Object.keys(fromPairs(form.headers)), headerName),
    proxy_url: proxyUrl(form.proxy_url),
    price_multiplier: multiplier(form.price_multiplier),
  })
}

function multiplier(value: number | null): Problem | undefined {
  return value !== null && value >= 0 ? undefined : { key: 'form.atLeast', params: { min: 0 } }
}

function unique(pairs: readonly Pair[]): Problem | undefined {
  const key = repeatedKey(pairs)
  return key === undefined ? undefined : { key: 'form.repeated', params: { value: key } }
}

function unfinished(pairs: readonly Pair[]): Problem | undefined {
  const half = pairs.find((p) => (p.key.trim() === '') !== (p.value.trim() === ''))
  return half ? { key: 'form.pair' } : undefined
}

/** What is sent: all of it for a new channel. */
export function channelInput(form: ChannelForm): ChannelInput {
  return {
    ...form,
    name: form.name.trim(),
    base_url: form.base_url.trim(),
    proxy_url: form.proxy_url.trim(),
    aliases: fromPairs(form.aliases),
    headers: fromPairs(form.headers),
    priority: form.priority ?? 0,
    weight: form.weight ?? 1,
    price_multiplier: form.price_multiplier ?? 1,
  }
}
