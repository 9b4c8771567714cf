import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Wallet } from 'ethers'
import { DAY_SECONDS } from '../../src/protocol/params.ts'
import { patternBytes, startTestNetwork, type TestNetwork } from './network.ts'

describe('what cannot be done is said before a byte is sent', () => {
  let network: TestNetwork
  const cleanUps: (() => unknown)[] = []
  before(async () => {
    network = await startTestNetwork({ after: (cleanUp) => cleanUps.push(cleanUp) })
  })
  after(async () => {
    for (const cleanUp of cleanUps) await cleanUp()
  })
  const taken = (): bigint =>
    network.farmers.reduce((sum, farmer) => sum + farmer.status().receivedBytes, 0n)
  const signerOf = (account: number): Wallet =>
    new Wallet(network.node.devnet!.accounts[account]!.privateKey, network.provider)
  const source = { bytes: patternBytes(100_000), name: 'file' }

  test('no bucket', async () => {
    const client = await network.client({ signer: signerOf(5) })
    await assert.rejects(client.upload(source), { code: 'NO_BUCKET', hint: /genaro bucket buy/ })
    const bucketId = `0x${'12'.repeat(32)}`
    await assert.rejects(client.upload(source, { bucketId }), { code: 'NO_BUCKET' })
  })

  test("another's bucket", async () => {
    const bucketId = await network.buyBucket({ tag: 'others' })
    const client = await network.client({ signer: signerOf(5) })
    await assert.rejects(client.upload(source, { bucketId }), { code: 'NOT_OWNER' })
  })

  test('no space', async () => {
    const before = taken()
    const bucketId = await network.buyBucket({ tag: 'small', sizeBytes: 1_000_000n })
    const client = await network.client()
    const upload = client.upload({ bytes: patternBytes(2_000_000), name: 'f' }, { bucketId })
    await assert.rejects(upload, { code: 'NO_SPACE', hint: /genaro bucket extend/ })
    assert.equal(taken(), before)
  })

  test('an unknown file, and an id that is none', async () => {
    const client = await network.client()
    const target = join(network.directory(), 'target')
    await assert.rejects(client.download(`0x${'00'.repeat(32)}`, target), { code: 'FILE_UNKNOWN' })
    await assert.rejects(client.download('0x12', target), { code: 'BAD_ID' })
    await assert.rejects(client.remove(`0x${'00'.repeat(32)}`), { code: 'FILE_UNKNOWN' })
  })

  test('a source that is not there, and a target that is', async () => {
    await network.buyBucket({ tag: 'target' })
    const client = await network.client()
    await assert.rejects(client.upload('/no/such/file'), { code: 'BAD_SOURCE' })
    const { id } = await client.upload(source)
    const target = join(network.directory(), 'target')
    writeFileSync(target, 'precious')
    await assert.rejects(client.download(id, target), { code: 'BAD_TARGET' })
    await client.download(id, target, { overwrite: true })
  })

  test('a signal that has fired already', async () => {
    const before = taken()
    const client = await network.client()
    const signal = AbortSignal.abort()
    await assert.rejects(client.upload(source, { signal }), { code: 'ABORTED' })
    const target = join(network.directory(), 'target')
    await assert.rejects(client.download(`0x${'00'.repeat(32)}`, target, { signal }), {
      code: 'ABORTED',
    })
    assert.equal(taken(), before)
    assert.ok(!existsSync(target))
  })

  test('no traffic', async () => {
    // A bucket of few bytes for few days brings next to no traffic with it.
    const signer = signerOf(6)
    const { buySpace } = await import('../../src/api/actions/buySpace.ts')
    await buySpace(signer, { sizeBytes: 10_000_000n, termSeconds: DAY_SECONDS, backups: 1 })
    const client = await network.client({ signer })
    const { id } = await client.upload({ bytes: patternBytes(3_000_000), name: 'large' })
    await assert.rejects(client.download(id, join(network.directory(), 'target')), {
      code: 'NO_TRAFFIC',
      hint: /genaro traffic buy/,
    })
  })

  test('a closed client', async () => {
    const client = await network.client()
    await client.close()
    await assert.rejects(client.upload(source), { code: 'CLOSED' })
  })

  test('an ended term', async () => {
    const bucketId = await network.buyBucket({ tag: 'short', termSeconds: 2n * DAY_SECONDS })
    const client = await network.client()
    const { id } = await client.upload(source, { bucketId })
    await network.node.devnet!.increaseTime(3n * DAY_SECONDS)
    await network.node.devnet!.mine()
    await assert.rejects(client.upload({ ...source, name: 'late' }, { bucketId }), {
      code: 'TERM_EXPIRED',
    })
    for (const farmer of network.farmers) await farmer.checkChain().catch(() => {})
    await assert.rejects(client.download(id, join(network.directory(), 'target')), {
      code: 'TERM_EXPIRED',
    })
  })
})
