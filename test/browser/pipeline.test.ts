import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { NETWORK_CODES, sha256, testWord } from '../crypto/erasure/shards.ts'
import { VECTORS_FILE } from '../spor/inspectionVectors.ts'
import { findChromium } from './chromium.ts'
import { readImportGraph } from './importGraph.ts'
import type { InspectionVectors } from './judgeVectors.ts'
import { type PipelineInput, type PipelineOutput, run } from './pipeline.ts'
import { runInBrowser } from './runInBrowser.ts'
import { openSecrets, sealSecrets, secretDigest } from './secrets.ts'

const MODULE = join(import.meta.dirname, 'pipeline.ts')
const BUILDS = ['standard', 'relaxed'] as const

test('what a page loads of the storage pipeline imports nothing of Node, in packages neither', () => {
  const { modules, builtins } = readImportGraph(MODULE)
  assert.deepEqual(builtins, [])
  assert.ok(modules.has('/src/spor/index.ts'))
  assert.ok([...modules.keys()].some((path) => path.startsWith('/node_modules/')))
})

const chromium = findChromium()
const skip = chromium === undefined && 'no Chromium on the path, and CHROME_BIN names none'

describe('in a browser', { skip }, () => {
  const vectors: InspectionVectors = JSON.parse(readFileSync(VECTORS_FILE, 'utf8'))
  let here: PipelineOutput
  let there: PipelineOutput

  before(async () => {
    const input: PipelineInput = { vectors, secrets: await sealSecrets() }
    here = await run(input)
    there = (await runInBrowser(chromium!, MODULE, input)) as PipelineOutput
  })

  test("the cipher is WebCrypto's, and there is nothing of Node", () => {
    assert.deepEqual(there.runtime, { cipher: 'web', kernel: 'relaxed', globals: [] })
    assert.equal(here.runtime.cipher, 'node')
  })

  test('keys are those that Node derives', () => {
    assert.deepEqual(there.made.keys, here.made.keys)
  })

  for (const build of BUILDS) {
    test(`the ${build} kernel makes the shards that Node makes, and those of the vectors`, () => {
      assert.deepEqual(there.made.erasure[build], here.made.erasure.standard)
      const expected = [
        [12, 13],
        [10, 11],
        [14, 15],
        [90, 91],
        [94, 95],
      ]
      assert.deepEqual(there.backblazeParity[build], expected)
      for (const [data, parity] of NETWORK_CODES) {
        const { shards } = testWord(data, parity, 1_024)
        const digests = there.made.erasure[build]
        const digestOf = (shards: Uint8Array[]) => sha256(Buffer.concat(shards)).toString('hex')
        assert.equal(digests[`parity of ${data}+${parity}`], digestOf(shards.slice(data)))
        assert.equal(digests[`data of ${data}+${parity}`], digestOf(shards.slice(0, data)))
      }
    })
  }

  test('files of every size have the cells that Node encrypts, and come back', () => {
    assert.deepEqual(there.made.files, here.made.files)
  })

  test('replicas have the leaves, sentinels and roots that Node makes', () => {
    assert.deepEqual(there.made.replicas, here.made.replicas)
  })

  test('a shard comes back from a replica with lost and changed leaves', () => {
    for (const size of [1, 100_000, 1_200_000]) {
      const { replicas } = there.made
      assert.equal(replicas[`extracted shard of ${size}`], replicas[`shard of ${size}`])
    }
  })

  test('inspections ask for the leaves, and are answered with the bytes, that Node gives', () => {
    assert.deepEqual(there.made.inspections, here.made.inspections)
  })

  test("the contracts' vectors are sampled, accepted and refused as they say", () => {
    const { samples, inspections, replicaInspections } = vectors
    assert.deepEqual(there.judgements, {
      samples: samples.map(({ positions }) => positions),
      inspections: inspections.map(({ reason }) => reason),
      replicaInspections: replicaInspections.map(({ reason }) => reason),
    })
  })

  test('what Node sealed opens, and Node opens what was sealed', async () => {
    const secrets = { fileKey: secretDigest, manifest: secretDigest, box: secretDigest }
    assert.deepEqual(there.opened, secrets)
    assert.deepEqual(await openSecrets(there.sealed), secrets)
  })
})
