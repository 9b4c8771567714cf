import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FileShape } from '../../protocol/fileLayoutShape.ts'
import type { ReplicaOffer } from '../../protocol/replicaContract.ts'
import type { ClientContext } from '../context.ts'
import { type Journal, openJournal } from '../journal.ts'

/** What an upload writes down. Keys stand in it wrapped under the master seed's, never plain. */
export type UploadEntry =
  | {
      kind: 'begin'
      fileId: string
      bucketId: string
      wrappedFileKey: string
      salt: string
      shape: FileShape
    }
  /** The authentication tags of a segment's cells, hashed: its content must not change once any of it was sent. */
  | { kind: 'encoded'; segment: number; digest: string }
  /** The manifest as it is stored, in base64. */
  | { kind: 'manifest'; sealed: string }
  /** A replica is made for a farmer; from here on the farmer may see it. */
  | { kind: 'prepared'; replica: PreparedReplica }
  /** The farmer has it, and signed. */
  | { kind: 'signed'; shardIndex: string; id: string; signature: string }
  /** The chain would not have it. */
  | { kind: 'dropped'; id: string }
  /** The replicas are under contract. */
  | { kind: 'registered'; ids: string[] }

/** A replica and the offer its farmer is asked to sign. */
export interface PreparedReplica {
  /** The farmer's account. */
  farmer: string
  peerId: string
  nonce: string
  id: string
  offer: ReplicaOffer
}

export type UploadJournal = Journal<UploadEntry>

/** Opens the journal of one upload: the same source into the same bucket finds the same one again. */
export const openUploadJournal = (
  context: ClientContext,
  bucketId: string,
  identity: string,
): Promise<UploadJournal> => openNamed(context, 'uploads', bucketId, identity)

/** Whether an upload of the source into the bucket was broken off after farmers took some of it. */
export async function isUploadBegun(
  context: ClientContext,
  bucketId: string,
  identity: string,
): Promise<boolean> {
  const file = join(context.directory, 'uploads', nameOf(context, bucketId, identity))
  const journal = await readFile(file).catch(() => Buffer.alloc(0))
  return journal.includes('{"kind":"signed"')
}

/** Where an upload's shards wait: nobody else's while its journal is open, and found again after a crash. */
export const uploadDirectory = (
  context: ClientContext,
  bucketId: string,
  identity: string,
): string => join(context.directory, 'segments', nameOf(context, bucketId, identity))

/** Opens the journal of the repair of one file. */
export const openRepairJournal = (
  context: ClientContext,
  bucketId: string,
  fileId: string,
): Promise<UploadJournal> => openNamed(context, 'repairs', bucketId, fileId)

const openNamed = (
  context: ClientContext,
  kind: string,
  bucketId: string,
  identity: string,
): Promise<UploadJournal> => {
  const file = join(context.directory, kind, nameOf(context, bucketId, identity))
  return openJournal({ file, decode, encode })
}

const nameOf = (
  { chainId, account }: ClientContext,
  bucketId: string,
  identity: string,
): string => {
  const key = JSON.stringify([String(chainId), account, bucketId, identity])
  return createHash('sha256').update(key).digest('hex').slice(0, 40)
}

const KINDS: ReadonlySet<unknown> = new Set([
  'begin',
  'encoded',
  'manifest',
  'prepared',
  'signed',
  'dropped',
  'registered',
])

const encode = (entry: UploadEntry): unknown =>
  entry.kind === 'prepared'
    ? { ...entry, replica: { ...entry.replica, offer: offerToJSON(entry.replica.offer) } }
    : entry

/** The journal is our own file; what does not have the form stops the reading of it. */
function decode(line: unknown): UploadEntry | undefined {
  const entry = line as UploadEntry
  if (!KINDS.has(entry?.kind)) return undefined
  if (entry.kind !== 'prepared') return entry
  const offer = offerFromJSON(entry.replica.offer as unknown as Record<string, string>)
  return { ...entry, replica: { ...entry.replica, offer } }
}

const NUMBERS = [
  'shardIndex',
  'node',
  'leafCount',
  'sizeBytes',
  'priceWei',
  'endTime',
  'expiry',
] as const

const offerToJSON = (offer: ReplicaOffer): Record<string, string> =>
  Object.fromEntries(Object.entries(offer).map(([key, value]) => [key, String(value)]))

const offerFromJSON = (json: Record<string, string>): ReplicaOffer => ({
  ...(json as unknown as ReplicaOffer),
  ...Object.fromEntries(NUMBERS.map((key) => [key, BigInt(json[key]!)])),
})
