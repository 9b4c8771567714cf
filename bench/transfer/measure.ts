import { readFileSync, writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { join } from 'node:path'

/** What one piece of work took of a process. */
export interface Usage {
  seconds: number
  /** With those of all its threads. */
  cpuSeconds: number
  /** The largest resident size meanwhile. */
  peakBytes: number
}

/** Watches this process while something is done. */
export interface Watch {
  end(): Promise<Usage>
}

const SAMPLE_MS = 20

/**
 * Begins to watch. With GENARO_BENCH_PROFILE naming a directory, a CPU profile of the main thread is left there under
 * `name`.
 */
export async function startWatch(name: string): Promise<Watch> {
  const profile = await startProfile(name)
  let peakBytes = 0
  resetPeak()
  const sample = (): void => {
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss())
  }
  const timer = setInterval(sample, SAMPLE_MS)
  const cpu = process.cpuUsage()
  const begun = performance.now()
  return {
    async end() {
      const seconds = (performance.now() - begun) / 1_000
      const { user, system } = process.cpuUsage(cpu)
      clearInterval(timer)
      sample()
      await profile?.()
      return {
        seconds,
        cpuSeconds: (user + system) / 1e6,
        peakBytes: Math.max(peakBytes, kernelPeakBytes()),
      }
    },
  }
}

/** Makes the kernel forget the peak so far, which Linux alone can. */
function resetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5')
  } catch {
    // The samples have to do.
  }
}

function kernelPeakBytes(): number {
  try {
    const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))
    return Number(line?.[1] ?? 0) * 1_024
  } catch {
    return 0
  }
}

async function startProfile(name: string): Promise<(() => Promise<void>) | undefined> {
  const directory = process.env.GENARO_BENCH_PROFILE
  if (directory === undefined) return undefined
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.start')
  return async () => {
    const { profile } = await session.post('Profiler.stop')
    session.disconnect()
    writeFileSync(join(directory, `${name}.cpuprofile`), JSON.stringify(profile))
  }
}
