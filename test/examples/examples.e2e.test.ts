import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startDevnetProcess } from '../cli/devnetProcess.ts'
import { ROOT } from './fences.ts'
import { runCommand } from './runCommand.ts'

describe('the examples', () => {
  for (const library of ['ethers', 'viem']) {
    test(`with ${library} a guard passes while space is paid for and stops at the end`, async (t) => {
      const { url } = await startDevnetProcess(t)
      const script = `examples/${library}/storageGuard.ts`
      const { code, stdout, stderr } = await runCommand([process.execPath, script], {
        cwd: ROOT,
        url,
      })
      assert.equal(code, 0, stderr)
      const lines = stdout.trim().split('\n')
      assert.equal(lines.length, 4)
      assert.match(lines[0]!, /^bought bucket 0x[0-9a-fA-F]{64} for 810000000000000000 wei$/)
      assert.match(lines[1]!, /^deployed StorageGuard at 0x[0-9a-fA-F]{40}$/)
      assert.equal(lines[2], 'published: the bucket holds 1 file')
      assert.equal(lines[3], 'refused after the term: TermTooShort')
    })
  }

  test("with a wallet's method calls every special kind of a user goes through", async (t) => {
    const devnet = await startDevnetProcess(t)
    const { code, stdout, stderr } = await runCommand(
      [process.execPath, 'examples/wallet/specialTransactions.ts'],
      { cwd: ROOT, url: devnet.url },
    )
    assert.equal(code, 0, stderr)
    const kinds = [...stdout.matchAll(/^kind (\d)/gm)].map(([, kind]) => Number(kind))
    assert.deepEqual(kinds, [1, 3, 4, 6, 8, 8, 5])
    for (let number = 1; number <= kinds.length; number++) {
      const { transactions } = await devnet.rpc<{ transactions: { special: { kind: unknown } }[] }>(
        'eth_getBlockByNumber',
        `0x${number.toString(16)}`,
        true,
      )
      assert.equal(Number(transactions[0]?.special.kind), kinds[number - 1])
    }
  })

  test('the stock Hardhat project tests and deploys over the network URL', async (t) => {
    const devnet = await startDevnetProcess(t)
    const at = { cwd: `${ROOT}examples/storage-guard`, url: devnet.url }
    const hardhat = `${ROOT}node_modules/.bin/hardhat`
    const tested = await runCommand(
      [process.execPath, hardhat, 'test', 'mocha', '--network', 'genaro'],
      at,
    )
    assert.equal(tested.code, 0, tested.stdout + tested.stderr)
    assert.match(tested.stdout, /3 passing/)
    const deployed = await runCommand(
      [process.execPath, hardhat, 'run', 'scripts/deploy.ts', '--network', 'genaro'],
      at,
    )
    assert.equal(deployed.code, 0, deployed.stdout + deployed.stderr)
    const address = deployed.stdout.trim().split('\n').at(-1)
    assert.match(address!, /^0x[0-9a-fA-F]{40}$/)
    assert.notEqual(await devnet.rpc('eth_getCode', address, 'latest'), '0x')
  })
})
