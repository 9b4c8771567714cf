import { GenaroError } from '../../util/errors.ts'

export type DevnetErrorCode = 'TIME_NOT_LATER' | 'BAD_OPTION' | 'TOO_MANY_BLOCKS'

/** What a development network cannot do as asked. */
export class DevnetError extends GenaroError<DevnetErrorCode> {}
