import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { bytesToHex } from '@ethereumjs/util'
import { Wallet } from 'ethers'
import { buyTraffic } from '../../../src/api/actions/buyTraffic.ts'
import type { FramedStream } from '../../../src/p2p/framedStream.ts'
import { GB } from '../../../src/protocol/params.ts'
import { signTrafficReceipt } from '../../../src/protocol/receipts.ts'
import type { Farmer } from '../../../src/storage/farmer/farmer.ts'
import {
  MAX_QUEUED_READS,
  MAX_UNPAID_BYTES,
  READ_PROTOCOL,
} from '../../../src/storage/shardProtocol/limits.ts'
import {
  openReadSession,
  type TrafficChannel,
} from '../../../src/storage/shardProtocol/openReadSession.ts'
import type { LeafRange } from '../../../src/storage/shardProtocol/ranges.ts'
import { encodeReaderMessage } from '../../../src/storage/shardProtocol/readMessages.ts'
import { decodeRefusal } from '../../../src/storage/shardProtocol/refusal.ts'
import {
  createChannel,
  makeReplica,
  register,
  type StorageNetwork,
  startFarmer,
  startNetwork,
  startPeer,
  store,
  type TestReplica,
  targetOf,
} from './network.ts'

const refusedAs = (code: string) => ({ name: 'StorageError', code })

