import { bucketRead } from './bucketRead.ts'

/** STORAGE_GAS_USED: the bytes of the space that are used (YP 3.4, "slice size"). */
export const storageGasUsed = bucketRead(({ usedBytes }) => usedBytes)
