import { bucketRead } from './bucketRead.ts'

/** SSIZE: the bytes of space bought (YP 3.4). */
export const ssize = bucketRead(({ sizeBytes }) => sizeBytes)
