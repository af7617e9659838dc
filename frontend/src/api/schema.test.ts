// @vitest-environment node
import { readFile } from 'node:fs/promises'
import openapiTS, { astToString } from 'openapi-typescript'
import { expect, it } from 'vitest'

it('schema.d.ts is what `npm run gen:api` makes of openapi.json', async () => {
  const made = astToString(await openapiTS(new URL('../../openapi.json', import.meta.url)))
  const kept = await readFile(new URL('./schema.d.ts', import.meta.url), 'utf8')
  expect(kept).toContain(made.trim())
})
