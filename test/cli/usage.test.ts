import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { runGenaro } from './runGenaro.ts'

/** Nothing listens on port 1, so a command that gets there says so. */
const NOWHERE = 'http://127.0.0.1:1'

describe('the command line', () => {
  test('prints help and version on stdout with exit code 0', async () => {
    const help = await runGenaro(['--help'])
    assert.equal(help.code, 0)
    assert.equal(help.stderr, '')
    for (const command of [
      'devnet',
      'status',
      'account',
      'stake',
      'unstake',
      'bucket',
      'traffic',
    ]) {
      assert.match(help.stdout, new RegExp(`^ {2}${command} `, 'm'))
    }
    const version = await runGenaro(['--version'])
    assert.equal(version.code, 0)
    assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/)
  })

  test('that is not understood ends with exit code 2 and says why on stderr alone', async () => {
    const lines: [args: string[], says: RegExp][] = [
      [[], /Usage: genaro/],
      [['frob'], /unknown command 'frob'/],
      [['bucket'], /Usage: genaro bucket/],
      [['stake'], /missing required argument 'amount'/],
      [['stake', '5', 'ETH'], /"5 ETH" is not an amount of GNX\nhint: /],
      [['bucket', 'buy', '--term', '1d'], /required option '--size <size>' not specified/],
      [['bucket', 'buy', '--size', '3', '--term', '1d'], /"3" is not a size\nhint: /],
      [['bucket', 'buy', '--size', '3GB', '--term', '3m'], /"3m" is not a term\nhint: /],
      [['bucket', 'buy', '--size', '3GB', '--term', '1d', '--backups', '101'], /from 1 to 100/],
      [['bucket', 'extend', `0x${'00'.repeat(32)}`], /Nothing to add to the bucket\nhint: /],
      [['devnet', '--port', '65536'], /--port must be a whole number from 0 to 65535/],
      [['devnet', '--slot-time', '-1'], /--slot-time must be a number from 0.1/],
      [['devnet', '--accounts', '1.5'], /--accounts must be a whole number/],
      [['devnet', '--chain-id', 'x'], /--chain-id must be a whole number/],
      [['devnet', '--log-level', 'loud'], /Allowed choices are debug, info, warn, error/],
      [['status', '--rpc', 'localhost:8545'], /is not the address of a node\nhint: /],
      [['status', 'now'], /too many arguments/],
    ]
    for (const [args, says] of lines) {
      const { code, stdout, stderr } = await runGenaro(args)
      assert.equal(code, 2, `genaro ${args.join(' ')}: ${stderr}`)
      assert.equal(stdout, '')
      assert.match(stderr, says)
    }
  })

  test('says where no node answers and how to start one, with exit code 1', async () => {
    for (const args of [['status'], ['account'], ['stake', '1'], ['bucket', 'list']]) {
      const { code, stdout, stderr } = await runGenaro([...args, '--rpc', NOWHERE])
      assert.equal(code, 1)
      assert.equal(stdout, '')
      assert.match(stderr, /^error: No node answers at http:\/\/127\.0\.0\.1:1\nhint: .*npm start/)
    }
  })

  test('takes the node from GENARO_RPC when --rpc is absent', async () => {
    const { stderr } = await runGenaro(['status'], { GENARO_RPC: NOWHERE })
    assert.match(stderr, /No node answers at http:\/\/127\.0\.0\.1:1\n/)
  })

  test('reports a command line it does not understand as one JSON object with --json', async () => {
    for (const line of [
      ['bucket', 'buy', '--json'],
      ['nonsense', '--json'],
    ]) {
      const { code, stdout, stderr } = await runGenaro(line)
      assert.deepEqual([code, stdout], [2, ''])
      const { error } = JSON.parse(stderr) as { error: { code: string; message: string } }
      assert.equal(error.code, 'BAD_COMMAND')
      assert.match(error.message, /option|command/)
    }
  })

  test('reports a failure as one JSON object on stderr with --json', async () => {
    const { code, stdout, stderr } = await runGenaro(['status', '--json', '--rpc', NOWHERE])
    assert.equal(code, 1)
    assert.equal(stdout, '')
    const { error } = JSON.parse(stderr) as { error: Record<string, unknown> }
    assert.equal(error.code, 'RPC_UNREACHABLE')
    assert.deepEqual(error.facts, { rpcURL: NOWHERE })
    assert.match(String(error.hint), /npm start/)
  })
})
