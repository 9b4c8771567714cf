import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'

const source = join(import.meta.dirname, '../../src')

/** What a file imports at run time, and what that imports, down to packages. */
function importsOf(file: string, found = new Map<string, string[]>()): Map<string, string[]> {
  if (found.has(file)) return found
  const text = readFileSync(file, 'utf8')
    .replaceAll(/^import type [^;]*? from '.*'$/gm, '')
    .replaceAll(/typeof import\(/g, '')
  const imports = [...text.matchAll(/(?:from|import) ?\(?'([^']+)'/g)].map(([, path]) => path!)
  found.set(file, imports)
  for (const path of imports.filter((path) => path.startsWith('.'))) {
    importsOf(join(dirname(file), path), found)
  }
  return found
}

describe('what a browser needs to make and read files', () => {
  for (const entry of [
    'spor/setup.ts',
    'spor/extract.ts',
    'spor/readRange.ts',
    'spor/sentinel.ts',
    'spor/proveInspection.ts',
    'spor/verifyInspection.ts',
    'spor/treeLookup.ts',
    'spor/detection.ts',
    'spor/heft.ts',
    'crypto/fileCipher.ts',
    'crypto/fileKey.ts',
    'crypto/manifestCipher.ts',
    'crypto/merkle/proof.ts',
    'protocol/fileManifest.ts',
    'protocol/replicaId.ts',
  ]) {
    test(`${entry} imports nothing of Node`, () => {
      const found = importsOf(join(source, entry))
      assert.ok(found.size > 1)
      const ofNode = [...found.values()].flat().filter((path) => path.startsWith('node:'))
      assert.deepEqual(ofNode, [])
    })
  }
})
