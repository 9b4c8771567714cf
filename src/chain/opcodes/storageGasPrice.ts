import { bucketRead } from './bucketRead.ts'

/** STORAGE_GAS_PRICE: how many backups are stored (YP 3.4). */
export const storageGasPrice = bucketRead(({ backups }) => backups)
