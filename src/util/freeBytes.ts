/**
 * Gives back at once the memory of bytes that nobody uses any more, with all of the buffer they are a part of. The
 * collector comes when 64 MB of such memory have gathered in a thread, and takes longer than making them
 * took. What is shared, or small enough to be a part of Node's own pool, stays.
 */
export function freeBytes({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength > Buffer.poolSize) buffer.transfer(0)
}
