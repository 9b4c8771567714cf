import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setUpReplicaFile } from '../../../src/client/pipeline/setUpReplicaFile.ts'
import { deriveReplicaKeys } from '../../../src/crypto/keys.ts'
import { shardInMemory } from '../../../src/spor/leaves.ts'
import { createReplicaSecrets } from '../../../src/spor/replicaSecrets.ts'
import { setUpReplica } from '../../../src/spor/setup.ts'

const directory = await mkdtemp(join(tmpdir(), 'genaro-test-'))
after(() => rm(directory, { recursive: true, force: true }))

const keys = deriveReplicaKeys(new Uint8Array(32).fill(1), new Uint8Array(32).fill(2))
const identity = {
  shardId: new Uint8Array(32).fill(3),
  farmer: new Uint8Array(20).fill(4),
  nonce: new Uint8Array(32).fill(5),
}

/** Several strips of the inner code wide, so that memory is used again while parity is made. */
const sizes = [1, 1_024, 300_000, 9_000_001]

test('a replica made from file to file is the one made in memory, parity and all', async () => {
  const [shardFile, replicaFile] = [join(directory, 'shard'), join(directory, 'replica')]
  for (const shardBytes of sizes) {
    const shard = Uint8Array.from({ length: shardBytes }, (_, at) => (at * 167 + (at >> 9)) & 255)
    await writeFile(shardFile, shard)
    const job = {
      kind: 'setUpReplica',
      shardFile,
      shardBytes,
      replicaFile,
      keys,
      identity,
    } as const
    const made = await setUpReplicaFile(job)
    const pieces: Uint8Array[] = []
    const expected = await setUpReplica({
      shard: shardInMemory(shard),
      secrets: await createReplicaSecrets(keys, identity),
      onWindow({ bytes }) {
        pieces.push(bytes.slice())
      },
    })
    assert.deepEqual(made, expected)
    assert.ok((await readFile(replicaFile)).equals(Buffer.concat(pieces)), `${shardBytes} bytes`)
  }
})
