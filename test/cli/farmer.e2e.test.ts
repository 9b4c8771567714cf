import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import {
  type DevnetProcess,
  firstLine,
  type Scope,
  startDevnetProcess,
  temporaryDirectory,
} from './devnetProcess.ts'
import { cleanEnvironment, MAIN, runGenaro } from './runGenaro.ts'

interface Told {
  account: string
  node: string
  peerId: string
  addresses: string[]
  capacityBytes: number
  priceWeiPerGBDay: string
  metricsURL: string
}

/** Starts `genaro farmer` for an account of the devnet and waits until it serves. */
async function startFarmerProcess(
  scope: Scope,
  { url, accounts }: DevnetProcess,
  directory: string,
  args: readonly string[] = [],
): Promise<{ told: Told; end(): Promise<number | null> }> {
  const flags = ['--rpc', url, '--data-dir', directory, '--json', ...args]
  const child = spawn(process.execPath, [MAIN, 'farmer', ...flags], {
    env: cleanEnvironment({ GENARO_KEY: accounts[1]!.privateKey }),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const closed = once(child, 'close') as Promise<[number | null]>
  scope.after(async () => {
    child.kill('SIGKILL')
    await closed
  })
  const told = JSON.parse(await firstLine(child)) as Told
  return {
    told,
    async end() {
      child.kill('SIGTERM')
      return (await closed)[0]
    },
  }
}

describe('genaro farmer', () => {
  test('stakes and registers once, tells how it is, and is the same node after a restart', async (t) => {
    const devnet = await startDevnetProcess(t)
    const directory = temporaryDirectory(t)
    const args = ['--capacity', '5GB', '--price', '0.001']
    const first = await startFarmerProcess(t, devnet, directory, args)
    assert.equal(first.told.account, devnet.accounts[1]!.address.toLowerCase())
    assert.equal(first.told.capacityBytes, 5_000_000_000)
    assert.equal(first.told.priceWeiPerGBDay, '1000000000000000')
    const stake = await devnet.rpc<{ lockedWei: string }>('genaro_getStake', first.told.account)
    assert.equal(BigInt(stake.lockedWei), 5_000n * 10n ** 18n)

    const metrics = await (await fetch(first.told.metricsURL)).text()
    assert.match(metrics, /^genaro_farmer_capacity_bytes 5000000000$/m)
    assert.match(metrics, /^# TYPE genaro_farmer_served_bytes_total counter$/m)

    const asked = await runGenaro(['farmer', 'status', '--data-dir', directory, '--json'])
    assert.equal(asked.code, 0, asked.stderr)
    assert.equal(JSON.parse(asked.stdout).peerId, first.told.peerId)
    const text = await runGenaro(['farmer', 'status', '--data-dir', directory])
    assert.match(text.stdout, /Capacity +5 GB, 0 B taken/)

    const blocks = await devnet.rpc('eth_blockNumber')
    assert.equal(await first.end(), 0)
    const second = await startFarmerProcess(t, devnet, directory, args)
    assert.deepEqual([second.told.node, second.told.peerId], [first.told.node, first.told.peerId])
    assert.equal(await devnet.rpc('eth_blockNumber'), blocks, 'nothing was sent again')
  })

  test('says what is missing or in the way', async (t) => {
    const devnet = await startDevnetProcess(t)
    const directory = temporaryDirectory(t)
    const flags = ['--rpc', devnet.url, '--data-dir', directory, '--json']
    const codeOf = async (
      args: readonly string[],
      environment: Record<string, string>,
    ): Promise<string> => {
      const { code, stderr } = await runGenaro(args, environment)
      assert.notEqual(code, 0)
      return JSON.parse(stderr.trim().split('\n').at(-1)!).error.code
    }
    const GENARO_KEY = devnet.accounts[2]!.privateKey
    assert.equal(await codeOf(['farmer', ...flags], {}), 'NO_ACCOUNT')
    assert.equal(await codeOf(['farmer', ...flags], { GENARO_KEY: 'secret' }), 'BAD_KEY')
    assert.equal(
      await codeOf(['farmer', ...flags, '--capacity', 'much'], { GENARO_KEY }),
      'BAD_SIZE',
    )
    assert.equal(
      await codeOf(['farmer', ...flags, '--listen', 'here'], { GENARO_KEY }),
      'CANNOT_LISTEN',
    )
    const poor = { GENARO_KEY: `0x${'42'.repeat(32)}` }
    assert.equal(await codeOf(['farmer', ...flags], poor), 'INSUFFICIENT_FUNDS')
    assert.equal(
      await codeOf(['farmer', 'status', '--data-dir', directory, '--json'], {}),
      'NOT_RUNNING',
    )
    await startFarmerProcess(t, devnet, directory)
    assert.equal(await codeOf(['farmer', ...flags], { GENARO_KEY }), 'STORE_LOCKED')
  })
})

test('a devnet names its farmers, and keeps who they are with --data-dir', async (t) => {
  const directory = temporaryDirectory(t)
  const args = ['--farmers', '2', '--data-dir', directory]
  const first = await startDevnetProcess(t, args)
  const peers = await first.rpc<string[]>('genaro_getPeers')
  assert.equal(peers.length, 2)
  assert.equal(await first.rpc('eth_blockNumber'), '0x0')
  assert.equal(await first.end(), 0)
  const second = await startDevnetProcess(t, args)
  const again = await second.rpc<string[]>('genaro_getPeers')
  const idsOf = (addresses: string[]): string[] => addresses.map((each) => each.split('/').at(-1)!)
  assert.deepEqual(idsOf(again), idsOf(peers))
  await second.end()
})
