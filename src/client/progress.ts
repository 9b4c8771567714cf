/** How far an upload is, in bytes. What a farmer took that failed afterwards is taken back from `sentBytes`. */
export interface UploadProgress {
  /** Plaintext to be stored. */
  sizeBytes: number
  /** What farmers will hold of it in all: the plaintext with everything that protects it. */
  replicaBytes: number
  /** Plaintext that is encrypted, encoded and sealed. */
  encryptedBytes: number
  /** Replica bytes that farmers took. */
  sentBytes: number
  /** Replica bytes that farmers signed for. */
  acknowledgedBytes: number
  /** Replica bytes under contract on the chain. */
  registeredBytes: number
}

/** How far a download is, in bytes. */
export interface DownloadProgress {
  sizeBytes: number
  /** Plaintext that is checked and at its place, what an earlier run left included. */
  writtenBytes: number
  /** Replica bytes that farmers sent. */
  receivedBytes: number
}

export interface ProgressCounter<Progress extends object> {
  /** Adds to a count and tells the listener. */
  add(key: keyof Progress, bytes: number): void
  readonly now: Readonly<Progress>
}

/** Counts, and tells `onProgress` each change with a copy. A listener that throws is not asked again. */
export function createProgressCounter<Progress extends object>(
  initial: Progress,
  onProgress?: (progress: Progress) => void,
): ProgressCounter<Progress> {
  const now = { ...initial }
  const counts = now as Record<keyof Progress, number>
  let listener = onProgress
  const tell = (): void => {
    try {
      listener?.({ ...now })
    } catch {
      // A broken display must not break the transfer it shows.
      listener = undefined
    }
  }
  tell()
  return {
    now,
    add(key, bytes) {
      if (bytes === 0) return
      counts[key] += bytes
      tell()
    },
  }
}
