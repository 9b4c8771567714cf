import { Account } from '@ethereumjs/util'
import { type RlpItem, readList } from './rlpReader.ts'
import { closeList, finishRlp, openList, startRlp, writeBytes, writeInteger } from './rlpWriter.ts'
import { StateError } from './stateError.ts'

const FIELDS = 4
const HASH_BYTES = 32
const MAX_INTEGER_BYTES = 32

/** What the state trie holds of an account (Ethereum YP 4.1): nonce, balance, storage root, code hash. */
export function encodeAccount({ nonce, balance, storageRoot, codeHash }: Account): Uint8Array {
  startRlp()
  const end = openList()
  writeBytes(codeHash)
  writeBytes(storageRoot)
  writeInteger(balance)
  writeInteger(nonce)
  closeList(end)
  return finishRlp()
}

/** Throws `StateError` `CORRUPT_ACCOUNT` or `CORRUPT_NODE` for bytes that no account encodes to. */
export function decodeAccount(bytes: Uint8Array): Account {
  const items = readList(bytes, 0, bytes.length, FIELDS)
  if (items.length !== FIELDS) throw corrupt(`it has ${items.length} fields`)
  const [nonce, balance, storageRoot, codeHash] = items
  return new Account(
    readInteger(bytes, nonce!),
    readInteger(bytes, balance!),
    readHash(bytes, storageRoot!),
    readHash(bytes, codeHash!),
  )
}

/** Another account object with the same content. The EVM changes the ones it is given. */
export const copyAccount = ({ nonce, balance, storageRoot, codeHash }: Account): Account =>
  new Account(nonce, balance, storageRoot, codeHash)

function readInteger(bytes: Uint8Array, { isList, start, end }: RlpItem): bigint {
  if (isList || end - start > MAX_INTEGER_BYTES) throw corrupt('a number is too long')
  if (end === start) return 0n
  if (bytes[start] === 0) throw corrupt('a number begins with zero')
  if (end - start <= 6) return BigInt(readSmall(bytes, start, end))
  return BigInt(`0x${Buffer.from(bytes.buffer, bytes.byteOffset).toString('hex', start, end)}`)
}

function readSmall(bytes: Uint8Array, start: number, end: number): number {
  let value = 0
  for (let at = start; at < end; at++) value = value * 256 + bytes[at]!
  return value
}

function readHash(bytes: Uint8Array, { isList, start, end }: RlpItem): Uint8Array {
  if (isList || end - start !== HASH_BYTES) throw corrupt('a hash is not 32 bytes')
  return bytes.slice(start, end)
}

const corrupt = (reason: string): StateError =>
  new StateError('CORRUPT_ACCOUNT', { message: `A stored account is malformed: ${reason}` })
