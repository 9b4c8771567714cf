/** `genaro/client`: files on the storage network. */
export { createMasterSeed } from '../crypto/keys.ts'
export type { AuditedFarmer, AuditedReplica } from './audit/auditReport.ts'
export type { AuditOptions, AuditProgress, AuditResult } from './audit.ts'
export type { FileCode } from './context.ts'
export {
  type Client,
  type ClientOptions,
  type ClientStatus,
  createClient,
  type UploadedSource,
} from './createClient.ts'
export type { DownloadOptions, DownloadResult } from './download.ts'
export { ClientError, type ClientErrorCode } from './errors.ts'
export type { ChallengeReport } from './escalation/bonds.ts'
export type { ChallengedReplica } from './escalation/challengeRounds.ts'
export type { ChallengeOptions, EscalateOptions } from './escalation.ts'
export { createGateway, type Gateway, type GatewayOptions } from './gateway.ts'
export type { ListedFile, ListOptions } from './list.ts'
export { defaultSeedFile, type LoadedSeed, loadMasterSeed } from './masterSeed.ts'
export type { UploadSource } from './namedSource.ts'
export type { OpenFile, OpenFileOptions, ReadOptions } from './openFile.ts'
export type { DownloadProgress, UploadProgress } from './progress.ts'
export type { RemoveOptions, RemoveResult } from './remove.ts'
export type { RepairProgress } from './repair/repair.ts'
export type { MissingReplica, RepairOptions, RepairResult } from './repair.ts'
export type { SealedGrant } from './stewardGrants.ts'
export type { UploadOptions, UploadResult } from './upload.ts'
