import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A fenced block of a Markdown file. */
export interface Fence {
  language: string
  text: string
}

/** All fenced blocks of a file of the repository, in order. */
export const readFences = (path: string): Fence[] =>
  [...readFileSync(ROOT + path, 'utf8').matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(
    ([, language = '', text = '']) => ({ language, text }),
  )
