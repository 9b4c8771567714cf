import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import type { Browser } from './browsers.ts'
import { pathOf, readImportGraph } from './importGraph.ts'
import { servePage } from './pageServer.ts'

/** Calls `run(input)` of a source file in a page of a browser. Rejects when it throws or the browser ends. */
export async function runInBrowser(
  browser: Browser,
  file: string,
  input: unknown,
): Promise<unknown> {
  const profile = await mkdtemp(join(tmpdir(), 'genaro-browser-'))
  const server = await servePage(readImportGraph(file), pathOf(file), input)
  const child = browser.open(server.url, profile)
  const ended = Promise.all([once(child, 'exit'), text(child.stderr!)])
  try {
    return await Promise.race([
      server.output,
      ended.then(([[code], complaints]) => {
        throw new Error(`${browser.name} ended with ${code}: ${complaints}`)
      }),
      silence(browser, PATIENCE_MS),
    ])
  } finally {
    child.kill()
    await ended.catch(() => {})
    await server.close()
    await rm(profile, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Above what the slowest machine takes: only so that a browser that hangs is ended, and named. */
const PATIENCE_MS = 120_000

async function silence({ name }: Browser, patienceMs: number): Promise<never> {
  await setTimeout(patienceMs, undefined, { ref: false })
  throw new Error(`${name} said nothing in ${patienceMs} ms`)
}
