import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { NETWORK_CODES, testWord } from '../crypto/erasure/shards.ts'
import { VECTORS_FILE } from '../spor/inspectionVectors.ts'
import { findChromium, findFirefox } from './browsers.ts'
import { FILE_SIZES } from './fileDigests.ts'
import { readImportGraph } from './importGraph.ts'
import type { InspectionVectors } from './judgeVectors.ts'
import { bytesNamed, digest } from './named.ts'
import { type PipelineInput, type PipelineOutput, run } from './pipeline.ts'
import { SHARD_SIZES } from './replicaDigests.ts'
import { runInBrowser } from './runInBrowser.ts'
import { openSecrets, sealSecrets, secretDigest } from './secrets.ts'

const MODULE = join(import.meta.dirname, 'pipeline.ts')

test('what a page loads of the storage pipeline imports nothing of Node, in packages neither', () => {
  const { modules, builtins } = readImportGraph(MODULE)
  assert.deepEqual(builtins, [])
  assert.ok(modules.has('/src/spor/index.ts'))
  assert.ok([...modules.keys()].some((path) => path.startsWith('/node_modules/')))
})

const vectors: InspectionVectors = JSON.parse(readFileSync(VECTORS_FILE, 'utf8'))

const input: PipelineInput = { vectors, secrets: await sealSecrets() }

describe('the storage pipeline', { concurrency: true }, () => {
  /** What Node makes, for all browsers. */
  let here: PipelineOutput
  before(async () => {
    here = await run(input)
  })

  for (const { name, variable, find, builds } of [
    {
      name: 'Chromium',
      variable: 'CHROME_BIN',
      find: findChromium,
      builds: ['standard', 'relaxed'],
    },
    { name: 'Firefox', variable: 'FIREFOX_BIN', find: findFirefox, builds: ['standard'] },
  ] as const) {
    const browser = find()
    const skip = browser === undefined && `no ${name} on the path, and none that ${variable} names`

    describe(`in ${name}`, { skip }, () => {
      let there: PipelineOutput

      before(async () => {
        there = (await runInBrowser(browser!, MODULE, input)) as PipelineOutput
      })

      test("the cipher is WebCrypto's, and there is nothing of Node", () => {
        assert.equal(here.runtime.cipher, 'node')
        assert.equal(there.runtime.cipher, 'web')
        assert.deepEqual(there.runtime.globals, [])
      })

      test(`the ${builds.at(-1)} build of the erasure kernel is chosen`, () => {
        assert.equal(there.runtime.kernel, builds.at(-1))
        assert.deepEqual(
          there.erasure.map(({ build }) => build),
          builds,
        )
      })

      test('every build makes the shards that Node makes, and those of the vectors', () => {
        for (const { backblazeParity, digests } of there.erasure) {
          assert.deepEqual(digests, here.erasure[0]!.digests)
          const parity = [
            [12, 13],
            [10, 11],
            [14, 15],
            [90, 91],
            [94, 95],
          ]
          assert.deepEqual(backblazeParity, parity)
          for (const [data, parity] of NETWORK_CODES) {
            const { shards } = testWord(data, parity, 1_024)
            const code = `${data}+${parity}`
            assert.equal(digests[`parity of ${code}`], digest(...shards.slice(data)))
            assert.equal(digests[`data of ${code}`], digest(...shards.slice(0, data)))
          }
        }
      })

      test('keys, files, replicas and answers to inspections have the bytes that Node gives', () => {
        for (const part of ['keys', 'files', 'replicas', 'inspections'] as const) {
          assert.ok(Object.keys(here.made[part]).length > 5)
          assert.deepEqual(there.made[part], here.made[part])
        }
      })

      test('files come back, and shards from replicas with lost and changed leaves', () => {
        const { files, replicas } = there.made
        for (const size of FILE_SIZES) {
          const plaintext = bytesNamed(`file of ${size}`, size)
          assert.equal(files[`plaintext of ${size}`], digest(plaintext))
        }
        for (const size of SHARD_SIZES) {
          const shard = bytesNamed(`shard of ${size}`, size)
          const range = shard.subarray(Math.floor(size / 3), Math.ceil(size / 2))
          assert.equal(replicas[`extracted shard of ${size}`], digest(shard))
          assert.equal(replicas[`range of ${size}`], digest(range))
        }
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
  }
})
