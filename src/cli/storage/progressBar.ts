import { formatSize } from '../../api/units/size.ts'

/** A line on stderr that says how far something is; nothing when stderr is no terminal. */
export interface ProgressBar {
  /** `done` of `total` bytes, and what else is to be said. */
  show(done: number, total: number, words: string): void
  /** Takes the line away. */
  clear(): void
}

const WIDTH = 24
const EVERY_MS = 100

export function createProgressBar(
  label: string,
  stream: NodeJS.WriteStream = process.stderr,
): ProgressBar {
  if (!stream.isTTY) return { show: () => {}, clear: () => {} }
  let lastAt = 0
  const begun = performance.now()
  return {
    show(done, total, words) {
      const now = performance.now()
      if (now - lastAt < EVERY_MS && done < total) return
      lastAt = now
      const share = total === 0 ? 1 : Math.min(1, done / total)
      const filled = Math.round(share * WIDTH)
      const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`
      const rate = done / Math.max(0.001, (now - begun) / 1_000)
      const text = `${label} ${bar} ${Math.floor(share * 100)}%  ${words}  ${formatSize(BigInt(Math.round(rate)))}/s`
      stream.write(`\r\x1b[K${text.slice(0, (stream.columns ?? 80) - 1)}`)
    },
    clear() {
      stream.write('\r\x1b[K')
    },
  }
}

/** A name for terminals: without anything that moves a cursor. */
export const shownName = (name: string): string => name.replace(/\p{C}/gu, '�')
