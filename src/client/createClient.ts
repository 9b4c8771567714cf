import type { JsonRpcApiProvider, Signer } from 'ethers'
import type { Bucket } from '../api/actions/getBucket.ts'
import { listBuckets } from '../api/actions/listBuckets.ts'
import { storageMarketContract } from '../api/contracts.ts'
import { connectProvider } from '../api/provider.ts'
import { read } from '../api/send.ts'
import type { Host } from '../p2p/host.ts'
import type { Logger } from '../util/logger.ts'
import { type AuditOptions, type AuditResult, auditFile } from './audit.ts'
import type { ClientContext, FileCode } from './context.ts'
import { type DownloadOptions, type DownloadResult, downloadFile } from './download.ts'
import { ClientError } from './errors.ts'
import type { ChallengeReport } from './escalation/bonds.ts'
import {
  type ChallengeOptions,
  challengeReplicas,
  type EscalateOptions,
  escalateReplicas,
} from './escalation.ts'
import { type ListedFile, type ListOptions, listFiles } from './list.ts'
import { openSource, type UploadSource } from './namedSource.ts'
import { openContext } from './openContext.ts'
import { type OpenFile, type OpenFileOptions, openFile } from './openFile.ts'
import { type RemoveOptions, type RemoveResult, removeFile } from './remove.ts'
import { type RepairOptions, type RepairResult, repairFile } from './repair.ts'
import { repairAsSteward } from './steward.ts'
import { grantSteward, type SealedGrant, stewardKey } from './stewardGrants.ts'
import { type UploadOptions, type UploadResult, uploadSource } from './upload.ts'

export interface ClientOptions {
  /** Where the chain answers; or `provider`. */
  rpcURL?: string
  provider?: JsonRpcApiProvider
  /** The account that owns the buckets and pays for traffic. */
  signer: Signer
  /** 32 bytes that all storage keys are made from; never a signing key. */
  masterSeed: Uint8Array
  /** Multiaddrs with peer ids of farmers or other nodes, beside those the chain's node names. */
  bootstrap?: readonly string[]
  /** A running host to speak through; the client starts and stops one of its own by default. */
  host?: Host
  /** Where journals and half-done work are kept; `~/.genaro/client` by default. */
  workDirectory?: string
  /** The outer code of new files; 4+2 on development networks and 16+11 elsewhere by default. */
  code?: FileCode
  /** The largest shard of new files, in bytes; 64 MiB by default. */
  maxShardBytes?: number
  logger?: Logger
}

/** What an upload of a file or folder gives. */
export interface UploadedSource extends UploadResult {
  name: string
  isFolder: boolean
  /** Paths in a folder that are neither files nor folders, and were left out. */
  skipped: readonly string[]
}

export interface ClientStatus {
  account: string
  /** What may still be downloaded, in bytes, before receipts that farmers have not redeemed yet. */
  trafficBytes: bigint
  buckets: Bucket[]
  /** Farmers that answer now, and what they would still take. */
  farmerCount: number
  farmerFreeBytes: bigint
}

