import { GenaroError } from '../util/errors.ts'

export type FileCipherErrorCode =
  | 'BAD_HEADER'
  | 'WRONG_KEY'
  | 'BAD_CELL'
  | 'BAD_SIZE'
  | 'BAD_MANIFEST'

/** Encrypted files and manifests that were changed, cut, reordered, or belong to another key. */
export class FileCipherError extends GenaroError<FileCipherErrorCode> {}
