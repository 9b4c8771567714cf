import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setUpReplicaFile } from '../../../src/client/pipeline/setUpReplicaFile.ts'
import { deriveReplicaKeys } from '../../../src/crypto/keys.ts'
import { patternBytes } from '../network.ts'

const directory = await mkdtemp(join(tmpdir(), 'genaro-test-'))
after(() => rm(directory, { recursive: true, force: true }))

const SHARD_BYTES = 40_000_000

test('a replica leaves less memory to be collected than a quarter of its shard', async () => {
  const [shardFile, replicaFile] = [join(directory, 'shard'), join(directory, 'replica')]
  await writeFile(shardFile, patternBytes(SHARD_BYTES))
  const before = process.memoryUsage().arrayBuffers
  await setUpReplicaFile({
    kind: 'setUpReplica',
    shardFile,
    shardBytes: SHARD_BYTES,
    replicaFile,
    keys: deriveReplicaKeys(new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)),
    identity: {
      shardId: new Uint8Array(32).fill(3),
      farmer: new Uint8Array(20).fill(4),
      nonce: new Uint8Array(32).fill(5),
    },
  })
  const left = process.memoryUsage().arrayBuffers - before
  assert.ok(left < SHARD_BYTES / 4, `${left} bytes are left`)
})
