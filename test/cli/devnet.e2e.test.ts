import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'
import { firstLine, startDevnetProcess, temporaryDirectory } from './devnetProcess.ts'
import { cleanEnvironment, MAIN, runGenaro } from './runGenaro.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const FIRST_ACCOUNT = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'
const FIRST_KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'
const MILLION_GNX = `0x${(10n ** 24n).toString(16)}`

describe('genaro devnet', () => {
  test('prints its accounts with keys and a warning, its chain id and its address', async () => {
    const child = spawn(process.execPath, [MAIN, 'devnet', '--port', '0'], {
      env: cleanEnvironment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let text = ''
    for await (const part of child.stdout.setEncoding('utf8')) {
      text += part
      if (text.includes('Ready.')) child.kill('SIGINT')
    }
    assert.match(text, new RegExp(`^ +0 {2}${FIRST_ACCOUNT} {2}${FIRST_KEY}$`, 'm'))
    assert.equal(text.match(/^ +\d {2}0x[0-9a-fA-F]{40} {2}0x[0-9a-f]{64}$/gm)?.length, 10)
    assert.match(text, /keys are known to everybody/)
    assert.match(text, /^Chain id +31300$/m)
    assert.match(text, /^JSON-RPC +http:\/\/127\.0\.0\.1:\d+ /m)
  })

  test('prints one JSON object with --json and funds each account with a million GNX', async (t) => {
    const devnet = await startDevnetProcess(t)
    assert.equal(devnet.chainId, '31300')
    assert.equal(devnet.accounts.length, 10)
    assert.deepEqual(devnet.accounts[0], { address: FIRST_ACCOUNT, privateKey: FIRST_KEY })
    for (const { address } of devnet.accounts) {
      assert.equal(await devnet.rpc('eth_getBalance', address, 'latest'), MILLION_GNX)
    }
    assert.deepEqual(
      (await devnet.rpc<string[]>('eth_accounts')).map((address) => address.toLowerCase()),
      devnet.accounts.map(({ address }) => address.toLowerCase()),
    )
  })

  test('takes chain id, number of accounts and client version from its flags', async (t) => {
    const devnet = await startDevnetProcess(t, [
      '--chain-id',
      '1337',
      '--accounts',
      '3',
      '--client-version',
      'hardhat/look-alike',
    ])
    assert.equal(await devnet.rpc('eth_chainId'), '0x539')
    assert.equal((await devnet.rpc<string[]>('eth_accounts')).length, 3)
    assert.equal(await devnet.rpc('web3_clientVersion'), 'hardhat/look-alike')
  })

  test('with --slot-time seals blocks by time, and a transaction waits for the next', async (t) => {
    const devnet = await startDevnetProcess(t, ['--slot-time', '1'])
    const hash = await devnet.rpc('eth_sendTransaction', {
      from: FIRST_ACCOUNT,
      to: devnet.accounts[1]!.address,
      value: '0x1',
    })
    for (;;) {
      const receipt = await devnet.rpc<{ status: string } | null>('eth_getTransactionReceipt', hash)
      if (receipt !== null) {
        assert.equal(receipt.status, '0x1')
        break
      }
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    const height = Number(await devnet.rpc('eth_blockNumber'))
    while (Number(await devnet.rpc('eth_blockNumber')) === height) {
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  })

  test('ends with exit code 0 on SIGINT and SIGTERM, also while clients are connected', async (t) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const devnet = await startDevnetProcess(t)
      const socket = new WebSocket(devnet.url.replace('http', 'ws'))
      await once(socket, 'open')
      const closed = once(socket, 'close')
      assert.equal(await devnet.end(signal), 0)
      await closed
    }
  })

  test('takes a signal that npm repeats at once for the same key press', async (t) => {
    const directory = temporaryDirectory(t)
    const devnet = await startDevnetProcess(t, ['--data-dir', directory])
    devnet.child.kill('SIGINT')
    assert.equal(await devnet.end('SIGINT'), 0)
  })

  test('says that its port is taken and ends with exit code 1', async (t) => {
    const devnet = await startDevnetProcess(t)
    const { port } = new URL(devnet.url)
    const { code, stdout, stderr } = await runGenaro(['devnet', '--port', port])
    assert.equal(code, 1)
    assert.equal(stdout, '')
    assert.match(stderr, new RegExp(`^error: Port ${port} on 127.0.0.1 is in use`))
    assert.match(stderr, /\nhint: .*--port/)
  })

  test('is what npm start runs, flags included, and ends when npm is told to', async (t) => {
    const child = spawn('npm', ['start', '--silent', '--', '--port', '0', '--json'], {
      cwd: ROOT,
      env: cleanEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    t.after(() => child.kill('SIGKILL'))
    const { url } = JSON.parse(await firstLine(child)) as { url: string }
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/)
    const closed = once(child, 'close')
    // Ctrl-C in a terminal reaches npm and the devnet alike, and npm hands its own on.
    process.kill(-child.pid!, 'SIGINT')
    assert.deepEqual(await closed, [0, null])
    await assert.rejects(fetch(url, { method: 'POST' }))
  })
})
