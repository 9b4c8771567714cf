import { createCipheriv, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, openSync, writeSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'

const CHUNK_BYTES = 1 << 20

/** AES-256-GCM over so many bytes, and nothing else. */
export async function encryptAlone(sizeBytes: number): Promise<void> {
  const cipher = createCipheriv('aes-256-gcm', randomBytes(32), randomBytes(12))
  const chunk = randomBytes(CHUNK_BYTES)
  for (let done = 0; done < sizeBytes; done += CHUNK_BYTES) cipher.update(chunk)
  cipher.final()
}

/** So many bytes through a socket to ourselves. */
export async function loopbackTCP(sizeBytes: number): Promise<void> {
  const server = createServer((socket) => socket.resume())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const chunk = randomBytes(CHUNK_BYTES)
  for (let done = 0; done < sizeBytes; done += CHUNK_BYTES) {
    if (!socket.write(chunk)) await once(socket, 'drain')
  }
  socket.end()
  await once(socket, 'close')
  server.close()
}

/** A file of random bytes. */
export function makeFile(path: string, sizeBytes: number): void {
  const file = openSync(path, 'w')
  for (let done = 0; done < sizeBytes; done += CHUNK_BYTES) {
    writeSync(file, randomBytes(Math.min(CHUNK_BYTES, sizeBytes - done)))
  }
  closeSync(file)
}
