// Makes `dist/`, which is what is published: JavaScript and types by tsc, and the files that code
// reads beside itself.
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const at = (path: string): string => join(root, path)

rmSync(at('dist'), { recursive: true, force: true })
const { status } = spawnSync(at('node_modules/.bin/tsc'), ['-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
})
if (status !== 0) process.exit(status ?? 1)
cpSync(at('genesis'), at('dist/genesis'), { recursive: true })
cpSync(at('src/protocol/generated'), at('dist/src/protocol/generated'), { recursive: true })
chmodSync(at('dist/src/cli/main.js'), 0o755)