describe('a farmer that is read by whom it should not trust', () => {
  let network: StorageNetwork
  let farmer: Farmer
  let replica: TestReplica
  /** Has traffic, and does not mean to pay for it. */
  let thief: Wallet
  let nextChannel = 100n

  const cleanUps: (() => unknown)[] = []
  before(async () => {
    network = await startNetwork({ after: (step) => cleanUps.push(step) })
    farmer = await startFarmer(network, { idleTimeoutMs: 1_000 })
    replica = makeReplica(network, farmer, { leaves: 3_000 })
    await register(network, replica, await store(network, farmer, replica))
    await farmer.checkChain()
    thief = new Wallet(network.node.devnet!.accounts[1]!.privateKey, network.provider)
    await buyTraffic(thief, { trafficBytes: GB })
  })
  after(async () => {
    for (const step of cleanUps) await step()
  })

  const readAll = async (
    channel: TrafficChannel,
    ranges: LeafRange[] = [{ first: 0, count: replica.leafCount }],
  ): Promise<Uint8Array> => {
    const options = { replica, channel }
    const session = await openReadSession(network.host, targetOf(farmer), options)
    const parts: Uint8Array[] = []
    for await (const { leaves } of session.read(ranges)) parts.push(leaves)
    await session.close()
    return Buffer.concat(parts)
  }

  const rawStream = async (): Promise<FramedStream> =>
    (await startPeer(network)).openStream(targetOf(farmer), READ_PROTOCOL, {
      maxFrameBytes: 1 << 20,
    })

  const open = async (
    stream: FramedStream,
    receipt: Parameters<typeof signTrafficReceipt>[2],
    signer: Wallet = thief,
  ): Promise<void> =>
    stream.write(
      encodeReaderMessage({
        kind: 'open',
        replicaId: replica.id,
        receipt: await signTrafficReceipt(signer, network.chainId, receipt),
      }),
    )

  const receiptFor = (channel: bigint, cumulativeBytes = 0n) => ({
    ...{ buyer: thief.address.toLowerCase(), farmer: farmer.account },
    ...{ channel, cumulativeBytes },
  })

  /** Code of the refusal that ends a stream; bytes of leaves that came before it. */
  const untilRefused = async (stream: FramedStream): Promise<{ code: string; bytes: number }> => {
    let bytes = 0
    for (;;) {
      const frame = await stream.read()
      if (frame === undefined) return { code: 'ENDED', bytes }
      if (frame[0] === 0) return { code: decodeRefusal(stream.peerId, frame).code, bytes }
      if (frame[0] === 1) bytes += frame.length
    }
  }

  test('sends an honest reader any leaves it asks for', async () => {
    const ranges = [
      { first: 5, count: 1 },
      { first: 700, count: 3 },
      { first: 2_998, count: 2 },
    ]
    const wanted = ranges.map(({ first, count }) =>
      replica.bytes.subarray(first * 1_024, (first + count) * 1_024),
    )
    const channel = createChannel(network, farmer, nextChannel++)
    assert.deepEqual(await readAll(channel, ranges), Buffer.concat(wanted))
    assert.equal(channel.signedBytes, 6n * 1_024n)
  })

  test('sends at most a mebibyte to a reader that signs for nothing', async () => {
    const stream = await rawStream()
    await open(stream, receiptFor(nextChannel++))
    const ranges = [{ first: 0, count: 3_000 }]
    await stream.write(encodeReaderMessage({ kind: 'read', ranges }))
    let bytes = 0
    await assert.rejects(async () => {
      for (;;) {
        const frame = await stream.read()
        if (frame?.[0] === 1) bytes += 256 * 1_024
        if (frame === undefined) throw new Error('ended')
      }
    })
    assert.equal(bytes, MAX_UNPAID_BYTES)
  })

  test('sends at most four over all channels of a buyer', async () => {
    const served = farmer.status().servedBytes
    const ranges = [{ first: 0, count: 3_000 }]
    const read = async (): Promise<void> => {
      const stream = await rawStream()
      await open(stream, receiptFor(nextChannel++))
      await stream.write(encodeReaderMessage({ kind: 'read', ranges }))
      await untilRefused(stream)
    }
    for (let i = 0; i < 5; i++) await assert.rejects(read())
    // One mebibyte was sent before.
    assert.equal(farmer.status().servedBytes - served, BigInt(3 * MAX_UNPAID_BYTES))
  })

  test('refuses receipts that are forged, foreign or of two accounts', async () => {
    const stranger = new Wallet(Wallet.createRandom().privateKey)
    const good = receiptFor(nextChannel++)
    for (const [receipt, signer] of [
      [good, stranger],
      [{ ...good, farmer: stranger.address.toLowerCase() }, thief],
    ] as const) {
      const stream = await rawStream()
      await open(stream, receipt, signer)
      assert.equal((await untilRefused(stream)).code, 'BAD_RECEIPT')
    }
    const stream = await rawStream()
    await open(stream, good)
    await stream.write(
      encodeReaderMessage({
        kind: 'receipt',
        receipt: await signTrafficReceipt(thief, network.chainId, {
          ...good,
          channel: good.channel + 50n,
        }),
      }),
    )
    assert.equal((await untilRefused(stream)).code, 'BAD_RECEIPT')
  })

  test('sends nothing to an account without traffic', async () => {
    const poor = new Wallet(Wallet.createRandom().privateKey)
    const channel = createChannel({ ...network, buyer: poor as Wallet }, farmer)
    await assert.rejects(readAll(channel), refusedAs('NO_CREDIT'))
  })

  test('keeps no receipt of an account without traffic, nor for a replica it does not hold', async () => {
    const kept = farmer.status().unredeemedBytes
    const poor = new Wallet(Wallet.createRandom().privateKey)
    const huge = 1n << 50n
    const first = await rawStream()
    await open(first, { ...receiptFor(1n, huge), buyer: poor.address.toLowerCase() }, poor)
    assert.equal((await untilRefused(first)).code, 'NO_CREDIT')
    const second = await rawStream()
    await second.write(
      encodeReaderMessage({
        kind: 'open',
        replicaId: bytesToHex(randomBytes(32)),
        receipt: await signTrafficReceipt(thief, network.chainId, receiptFor(nextChannel++, huge)),
      }),
    )
    assert.equal((await untilRefused(second)).code, 'UNKNOWN_REPLICA')
    assert.equal(farmer.status().unredeemedBytes, kept)
  })

  test('refuses a receipt for far more than it sent', async () => {
    const kept = farmer.status().unredeemedBytes
    const receipt = receiptFor(nextChannel++)
    const stream = await rawStream()
    await open(stream, receipt)
    await stream.write(
      encodeReaderMessage({
        kind: 'receipt',
        receipt: await signTrafficReceipt(thief, network.chainId, {
          ...receipt,
          cumulativeBytes: BigInt(MAX_UNPAID_BYTES) + 1n,
        }),
      }),
    )
    assert.equal((await untilRefused(stream)).code, 'BAD_RECEIPT')
    assert.equal(farmer.status().unredeemedBytes, kept)
  })

  test('refuses leaves that do not exist and replicas it does not hold', async () => {
    const stream = await rawStream()
    await open(stream, receiptFor(nextChannel++))
    const ranges = [{ first: 2_999, count: 2 }]
    await stream.write(encodeReaderMessage({ kind: 'read', ranges }))
    assert.equal((await untilRefused(stream)).code, 'BAD_RANGE')
    const unknown = { ...replica, id: bytesToHex(randomBytes(32)) }
    const session = await openReadSession(network.host, targetOf(farmer), {
      replica: unknown,
      channel: createChannel(network, farmer, nextChannel++),
    })
    await assert.rejects(
      session.read([{ first: 0, count: 1 }]).next(),
      refusedAs('UNKNOWN_REPLICA'),
    )
  })

  test('queues only so many reads of one stream', async () => {
    const stream = await rawStream()
    await open(stream, receiptFor(nextChannel++))
    const read = encodeReaderMessage({ kind: 'read', ranges: [{ first: 0, count: 3_000 }] })
    for (let i = 0; i < MAX_QUEUED_READS + 5; i++) await stream.write(read)
    assert.equal((await untilRefused(stream)).code, 'BUSY')
  })

  test('lets go of a reader that stops reading', async () => {
    const stream = await rawStream()
    await open(stream, receiptFor(nextChannel++))
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    await assert.rejects(stream.read(), { name: 'P2PError' })
  })

  test('serves another buyer all the while', async () => {
    const read = await readAll(createChannel(network, farmer))
    assert.deepEqual(read, Buffer.from(replica.bytes))
  })

  test('goes on with a reader that pays for what was lost on the way of a broken stream', async () => {
    const channel = createChannel(network, farmer, 2n)
    const stream = await rawStream()
    await stream.write(
      encodeReaderMessage({
        kind: 'open',
        replicaId: replica.id,
        receipt: await channel.sign(0n),
      }),
    )
    const ranges = [{ first: 0, count: 1_000 }]
    await stream.write(encodeReaderMessage({ kind: 'read', ranges }))
    await stream.read()
    stream.abort(new Error('the reader crashed'))
    assert.deepEqual(await readAll(channel), Buffer.from(replica.bytes))
    assert.ok(channel.signedBytes <= BigInt(replica.bytes.length + MAX_UNPAID_BYTES))
  })
})