/** Stores files on the network and gets them back. */
export interface Client {
  readonly account: string
  /** Stores a file or folder. Throws `ClientError`. */
  upload(source: UploadSource, options?: UploadOptions): Promise<UploadedSource>
  /** Fetches a file or folder to a path. Throws `ClientError`. */
  download(id: string, target: string, options?: DownloadOptions): Promise<DownloadResult>
  /** Opens a file to read any part of it. Throws `ClientError`. */
  openFile(id: string, options?: OpenFileOptions): Promise<OpenFile>
  list(options?: ListOptions): Promise<ListedFile[]>
  /** Ends the contracts of a file. Throws `ClientError`. */
  remove(id: string, options?: RemoveOptions): Promise<RemoveResult>
  /** Asks the farmers of a file for hidden sentinels, at no cost. Throws `ClientError`. */
  audit(id: string, options?: AuditOptions): Promise<AuditResult>
  /** Pays to have farmers prove replicas on chain. Throws `ApiError`, `ClientError`. */
  challenge(replicaIds: readonly string[], options?: ChallengeOptions): Promise<ChallengeReport>
  /** Asks farmers on chain for hidden sentinels of replicas of a file. Throws `ApiError`, `ClientError`. */
  escalate(
    id: string,
    replicaIds: readonly string[],
    options?: EscalateOptions,
  ): Promise<ChallengeReport>
  /** Makes missing replicas of a file anew. Throws `ClientError`. */
  repair(id: string, options?: RepairOptions): Promise<RepairResult>
  /** The public key to give to owners whose files this account stewards, as one line of text. */
  stewardKey(): Promise<string>
  /** What the bucket's steward needs to repair a file; `key` is its `stewardKey`. Throws `ClientError`. */
  grantSteward(id: string, key: string, options?: ListOptions): Promise<SealedGrant>
  /** Repairs a file of somebody else's by its grant, as JSON. Throws `ClientError`. */
  repairAsSteward(grant: string, options?: Omit<RepairOptions, 'bucketId'>): Promise<RepairResult>
  status(): Promise<ClientStatus>
  /** Gives up what is under way and lets go of everything. */
  close(): Promise<void>
}

/** Starts a client. Throws `ClientError` `BAD_SEED`, and `ApiError` when the chain cannot be reached. */
export async function createClient(options: ClientOptions): Promise<Client> {
  expectSeed(options.masterSeed)
  const provider = options.provider ?? (await connectProvider(options.rpcURL))
  const { context, release } = await openContext(options, provider)
  let isClosed = false
  const open = (): ClientContext => {
    if (!isClosed) return context
    throw new ClientError('CLOSED', { message: 'The client is closed', hint: 'Create a new one.' })
  }
  return {
    account: context.account,
    async upload(source, uploadOptions) {
      const opened = await openSource(source)
      try {
        const result = await uploadSource(open(), opened, uploadOptions)
        const { isFolder, skipped } = opened
        return { ...result, name: new TextDecoder().decode(opened.name), isFolder, skipped }
      } finally {
        await opened.source.close()
      }
    },
    download: (id, target, downloadOptions) => downloadFile(open(), id, target, downloadOptions),
    openFile: (id, openOptions) => openFile(open(), id, openOptions),
    list: (listOptions) => listFiles(open(), listOptions),
    remove: (id, removeOptions) => removeFile(open(), id, removeOptions),
    audit: (id, auditOptions) => auditFile(open(), id, auditOptions),
    challenge: (ids, challengeOptions) => challengeReplicas(open(), ids, challengeOptions),
    escalate: (id, ids, escalateOptions) => escalateReplicas(open(), id, ids, escalateOptions),
    repair: (id, repairOptions) => repairFile(open(), id, repairOptions),
    stewardKey: () => stewardKey(open()),
    grantSteward: (id, key, grantOptions) => grantSteward(open(), id, key, grantOptions),
    repairAsSteward: (grant, repairOptions) => repairAsSteward(open(), grant, repairOptions),
    status: () => readStatus(open()),
    async close() {
      if (isClosed) return
      isClosed = true
      await release()
      if (options.provider === undefined) provider.destroy()
    },
  }
}

async function readStatus({ provider, account, farmers }: ClientContext): Promise<ClientStatus> {
  const [trafficBytes, buckets, offering] = await Promise.all([
    read(() => storageMarketContract(provider).trafficOf(account)),
    listBuckets(provider, { owner: account }),
    farmers.offering(),
  ])
  return {
    account,
    trafficBytes,
    buckets,
    farmerCount: offering.length,
    farmerFreeBytes: offering.reduce((sum, { freeBytes }) => sum + freeBytes, 0n),
  }
}

function expectSeed(masterSeed: Uint8Array): void {
  if (masterSeed instanceof Uint8Array && masterSeed.length === 32) return
  throw new ClientError('BAD_SEED', {
    message: `A master seed is 32 bytes, got ${masterSeed?.length}`,
    hint: 'Make one with createMasterSeed and keep it; never use the key of an account.',
  })
}
