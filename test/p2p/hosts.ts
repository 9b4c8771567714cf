import type { TestContext } from 'node:test'
import { createHost, type HostOptions } from '../../src/p2p/createHost.ts'
import type { Host, PeerTarget } from '../../src/p2p/host.ts'

/** A host on a free loopback port that ends with the test. */
export async function startHost(t: TestContext, options: HostOptions = {}): Promise<Host> {
  const host = await createHost(options)
  t.after(() => host.stop())
  return host
}

/** A host and another that can reach it. */
export async function startPair(t: TestContext): Promise<{ server: Host; client: Host }> {
  return { server: await startHost(t), client: await startHost(t, { listen: [] }) }
}

export const targetOf = (host: Host): PeerTarget => ({
  peerId: host.peerId,
  addresses: host.addresses(),
})
