import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A browser of this machine, that opens a page without a window and with a new profile in a directory. */
export interface Browser {
  name: string
  open(url: string, profile: string): ChildProcess
}

/** Chromium: CHROME_BIN, or one on the path. Undefined where there is none. */
export function findChromium(): Browser | undefined {
  const program =
    process.env.CHROME_BIN || onPath('chromium', 'chromium-browser', 'google-chrome', 'chrome')
  if (program === undefined) return undefined
  // Chromium refuses to put root into a sandbox.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return {
    name: 'Chromium',
    open: (url, profile) =>
      start(program, profile, [...CHROMIUM_OPTIONS, ...sandbox, `--user-data-dir=${profile}`, url]),
  }
}

/** Firefox, told to do without relaxed SIMD, as engines before 2023 do: FIREFOX_BIN, or one on the path. */
export function findFirefox(): Browser | undefined {
  const program = process.env.FIREFOX_BIN || onPath('firefox', 'firefox-esr')
  if (program === undefined) return undefined
  return {
    name: 'Firefox',
    open(url, profile) {
      const lines = Object.entries(FIREFOX_PREFERENCES).map(
        ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
      )
      writeFileSync(join(profile, 'user.js'), lines.join(''))
      return start(program, profile, ['--headless', '--no-remote', '--profile', profile, url])
    },
  }
}

const onPath = (...names: string[]): string | undefined =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((directory) => names.map((name) => join(directory, name)))
    .find((file) => existsSync(file))

/** What a browser writes beside its profile goes there too, and not into anybody's home. */
const start = (program: string, profile: string, args: string[]): ChildProcess =>
  spawn(program, args, {
    env: { ...process.env, HOME: profile },
    stdio: ['ignore', 'ignore', 'pipe'],
  })

// Nothing but what the page asks for goes to a network.
const CHROMIUM_OPTIONS = [
  '--headless',
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-dev-shm-usage',
  '--no-first-run',
]

const FIREFOX_PREFERENCES = {
  'javascript.options.wasm_relaxed_simd': false,
  'app.normandy.enabled': false,
  'app.update.enabled': false,
  'browser.aboutwelcome.enabled': false,
  'browser.safebrowsing.downloads.remote.enabled': false,
  'browser.search.update': false,
  'browser.shell.checkDefaultBrowser': false,
  'captivedetect.canonicalURL': '',
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'network.dns.disablePrefetch': true,
  'services.settings.server': 'data:,',
  'toolkit.telemetry.enabled': false,
}
