import type { CipherEngine } from './cipher.ts'
import { createNodeEngine } from './nodeEngine.ts'
import { createWebEngine } from './webEngine.ts'

/** Node's own cryptography where there is one, since it is twice as fast, else the browser's. */
export const platformEngine = (): CipherEngine => {
  engine ??= createNodeEngine() ?? createWebEngine()
  return engine
}

let engine: CipherEngine | undefined
