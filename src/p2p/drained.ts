import type { Stream } from '@libp2p/interface'

/** Bytes that may wait in a stream's own queue before its writer is held back. */
const MAX_QUEUED_BYTES = 1 << 20

/**
 * Waits until a stream can take more. libp2p's own `onDrain` keeps one promise that, once resolved, never
 * waits again, so this listens to events. Rejects when the stream closes with bytes still waiting.
 */
export async function drained(stream: Stream): Promise<void> {
  while (stream.writableNeedsDrain || stream.writeBufferLength > MAX_QUEUED_BYTES) {
    if (stream.writeStatus !== 'writable') throw new Error(`it is ${stream.status} for writing`)
    await nextChange(stream)
    // The stream sends what it has queued in a microtask after its own 'drain'.
    await Promise.resolve()
  }
}

const nextChange = (stream: Stream): Promise<void> =>
  new Promise((resolve, reject) => {
    const stop = (): void => {
      stream.removeEventListener('drain', onRoom)
      stream.removeEventListener('idle', onRoom)
      stream.removeEventListener('close', onClose)
    }
    const onRoom = (): void => {
      stop()
      resolve()
    }
    const onClose = ({ error }: { error?: Error }): void => {
      stop()
      reject(error ?? new Error('it was closed by the other side'))
    }
    stream.addEventListener('drain', onRoom)
    stream.addEventListener('idle', onRoom)
    stream.addEventListener('close', onClose)
  })
