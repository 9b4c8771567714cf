import { once } from 'node:events'
import { dialTarget } from '../../src/p2p/addresses.ts'
import { drained } from '../../src/p2p/drained.ts'
import type { Host } from '../../src/p2p/host.ts'

const PROTOCOL = '/genaro/bench/1.0.0'
const CHUNK_BYTES = 262_144

/** Sends whoever opens a stream zeros until it goes away: what libp2p alone can carry. */
export async function serveRawBytes({ libp2p }: Host): Promise<void> {
  const chunk = new Uint8Array(CHUNK_BYTES)
  await libp2p.handle(PROTOCOL, async (stream) => {
    try {
      while (stream.status === 'open') {
        stream.send(chunk)
        await drained(stream)
      }
    } catch {
      // The reader has what it wanted.
    }
  })
}

/** Takes so many bytes from such a host, as fast as they come. */
export async function readRawBytes(
  { libp2p }: Host,
  addresses: readonly string[],
  sizeBytes: number,
): Promise<void> {
  const peerId = /\/p2p\/([^/]+)$/.exec(addresses[0]!)![1]!
  const stream = await libp2p.dialProtocol(dialTarget({ peerId, addresses }), PROTOCOL)
  let receivedBytes = 0
  while (receivedBytes < sizeBytes) {
    const [{ data }] = (await once(stream, 'message')) as [{ data: Uint8Array }]
    receivedBytes += data.byteLength
  }
  stream.abort(new Error('enough'))
}
