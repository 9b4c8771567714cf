import { bucketRead } from './bucketRead.ts'

/** STORAGE_GAS: the term of the space, in seconds (YP 3.4). */
export const storageGas = bucketRead(({ startTime, endTime }) => endTime - startTime)
