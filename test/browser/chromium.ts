import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The Chromium of this machine: CHROME_BIN, or one on the path. Undefined where there is none. */
export function findChromium(): string | undefined {
  const directories = (process.env.PATH ?? '').split(delimiter)
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  const candidates = names.flatMap((name) => directories.map((directory) => join(directory, name)))
  return [process.env.CHROME_BIN ?? '', ...candidates].find(
    (file) => file !== '' && existsSync(file),
  )
}

/** Opens a page without a window, with a new profile in a directory, and nothing but what the page asks for. */
export const openPage = (chromium: string, url: string, profile: string): ChildProcess =>
  spawn(
    chromium,
    [
      '--headless',
      '--disable-gpu',
      '--disable-quic',
      '--disable-sync',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-dev-shm-usage',
      '--no-first-run',
      `--user-data-dir=${profile}`,
      // Chromium refuses to put root into a sandbox.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      url,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
