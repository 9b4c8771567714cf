import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { type DevnetProcess, startDevnetProcess, temporaryDirectory } from './devnetProcess.ts'
import { runGenaro } from './runGenaro.ts'

const OWNER = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'
const MARKET = '0x6000000000000000000000000000000000000002'

/** All that a client can see of the chain, as JSON. */
async function picture(devnet: DevnetProcess, hashes: readonly string[]): Promise<unknown> {
  const height = Number(await devnet.rpc('eth_blockNumber'))
  const blocks = []
  for (let number = 0; number <= height; number++) {
    blocks.push(await devnet.rpc('eth_getBlockByNumber', `0x${number.toString(16)}`, true))
  }
  return {
    blocks,
    receipts: await Promise.all(
      hashes.map((hash) => devnet.rpc('eth_getTransactionReceipt', hash)),
    ),
    logs: await devnet.rpc('eth_getLogs', { fromBlock: '0x0', toBlock: 'latest' }),
    balance: await devnet.rpc('eth_getBalance', OWNER, 'latest'),
    balanceBefore: await devnet.rpc('eth_getBalance', OWNER, '0x1'),
    nonce: await devnet.rpc('eth_getTransactionCount', OWNER, 'latest'),
    proof: await devnet.rpc('eth_getProof', MARKET, ['0x0'], 'latest'),
  }
}

describe('a data directory', () => {
  test('brings back the whole chain after SIGTERM, and the chain goes on', async (t) => {
    const directory = temporaryDirectory(t)
    const first = await startDevnetProcess(t, ['--data-dir', directory])
    const hashes: string[] = []
    for (const args of [
      ['bucket', 'buy', '--size', '3GB', '--term', '90d', '--tag', 'photos'],
      ['stake', '6000'],
      ['traffic', 'buy', '1GB'],
    ]) {
      const { code, stdout, stderr } = await runGenaro([...args, '--json', '--rpc', first.url])
      assert.equal(code, 0, stderr)
      hashes.push((JSON.parse(stdout) as { transactionHash: string }).transactionHash)
    }
    const before = await picture(first, hashes)
    assert.equal(await first.end('SIGTERM'), 0)

    const second = await startDevnetProcess(t, ['--data-dir', directory])
    assert.deepEqual(await picture(second, hashes), before)
    const { code, stdout } = await runGenaro(['bucket', 'list', '--json', '--rpc', second.url])
    assert.equal(code, 0)
    const { buckets } = JSON.parse(stdout) as { buckets: { sizeBytes: string; live: boolean }[] }
    assert.equal(buckets.length, 1)
    assert.equal(buckets[0]?.sizeBytes, '3000000000')
    assert.equal(buckets[0]?.live, true)
    const again = await runGenaro(['stake', '1', '--rpc', second.url])
    assert.equal(again.code, 0, again.stderr)
    assert.equal(await second.rpc('eth_blockNumber'), '0x4')
  })

  test('goes on from a time that was moved forward', async (t) => {
    const directory = temporaryDirectory(t)
    const first = await startDevnetProcess(t, ['--data-dir', directory])
    await first.rpc('evm_increaseTime', 90 * 86_400)
    await first.rpc('evm_mine')
    const head = await first.rpc<{ timestamp: string }>('eth_getBlockByNumber', 'latest', false)
    await first.end('SIGTERM')

    const second = await startDevnetProcess(t, ['--data-dir', directory])
    await second.rpc('evm_mine')
    const next = await second.rpc<{ timestamp: string }>('eth_getBlockByNumber', 'latest', false)
    assert.ok(Number(next.timestamp) > Number(head.timestamp))
  })

  test('is refused to a second process', async (t) => {
    const directory = temporaryDirectory(t)
    const devnet = await startDevnetProcess(t, ['--data-dir', directory])
    const { code, stdout, stderr } = await runGenaro([
      'devnet',
      '--port',
      '0',
      '--data-dir',
      directory,
    ])
    assert.equal(code, 1)
    assert.equal(stdout, '')
    assert.match(stderr, /^error: The data directory .* is in use by another process\nhint: /)
    assert.equal(await devnet.rpc('eth_blockNumber'), '0x0')
  })

  test('is refused under another chain id or with other accounts', async (t) => {
    const directory = temporaryDirectory(t)
    const devnet = await startDevnetProcess(t, ['--data-dir', directory])
    await devnet.end('SIGTERM')
    for (const flags of [
      ['--chain-id', '1337'],
      ['--accounts', '11'],
    ]) {
      const { code, stderr } = await runGenaro([
        'devnet',
        '--port',
        '0',
        '--data-dir',
        directory,
        ...flags,
      ])
      assert.equal(code, 1)
      assert.match(stderr, /^error: The database holds a chain with .*\nhint: .*--data-dir/)
    }
    const again = await startDevnetProcess(t, ['--data-dir', directory])
    assert.equal(await again.rpc('eth_chainId'), '0x7a44')
  })

  test('that is a file or cannot be made is refused in words', async (t) => {
    const file = join(temporaryDirectory(t), 'file')
    writeFileSync(file, 'not a database')
    const refused = { [file]: 'opened', [join(file, 'below')]: 'made' }
    for (const [directory, what] of Object.entries(refused)) {
      const { code, stderr } = await runGenaro(['devnet', '--port', '0', '--data-dir', directory])
      assert.notEqual(code, 0)
      assert.match(
        stderr,
        new RegExp(`^error: The data directory .* cannot be ${what}: .*\\nhint: `),
      )
    }
  })
})
