import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeDataDirectory } from '../../../src/cli/devnet/dataDirectory.ts'

test('a data directory is made with those above it, or it is said why not', () => {
  const base = mkdtempSync(join(tmpdir(), 'genaro-'))
  try {
    const deep = join(base, 'a/b/c')
    makeDataDirectory(deep)
    makeDataDirectory(deep)
    assert.ok(existsSync(deep))
    writeFileSync(join(base, 'file'), '')
    assert.throws(() => makeDataDirectory(join(base, 'file/below')), { code: 'BAD_FLAG' })
    if (process.platform === 'linux') {
      assert.throws(() => makeDataDirectory('/proc/foo/bar'), { code: 'BAD_FLAG' })
    }
  } finally {
    rmSync(base, { recursive: true })
  }
})
