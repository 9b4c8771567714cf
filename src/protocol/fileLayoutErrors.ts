import { GenaroError } from '../util/errors.ts'

export type FileLayoutErrorCode = 'BAD_SIZE' | 'BAD_CODE' | 'OUT_OF_RANGE'

/** Sizes, codes and places that no file or replica has. */
export class FileLayoutError extends GenaroError<FileLayoutErrorCode> {}
