import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { bytesToHex } from '@ethereumjs/util'
import { Wallet } from 'ethers'
import { getBucket } from '../../../src/api/actions/getBucket.ts'
import type { ReplicaOffer } from '../../../src/protocol/replicaContract.ts'
import type { Farmer } from '../../../src/storage/farmer/farmer.ts'
import { STORE_PROTOCOL } from '../../../src/storage/shardProtocol/limits.ts'
import { type PeerGrant, signPeerGrant } from '../../../src/storage/shardProtocol/peerGrant.ts'
import { decodeRefusal } from '../../../src/storage/shardProtocol/refusal.ts'
import { encodeStoreRequest } from '../../../src/storage/shardProtocol/storeMessages.ts'
import { storeReplica } from '../../../src/storage/shardProtocol/storeReplica.ts'
import {
  makeReplica,
  nowInSeconds,
  piecesOf,
  type StorageNetwork,
  startFarmer,
  startNetwork,
  startPeer,
  store,
  type TestReplica,
  targetOf,
} from './network.ts'

describe('a farmer that is sent what nobody should send', () => {
  let network: StorageNetwork
  let farmer: Farmer

  const cleanUps: (() => unknown)[] = []
  before(async () => {
    network = await startNetwork({ after: (step) => cleanUps.push(step) })
    farmer = await startFarmer(network, { idleTimeoutMs: 1_000 })
  })
  after(async () => {
    for (const step of cleanUps) await step()
  })

  const refusedAs = (code: string) => ({ name: 'StorageError', code })

  /** Whatever a test did, an honest sender is served and nothing of the attack takes room. */
  const expectUnharmed = async (): Promise<void> => {
    const before = farmer.status().usedBytes
    const replica = makeReplica(network, farmer, { leaves: 100 })
    await store(network, farmer, replica)
    assert.equal(farmer.status().usedBytes, before + replica.bytes.length)
  }

  const heldBytes = (): number => farmer.status().usedBytes

  const storeAs = (
    { offer, bytes }: TestReplica,
    {
      grant = network.grant,
      host = network.host,
    }: { grant?: PeerGrant; host?: StorageNetwork['host'] },
  ): Promise<Uint8Array> =>
    storeReplica(host, targetOf(farmer), {
      offer,
      grant,
      source: (from) => piecesOf(bytes.subarray(from)),
    })

  test('breaks off garbage and frames over the limit, and remembers the peer', async () => {
    const peer = await startPeer(network)
    const stream = await peer.openStream(targetOf(farmer), STORE_PROTOCOL)
    await stream.write(randomBytes(500))
    await assert.rejects(stream.read(), { name: 'P2PError' })
    const second = await peer.openStream(targetOf(farmer), STORE_PROTOCOL, {
      maxSentFrameBytes: 1 << 20,
    })
    await second.write(new Uint8Array(300_000)).catch(() => {})
    await assert.rejects(second.read(), { name: 'P2PError' })
    assert.equal(farmer.status().refusals.BAD_MESSAGE, 1)
    await expectUnharmed()
  })

  test('lets go of peers that send nothing', async () => {
    const peer = await startPeer(network)
    const streams = await Promise.all(
      Array.from({ length: 6 }, () => peer.openStream(targetOf(farmer), STORE_PROTOCOL)),
    )
    await expectUnharmed()
    await Promise.all(streams.map((stream) => assert.rejects(stream.read(), { name: 'P2PError' })))
  })

  test('gives the place of a sender that trickles to others', async () => {
    const replica = makeReplica(network, farmer)
    const stream = await network.host.openStream(targetOf(farmer), STORE_PROTOCOL)
    await stream.write(encodeStoreRequest({ offer: replica.offer, grant: network.grant }))
    await stream.read()
    let answer: Uint8Array | undefined
    do {
      await new Promise((resolve) => setTimeout(resolve, 300))
      await stream.write(replica.bytes.subarray(0, 1_024))
      answer = await stream.read()
    } while (answer?.[0] === 2)
    assert.equal(decodeRefusal(stream.peerId, answer!).code, 'BUSY')
    stream.abort(new Error('enough'))
  })

  test('takes nothing in the name of an owner who did not say so', async () => {
    const { chainId, buyer } = network
    const stranger = await startPeer(network)
    const nowSeconds = nowInSeconds()
    const of = (signer: Wallet, peerId: string, lastsSeconds?: bigint): Promise<PeerGrant> =>
      signPeerGrant(signer, { peerId, chainId, nowSeconds, ...(lastsSeconds && { lastsSeconds }) })
    const own = Wallet.createRandom()
    const good = await of(buyer, stranger.peerId)
    const grants: Record<string, PeerGrant> = {
      "another peer's": network.grant,
      "another account's": await of(new Wallet(own.privateKey), stranger.peerId),
      forged: { ...(await of(new Wallet(own.privateKey), stranger.peerId)), account: good.account },
      'prolonged by hand': { ...good, expiry: good.expiry + 1n },
      'for too long': await of(buyer, stranger.peerId, 100_000n),
      'of yesterday': await signPeerGrant(buyer, {
        peerId: stranger.peerId,
        chainId,
        nowSeconds: nowSeconds - 90_000n,
      }),
    }
    const held = heldBytes()
    for (const [name, grant] of Object.entries(grants)) {
      const replica = makeReplica(network, farmer, { leaves: 10 })
      await assert.rejects(
        storeAs(replica, { grant, host: stranger }),
        refusedAs('BAD_GRANT'),
        name,
      )
    }
    assert.equal(heldBytes(), held)
    await storeAs(makeReplica(network, farmer, { leaves: 10 }), { grant: good, host: stranger })
  })

  test('refuses offers that do not fit it, the bucket or each other', async () => {
    const now = nowInSeconds()
    const day = 86_400n
    const cases: [code: string, changed: Partial<ReplicaOffer>][] = [
      ['BAD_OFFER', { node: farmer.node + 1n }],
      ['BAD_OFFER', { leafCount: 9n }],
      ['BAD_OFFER', { leafCount: 0n, sizeBytes: 0n }],
      ['BAD_OFFER', { leafCount: 300_000n, sizeBytes: 300_000n * 1_024n, priceWei: 10n ** 18n }],
      ['PRICE_TOO_LOW', { priceWei: 0n }],
      ['NO_ESCROW', { priceWei: 10n ** 24n }],
      ['TERM_EXPIRED', { endTime: now + 60n }],
      ['TERM_EXPIRED', { endTime: network.bucketEndTime + day }],
      ['TERM_TOO_LONG', { endTime: now + 5_000n * day }],
      ['TERM_EXPIRED', { expiry: now - 1n }],
      ['TERM_TOO_LONG', { expiry: now + day }],
      ['UNKNOWN_BUCKET', { bucketId: bytesToHex(randomBytes(32)) }],
    ]
    const held = heldBytes()
    for (const [code, changed] of cases) {
      const replica = makeReplica(network, farmer, { leaves: 10, ...changed })
      await assert.rejects(
        storeAs(replica, {}),
        refusedAs(code),
        JSON.stringify(Object.keys(changed)),
      )
    }
    assert.equal(heldBytes(), held)
  })

  test('refuses other bytes than the offer was made for, and holds none of them', async () => {
    const held = heldBytes()
    const replica = makeReplica(network, farmer)
    const other = makeReplica(network, farmer)
    await assert.rejects(
      storeAs({ ...replica, bytes: other.bytes }, {}),
      refusedAs('ROOT_MISMATCH'),
    )
    assert.equal(heldBytes(), held)
    await storeAs(replica, {})
  })

  test('refuses more bytes than offered while they arrive', async () => {
    const replica = makeReplica(network, farmer, { leaves: 1_000 })
    const bytes = Buffer.concat([replica.bytes, new Uint8Array(8_000_000)])
    await assert.rejects(storeAs({ ...replica, bytes }, {}), refusedAs('SIZE_MISMATCH'))
    await storeAs(replica, {})
  })

  test('signs nothing for half a replica, and takes the other half later', async () => {
    const replica = makeReplica(network, farmer)
    const half = replica.bytes.subarray(0, 750 * 1_024)
    const arriving = farmer.status().replicas.receiving
    await assert.rejects(storeAs({ ...replica, bytes: half }, {}), refusedAs('SIZE_MISMATCH'))
    assert.equal(farmer.status().replicas.receiving, arriving + 1)
    let asked = -1
    await storeReplica(network.host, targetOf(farmer), {
      ...{ offer: replica.offer, grant: network.grant },
      source(from) {
        asked = from
        return piecesOf(replica.bytes.subarray(from))
      },
    })
    assert.equal(asked, half.length)
  })

  test('keeps what came of a client that vanished', async () => {
    const replica = makeReplica(network, farmer)
    const peer = await startPeer(network)
    const { chainId, buyer } = network
    const nowSeconds = nowInSeconds()
    const grant = await signPeerGrant(buyer, { peerId: peer.peerId, chainId, nowSeconds })
    const stream = await peer.openStream(targetOf(farmer), STORE_PROTOCOL)
    await stream.write(encodeStoreRequest({ offer: replica.offer, grant }))
    await stream.read()
    await stream.write(replica.bytes.subarray(0, 102_400))
    await stream.read()
    await peer.stop()
    // The farmer hears of it a moment later; until then the stream counts as sending.
    for (;;) {
      try {
        await storeAs(replica, {})
        break
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'BUSY')
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
  })

  test('is not filled beyond what the bucket may have, registered or not', async () => {
    // 1 GB × 6 backups × 2 is more than a test sends; the promise counts from the offer on.
    const limitBytes = 12_000_000_000n
    const leaves = 262_144n
    const promises = Number(limitBytes / (leaves * 1_024n))
    const peer = await startPeer(network)
    const { chainId, buyer } = network
    const nowSeconds = nowInSeconds()
    const grant = await signPeerGrant(buyer, { peerId: peer.peerId, chainId, nowSeconds })
    const template = makeReplica(network, farmer, { leaves: 1 }).offer
    let refused = ''
    for (let i = 0; i <= promises && refused === ''; i++) {
      const offer = {
        ...template,
        ...{ leafCount: leaves, sizeBytes: leaves * 1_024n, priceWei: 49n * 10n ** 14n },
        salt: bytesToHex(randomBytes(32)),
      }
      const stream = await peer.openStream(targetOf(farmer), STORE_PROTOCOL)
      await stream.write(encodeStoreRequest({ offer, grant }))
      const answer = await stream.read()
      if (answer?.[0] === 0) refused = Buffer.from(answer).toString('latin1')
      else {
        await stream.write(randomBytes(1_024))
        await stream.read()
      }
      stream.abort(new Error('enough'))
    }
    assert.match(refused, /NO_SPACE/)
  })
})

test('a bucket is promised no more than its escrow pays for', async (t) => {
  const network = await startNetwork(t)
  const farmer = await startFarmer(network)
  const { escrowWei } = await getBucket(network.provider, { id: network.bucketId })
  const priceWei = (escrowWei * 3n) / 5n
  const offers = [1, 2].map(() => makeReplica(network, farmer, { leaves: 10, priceWei }))
  await store(network, farmer, offers[0]!)
  await assert.rejects(store(network, farmer, offers[1]!), {
    name: 'StorageError',
    code: 'NO_ESCROW',
  })
  await store(network, farmer, makeReplica(network, farmer, { leaves: 10 }))
})
