import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { getNode } from '../../src/api/actions/getNode.ts'
import type { StreamServer } from '../../src/p2p/host.ts'
import { createDevnetFarmers } from '../../src/protocol/devnetFarmers.ts'
import { encodeStoreAnswer } from '../../src/storage/shardProtocol/storeMessages.ts'
import { startLiar } from './liars.ts'
import { patternBytes, startTestNetwork, type TestNetwork } from './network.ts'

const READ_LIES: Record<string, StreamServer> = {
  'sends other bytes than it was given': async (stream) => {
    await stream.read()
    await stream.read()
    await stream.write(Uint8Array.of(1), new Uint8Array(64 * 1024 + 32 * 40))
    await sleep(500)
  },
  'sends half a frame of leaves': async (stream) => {
    await stream.read()
    await stream.read()
    await stream.write(Uint8Array.of(1), new Uint8Array(700))
    await sleep(500)
  },
  'ends without a word': async (stream) => {
    await stream.read()
  },
  'says nothing at all': async (stream) => {
    await stream.read()
    await sleep(60_000, undefined, { ref: false })
  },
  'claims to be owed a fortune': async (stream) => {
    await stream.read()
    // A `due` of 2^62 bytes, RLP-encoded by hand.
    const due = [2, 0xc9, 0x88, 0x40, 0, 0, 0, 0, 0, 0, 0]
    for (let at = 0; at < 100; at++) await stream.write(Uint8Array.from(due))
    await sleep(500)
  },
  'speaks another language': async (stream) => {
    await stream.read()
    await stream.write(new Uint8Array(1000).fill(0xee))
    await sleep(500)
  },
}

const STORE_LIES: Record<string, StreamServer> = {
  'takes nothing': async (stream) => {
    await stream.read()
  },
  'signs with a key that is not its own': async (stream) => {
    await stream.read()
    await stream.write(encodeStoreAnswer({ kind: 'accepted', resumeFrom: 0n }))
    while ((await stream.read()) !== undefined);
    await stream.write(encodeStoreAnswer({ kind: 'signed', signature: new Uint8Array(65).fill(1) }))
  },
  'signs before it has a byte': async (stream) => {
    await stream.read()
    await stream.write(encodeStoreAnswer({ kind: 'signed', signature: new Uint8Array(65) }))
    await sleep(500)
  },
  'wants to go on behind the end': async (stream) => {
    await stream.read()
    await stream.write(encodeStoreAnswer({ kind: 'accepted', resumeFrom: 2n ** 40n }))
    await sleep(500)
  },
}

describe('farmers that lie', () => {
  let network: TestNetwork
  const cleanUps: (() => unknown)[] = []
  before(async () => {
    network = await startTestNetwork({ after: (cleanUp) => cleanUps.push(cleanUp) })
    await network.buyBucket()
  })
  after(async () => {
    for (const cleanUp of cleanUps) await cleanUp()
  })

  test('cost a reader nothing but time, whatever they do', async () => {
    const bytes = patternBytes(600_000, 77)
    const { id } = await (await network.client()).upload({ bytes, name: 'wanted' })
    const manifests = network.directory()
    await network.farmers[2]!.stop()
    for (const [lie, read] of Object.entries(READ_LIES)) {
      const liar = await startLiar(2, { read })
      const client = await network.client({
        bootstrap: [...network.addresses(), ...liar.addresses()],
      })
      const path = join(manifests, lie.replaceAll(' ', '-'))
      const { receivedBytes } = await client.download(id, path)
      assert.ok(Buffer.compare(readFileSync(path), bytes) === 0, lie)
      // Rebuilding takes shards in place of others, never much more.
      assert.ok(receivedBytes < 2 * bytes.length, `${lie}: ${receivedBytes} bytes were paid`)
      await client.close()
      await liar.stop()
    }
  })

  test('have no more room than they registered', async () => {
    const honest = (await (await network.client()).status()).farmerFreeBytes
    const liar = await startLiar(2, { freeBytes: 2n ** 60n })
    const client = await network.client({
      bootstrap: [...network.addresses(), ...liar.addresses()],
    })
    const { farmerCount, farmerFreeBytes } = await client.status()
    assert.equal(farmerCount, 6)
    const { capacityBytes } = await getNode(network.provider, {
      node: createDevnetFarmers()[2]!.node,
    })
    assert.ok(farmerFreeBytes <= honest + capacityBytes, `${farmerFreeBytes} bytes`)
    await client.close()
    await liar.stop()
  })

  test('are replaced by others while a file is stored', async () => {
    const code = { dataShards: 2, parityShards: 1 }
    for (const [lie, store] of Object.entries(STORE_LIES)) {
      const liar = await startLiar(2, { store })
      const client = await network.client({
        bootstrap: [...network.addresses(), ...liar.addresses()],
        code,
      })
      const bytes = patternBytes(200_000, lie.length)
      // Draws the liar first: its offer is as good as the others', and the smallest draw wins.
      const { id } = await client.upload({ bytes, name: lie }, { random: () => 0.5 })
      const path = join(network.directory(), 'target')
      await client.download(id, path)
      assert.ok(Buffer.compare(readFileSync(path), bytes) === 0, lie)
      await client.close()
      await liar.stop()
    }
  })
})
