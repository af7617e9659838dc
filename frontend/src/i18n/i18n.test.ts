import { describe, expect, it } from 'vitest'
import { pickLocale } from '.'
import en from './en'
import zh from './zh-CN'

const sources = import.meta.glob(['../**/*.{vue,ts}', '!../i18n/**', '!../**/*.test.ts', '!../testing/**'], {
  query: '?raw',
  import: 'default',
  eager: true,
})
const code = Object.values(sources).join('\n')

function flatten(node: object, prefix = ''): Record<string, string> {
  return Object.assign(
    {},
    ...Object.entries(node).map(([key, value]) =>
      typeof value === 'string' ? { [prefix + key]: value } : flatten(value as object, `${prefix}${key}.`),
    ),
  ) as Record<string, string>
}

const english = flatten(en)
const chinese = flatten(zh)
const keys = Object.keys(english)
const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort()

/** t(`state.${x}`) in the code uses the whole family "state.". */
const families = [...code.matchAll(/\bt\(\s*`(\w[\w.]*)\$\{[^}]+\}([\w.]*)`/g)].map(([, head = '', tail = '']) => ({ head, tail }))
const inFamily = (key: string) => families.some((f) => key.startsWith(f.head) && key.endsWith(f.tail))
const quoted = new Set([...code.matchAll(/'([a-zA-Z][\w-]*(?:\.[\w-]+)+)'/g)].map((m) => m[1]))

describe('translations', () => {
  it('have the same keys in both languages', () => {
    expect(Object.keys(chinese).sort()).toEqual([...keys].sort())
  })

  it.each(keys)('%s is complete in both languages', (key) => {
    expect(english[key]?.trim()).not.toBe('')
    expect(chinese[key]?.trim()).not.toBe('')
    expect(placeholders(chinese[key] ?? '')).toEqual(placeholders(english[key] ?? ''))
    expect(chinese[key]?.split(' | ').length).toBe(english[key]?.split(' | ').length)
  })

  it('are all used', () => {
    expect(keys.filter((key) => !quoted.has(key) && !inFamily(key))).toEqual([])
  })

  it('are all there', () => {
    const used = [...code.matchAll(/\bt\(\s*'([^']+)'/g), ...code.matchAll(/key: '(form\.\w+)'/g)].map((m) => m[1] ?? '')
    expect(used.length).toBeGreaterThan(200)
    expect(used.filter((key) => !(key in english))).toEqual([])
    for (const f of families) expect(keys.some((key) => key.startsWith(f.head)), f.head).toBe(true)
  })

  it('do not mix the languages', () => {
    expect(Object.values(english).filter((text) => /[\u4e00-\u9fff]/.test(text))).toEqual([])
  })
})

describe('pickLocale', () => {
  it.each([
    ['zh-CN', ['en'], 'zh-CN'],
    [null, ['zh-TW', 'en'], 'zh-CN'],
    [null, ['fr', 'en-GB', 'zh'], 'en'],
    [null, ['fr'], 'en'],
    ['klingon', ['zh'], 'zh-CN'],
  ])('%s with %j is %s', (stored, languages, want) => {
    expect(pickLocale(stored, languages)).toBe(want)
  })
})
