import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { readReplica } from '../../../src/client/upload/replicaSource.ts'

const directory = await mkdtemp(join(tmpdir(), 'genaro-test-'))
after(() => rm(directory, { recursive: true, force: true }))

const file = join(directory, 'replica')
const bytes = Buffer.from(Uint8Array.from({ length: 2_000_001 }, (_, at) => (at * 31) ^ (at >> 8)))
await writeFile(file, bytes)

async function collect(fromByte: number, receivedBytes: () => number): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = []
  for await (const piece of readReplica(file, fromByte, receivedBytes)) pieces.push(piece)
  return pieces
}

describe('the bytes of a replica on their way out', () => {
  test('stay as they are until the farmer has them', async () => {
    for (const fromByte of [0, 1_024, bytes.length - 1, bytes.length]) {
      const pieces = await collect(fromByte, () => fromByte)
      assert.ok(Buffer.concat(pieces).equals(bytes.subarray(fromByte)), `from ${fromByte}`)
    }
  })

  test('take the memory of those that it has', async () => {
    const memory = new Set<ArrayBufferLike>()
    let position = 0
    for await (const piece of readReplica(file, 0, () => position)) {
      assert.ok(bytes.subarray(position, position + piece.length).equals(piece))
      position += piece.length
      memory.add(piece.buffer)
    }
    assert.equal(position, bytes.length)
    assert.equal(memory.size, 1)
  })
})
