import type { ComponentLogger, Logger } from '@libp2p/interface'

/**
 * libp2p's log, off. Its own logger makes several objects for each stream even when nobody listens, which costs
 * more than the stream's messages; with DEBUG set it is used after all.
 */
export const silentLibraryLog = (): ComponentLogger => ({ forComponent: () => SILENT })

const silent = (): void => {}

const SILENT: Logger = Object.assign(silent, {
  error: silent,
  trace: silent,
  enabled: false,
  newScope: () => SILENT,
})
