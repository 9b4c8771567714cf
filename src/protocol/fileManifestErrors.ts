import { GenaroError } from '../util/errors.ts'

export type FileManifestErrorCode = 'BAD_MANIFEST'

/** Manifests that no upload makes. */
export class FileManifestError extends GenaroError<FileManifestErrorCode> {}

/** Refuses a part of a manifest. */
export function refuseManifest(what: string, facts?: Record<string, unknown>): never {
  throw new FileManifestError('BAD_MANIFEST', {
    message: `The manifest is malformed: ${what}`,
    hint: 'It was damaged, or made by another version of Genaro.',
    facts,
  })
}
