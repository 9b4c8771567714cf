import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { bytesToUnprefixedHex, hexToBytes, utf8ToBytes } from '@ethereumjs/util'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { errorMessage } from '../util/errors.ts'
import { P2PError } from './errors.ts'

const KEY_BYTES = 32

/** A fresh node key: 32 bytes, a secp256k1 scalar. It names the node to its peers and holds no money. */
export const createNodeKey = (): Uint8Array => secp256k1.utils.randomSecretKey(randomBytes(48))

/**
 * The node key that belongs to a secret seed of 32 bytes: HKDF-SHA-256 with the node's number in the
 * info, so that the same seed always gives the same peer ids. Never give it a signing key.
 */
export function deriveNodeKey(seed: Uint8Array, nodeNumber = 0): Uint8Array {
  const info = utf8ToBytes(`genaro/node-key/v1/${nodeNumber}`)
  // 48 bytes reduced modulo the group order are uniform to 2^-128 (RFC 9380, 5).
  return secp256k1.utils.randomSecretKey(hkdf(sha256, seed, undefined, info, 48))
}

/**
 * Reads the node key kept in a file as 64 hex digits, or makes one there that only the owner may read.
 * Throws `P2PError` `BAD_NODE_KEY` for a file that holds no key or cannot be used.
 */
export async function loadNodeKey(file: string): Promise<Uint8Array> {
  const kept = await readNodeKey(file)
  if (kept !== undefined) return kept
  await writeNodeKey(file, createNodeKey())
  const written = await readNodeKey(file)
  if (written !== undefined) return written
  throw unusable(file, 'it vanished after it was written')
}

async function readNodeKey(file: string): Promise<Uint8Array | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined
    throw unusable(file, errorMessage(error), error)
  }
  const digits = text.trim()
  if (!/^[0-9a-f]{64}$/i.test(digits)) throw unusable(file, 'it does not hold 64 hex digits')
  const key = hexToBytes(`0x${digits}`)
  if (!secp256k1.utils.isValidSecretKey(key)) throw unusable(file, 'its number is no private key')
  return key
}

/** Whole or not at all: a crash leaves no half key, and of two processes the first one's key stays. */
async function writeNodeKey(file: string, key: Uint8Array): Promise<void> {
  const draft = `${file}.${process.pid}.${bytesToUnprefixedHex(randomBytes(4))}`
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(draft, `${bytesToUnprefixedHex(key)}\n`, {
      mode: 0o600,
      flag: 'wx',
      flush: true,
    })
    await chmod(draft, 0o600)
    await link(draft, file)
  } catch (error) {
    if ((error as { code?: string }).code !== 'EEXIST') {
      throw unusable(file, errorMessage(error), error)
    }
  } finally {
    await rm(draft, { force: true })
  }
}

function unusable(file: string, reason: string, cause?: unknown): P2PError {
  return new P2PError('BAD_NODE_KEY', {
    message: `The node key file ${file} cannot be used: ${reason}`,
    hint: `Restore it from a backup, or move it away so that a new key of ${KEY_BYTES} bytes is made.`,
    facts: { file },
    cause,
  })
}
