import { bytesToHex } from '@ethereumjs/util'
import { replicasContract } from '../../api/contracts.ts'
import { read } from '../../api/send.ts'
import { SALT_BYTES } from '../../crypto/fileHeader.ts'
import { createFileKey, unwrapFileKey, wrapFileKey } from '../../crypto/fileKey.ts'
import { randomBytes } from '../../crypto/keys.ts'
import type { FileShape } from '../../protocol/fileLayoutShape.ts'
import type { ClientContext } from '../context.ts'
import { ClientError } from '../errors.ts'
import { bytesOf, deriveFileSecrets, type FileSecrets } from '../fileSecrets.ts'
import type { PreparedReplica, UploadEntry, UploadJournal } from './uploadJournal.ts'

/** What making, storing and registering replicas works with. What changes is in the journal before it counts. */
export interface StoringState {
  readonly fileId: string
  readonly bucketId: string
  readonly secrets: Pick<FileSecrets, 'replicaKeys'>
  readonly journal: UploadJournal
  /** By shard index: the last replica that was made of a shard. */
  readonly prepared: Map<bigint, PreparedReplica>
  /** By replica id. */
  readonly signatures: Map<string, string>
  readonly registered: Set<string>
}

/** An upload as far as it is. */
export interface UploadState extends StoringState {
  readonly shape: FileShape
  readonly fileKey: Uint8Array
  readonly wrappedFileKey: Uint8Array
  readonly salt: Uint8Array
  readonly secrets: FileSecrets
  /** By segment. */
  readonly digests: Map<number, string>
  sealedManifest: Uint8Array | undefined
}

/** Begins an upload, or goes on with what its journal tells. */
export async function openUploadState(
  context: ClientContext,
  journal: UploadJournal,
  { bucketId, shape }: { bucketId: string; shape: FileShape },
): Promise<UploadState> {
  const [begin] = journal.entries
  const state =
    begin?.kind === 'begin'
      ? await resumed(context, journal, begin)
      : await begun(context, journal, bucketId, shape)
  for (const entry of journal.entries) apply(state, entry)
  await findRegistered(context, state)
  return state
}

/** The replica of a shard that counts: signed, and registered or still in time to be. */
export function validReplica(
  { prepared, signatures, registered }: StoringState,
  shardIndex: bigint,
  nowSeconds: bigint,
): PreparedReplica | undefined {
  const replica = prepared.get(shardIndex)
  if (replica === undefined || !signatures.has(replica.id)) return undefined
  const isInTime = replica.offer.expiry > nowSeconds + REGISTRATION_SECONDS
  return registered.has(replica.id) || isInTime ? replica : undefined
}

/** A signed offer with less left than this is not counted on. */
const REGISTRATION_SECONDS = 60n

async function begun(
  context: ClientContext,
  journal: UploadJournal,
  bucketId: string,
  shape: FileShape,
): Promise<UploadState> {
  const fileId = bytesToHex(randomBytes(32))
  const secrets = deriveFileSecrets(context.masterSeed, bucketId, fileId)
  const fileKey = createFileKey()
  const scope = { bucketKey: secrets.bucketKey, fileId: bytesOf(fileId) }
  const wrappedFileKey = await wrapFileKey(scope, fileKey)
  const salt = randomBytes(SALT_BYTES)
  await journal.append({
    kind: 'begin',
    fileId,
    bucketId,
    wrappedFileKey: bytesToHex(wrappedFileKey),
    salt: bytesToHex(salt),
    shape,
  })
  return {
    ...emptyState(journal),
    fileId,
    bucketId,
    shape,
    fileKey,
    wrappedFileKey,
    salt,
    secrets,
  }
}

async function resumed(
  context: ClientContext,
  journal: UploadJournal,
  begin: UploadEntry & { kind: 'begin' },
): Promise<UploadState> {
  const { fileId, bucketId, shape } = begin
  const secrets = deriveFileSecrets(context.masterSeed, bucketId, fileId)
  const wrappedFileKey = bytesOf(begin.wrappedFileKey)
  const scope = { bucketKey: secrets.bucketKey, fileId: bytesOf(fileId) }
  const fileKey = await unwrapFileKey(scope, wrappedFileKey).catch((cause) => {
    throw new ClientError('WRONG_SEED', {
      message: 'This upload was begun with another master seed',
      hint: 'Name the seed file it was begun with, by --seed-file or GENARO_SEED_FILE.',
      cause,
    })
  })
  const salt = bytesOf(begin.salt)
  return { ...emptyState(journal), fileId, bucketId, shape, fileKey, wrappedFileKey, salt, secrets }
}

const emptyState = (journal: UploadJournal) => ({
  journal,
  digests: new Map<number, string>(),
  prepared: new Map<bigint, PreparedReplica>(),
  signatures: new Map<string, string>(),
  registered: new Set<string>(),
  sealedManifest: undefined as Uint8Array | undefined,
})

function apply(state: UploadState, entry: UploadEntry): void {
  if (entry.kind === 'encoded') state.digests.set(entry.segment, entry.digest)
  if (entry.kind === 'manifest') {
    state.sealedManifest = new Uint8Array(Buffer.from(entry.sealed, 'base64'))
  }
  if (entry.kind === 'prepared') {
    state.prepared.set(entry.replica.offer.shardIndex, entry.replica)
  }
  if (entry.kind === 'signed') state.signatures.set(entry.id, entry.signature)
  if (entry.kind === 'dropped') state.signatures.delete(entry.id)
  if (entry.kind === 'registered') for (const id of entry.ids) state.registered.add(id)
}

/** A crash may have come between the block and the journal. */
export async function findRegistered(
  { provider }: Pick<ClientContext, 'provider'>,
  state: StoringState,
): Promise<void> {
  const contract = replicasContract(provider)
  const open = [...state.prepared.values()].filter(
    ({ id }) => state.signatures.has(id) && !state.registered.has(id),
  )
  const known = await Promise.all(open.map(({ id }) => read(() => contract.isRegistered(id))))
  const ids = open.filter((_, at) => known[at]).map(({ id }) => id)
  if (ids.length === 0) return
  await state.journal.append({ kind: 'registered', ids })
  for (const id of ids) state.registered.add(id)
}
