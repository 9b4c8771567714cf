import assert from 'node:assert/strict'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createHost } from '../../src/p2p/createHost.ts'
import { P2PError } from '../../src/p2p/errors.ts'
import { createNodeKey, deriveNodeKey, loadNodeKey } from '../../src/p2p/nodeKey.ts'
import { startHost, startPair, targetOf } from './hosts.ts'

const code = (expected: string) => (error: unknown) => {
  assert.ok(error instanceof P2PError, String(error))
  assert.equal(error.code, expected, error.message)
  assert.ok(error.hint)
  return true
}

async function temporaryDirectory(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'genaro-p2p-'))
  t.after(() => rm(directory, { recursive: true, force: true }))
  return directory
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20)
}

describe('a host', () => {
  test('encrypts with TLS where both can, and shows its peer id', async (t) => {
    const { server, client } = await startPair(t)
    const connection = await client.connect(targetOf(server))
    assert.equal(connection.encryption, '/tls/1.0.0')
    assert.equal(connection.remotePeer.toString(), server.peerId)
    await until(() => server.connectedPeers().includes(client.peerId))
  })

  test('refuses to talk to another peer than the one asked for', async (t) => {
    const { server, client } = await startPair(t)
    const stranger = await startHost(t, { listen: [] })
    const lie = { peerId: stranger.peerId, addresses: server.addresses() }
    await assert.rejects(client.connect(lie), code('UNREACHABLE'))
  })

  test('disconnects a peer it bans and lets it neither in nor out', async (t) => {
    const { server, client } = await startPair(t)
    await client.connect(targetOf(server))
    await until(() => server.connectedPeers().length === 1)
    server.scores.ban(client.peerId)
    await until(() => server.connectedPeers().length === 0)
    await until(() => client.connectedPeers().length === 0)
    await client.connect(targetOf(server)).catch(() => {})
    await until(() => client.connectedPeers().length === 0)
    assert.deepEqual(server.connectedPeers(), [])
    client.scores.ban(server.peerId)
    await assert.rejects(client.connect(targetOf(server)), code('PEER_BANNED'))
  })

  test('holds no more streams of a protocol than allowed on one connection', async (t) => {
    const { server, client } = await startPair(t)
    let serving = 0
    await server.handle('/genaro/test/1.0.0', () => {
      serving++
      return new Promise(() => {})
    })
    const streams = await Promise.allSettled(
      Array.from({ length: 20 }, () => client.openStream(targetOf(server), '/genaro/test/1.0.0')),
    )
    await sleep(200)
    assert.equal(serving, 8)
    assert.equal(streams.length, 20)
  })

  test('drops sockets that never finish a handshake and still answers others', async (t) => {
    const { server, client } = await startPair(t)
    const port = Number(server.addresses()[0]?.split('/')[4])
    const sockets = Array.from({ length: 40 }, () => connect(port, '127.0.0.1'))
    t.after(() => {
      for (const socket of sockets) socket.destroy()
    })
    let closed = 0
    for (const socket of sockets) {
      socket.on('error', () => {})
      socket.on('close', () => closed++)
    }
    await until(() => closed >= 20)
    await until(() => closed === 40)
    await client.connect(targetOf(server))
  })

  test('dials a bootstrap node again until it is there', async (t) => {
    const key = createNodeKey()
    const first = await createHost({ nodeKey: key })
    const addresses = first.addresses()
    const listen = addresses.map((address) => address.replace(/\/p2p\/.*/, ''))
    await first.stop()
    const joining = await startHost(t, { bootstrap: addresses })
    await sleep(300)
    assert.deepEqual(joining.connectedPeers(), [])
    const again = await startHost(t, { nodeKey: key, listen })
    await until(() => joining.connectedPeers().includes(again.peerId))
  })

  test('in a public network never dials private addresses', async (t) => {
    const server = await startHost(t)
    const client = await startHost(t, { listen: [], profile: 'public' })
    await assert.rejects(client.connect(targetOf(server)), code('DIAL_DENIED'))
  })

  test('says which address it cannot listen at', async (t) => {
    const host = await startHost(t)
    const [taken = ''] = host.addresses()
    const listen = [taken.replace(/\/p2p\/.*/, '')]
    await assert.rejects(createHost({ listen }), code('CANNOT_LISTEN'))
    await assert.rejects(createHost({ listen: ['/nonsense'] }), code('CANNOT_LISTEN'))
    await assert.rejects(createHost({ bootstrap: ['nonsense'] }), code('BAD_ADDRESS'))
  })

  test('refuses a peer database that another process uses', async (t) => {
    const directory = await temporaryDirectory(t)
    await startHost(t, { directory })
    await assert.rejects(createHost({ directory }), code('BAD_DATASTORE'))
  })
})

describe('a node key', () => {
  test('is made once per file, readable by its owner only, and gives the same peer id', async (t) => {
    const file = join(await temporaryDirectory(t), 'deep', 'node.key')
    const [key, same] = await Promise.all([loadNodeKey(file), loadNodeKey(file)])
    assert.deepEqual(key, same)
    assert.deepEqual(await loadNodeKey(file), key)
    assert.equal((await stat(file)).mode & 0o777, 0o600)
    const hosts = [await startHost(t, { nodeKey: key }), await startHost(t, { nodeKey: key })]
    assert.equal(hosts[0]?.peerId, hosts[1]?.peerId)
  })

  test('is refused when the file holds something else, which is left as it is', async (t) => {
    const file = join(await temporaryDirectory(t), 'node.key')
    for (const text of ['', 'hello', '00'.repeat(32), 'ff'.repeat(32), '11'.repeat(31)]) {
      await writeFile(file, text)
      await assert.rejects(loadNodeKey(file), code('BAD_NODE_KEY'))
    }
    await assert.rejects(createHost({ nodeKey: new Uint8Array(31) }), code('BAD_NODE_KEY'))
  })

  test('derived from a seed is the same each time and another for each node', () => {
    const seed = new Uint8Array(32).fill(1)
    assert.deepEqual(deriveNodeKey(seed, 0), deriveNodeKey(seed, 0))
    assert.notDeepEqual(deriveNodeKey(seed, 0), deriveNodeKey(seed, 1))
    assert.notDeepEqual(deriveNodeKey(seed, 0), deriveNodeKey(new Uint8Array(32).fill(2), 0))
  })
})
