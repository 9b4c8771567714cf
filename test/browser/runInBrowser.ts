import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { openPage } from './chromium.ts'
import { pathOf, readImportGraph } from './importGraph.ts'
import { servePage } from './pageServer.ts'

/** Calls `run(input)` of a source file in a page of a browser. Rejects when it throws or the browser ends. */
export async function runInBrowser(
  chromium: string,
  file: string,
  input: unknown,
): Promise<unknown> {
  const profile = await mkdtemp(join(tmpdir(), 'genaro-browser-'))
  const server = await servePage(readImportGraph(file), pathOf(file), input)
  const browser = openPage(chromium, server.url, profile)
  const ended = Promise.all([once(browser, 'exit'), text(browser.stderr!)])
  try {
    return await Promise.race([
      server.output,
      ended.then(([[code], complaints]) => {
        throw new Error(`The browser ended with ${code}: ${complaints}`)
      }),
    ])
  } finally {
    browser.kill()
    await ended.catch(() => {})
    await server.close()
    await rm(profile, { recursive: true, force: true, maxRetries: 5 })
  }
}
