// Installs the locked dependencies when they are missing or not those of the lockfile.
// Runs before anything is installed, so it is plain JavaScript that Node 20 takes.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const root = join(import.meta.dirname, '..')
const marker = join(root, 'node_modules/.installed')
const lockfileHash = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex')

/** Native parts of some packages ask for this version and are left out, silently, under an older one. */
const NATIVE_PARTS_NODE = 22

/**
 * `npm install`, not `npm ci`: the lockfile names the optional packages of the platforms it was made on,
 * and `ci` refuses to look for those of another. Versions are pinned either way.
 */
function install(environment) {
  const { status } = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund'], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (status !== 0) process.exit(status ?? 1)
}

if (!existsSync(marker) || readFileSync(marker, 'utf8') !== lockfileHash) {
  console.error('Installing the dependencies, about half a minute the first time…')
  install(process.env)
  if (Number(process.versions.node.split('.')[0]) < NATIVE_PARTS_NODE) {
    // Once more under the Node that the first run brought.
    const path = [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter)
    install({ ...process.env, PATH: path })
  }
  writeFileSync(marker, lockfileHash)
}
