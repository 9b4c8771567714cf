/** Blocks of memory that are used again and again, since collecting them costs more than filling them. */
export interface BlockPool {
  /** Memory of so many bytes with anything in it; new memory where a block is too small. */
  take(sizeBytes: number): Buffer
  /** Gives back what `take` gave, which nobody may use any more. */
  giveBack(memory: Buffer): void
}

export interface BlockPoolOptions {
  blockBytes: number
  /** Blocks that are kept for later at most. */
  maxBlocks: number
}

export function createBlockPool({ blockBytes, maxBlocks }: BlockPoolOptions): BlockPool {
  const free: ArrayBufferLike[] = []
  return {
    take(sizeBytes) {
      if (sizeBytes > blockBytes) return Buffer.allocUnsafeSlow(sizeBytes)
      return Buffer.from(free.pop() ?? new ArrayBuffer(blockBytes), 0, sizeBytes)
    },
    giveBack({ buffer }) {
      if (buffer.byteLength === blockBytes && free.length < maxBlocks) free.push(buffer)
    },
  }
}
