/** What an error is made of: a stable code, what happened, what to do about it, and the facts. */
export interface ErrorDetails {
  /** One sentence that says what is wrong, with the offending value in it. */
  message: string
  /** One sentence that says what the reader can do about it. */
  hint?: string
  /** The values involved, for machines and logs. Never keys or secrets. */
  facts?: Record<string, unknown>
  cause?: unknown
}

/**
 * The one base class of errors. Each area has a subclass that fixes the union of its codes, so that
 * callers branch on `code` and never on text.
 */
export class GenaroError<Code extends string = string> extends Error {
  readonly code: Code
  readonly hint: string | undefined
  readonly facts: Record<string, unknown>

  constructor(code: Code, { message, hint, facts = {}, cause }: ErrorDetails) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = new.target.name
    this.code = code
    this.hint = hint
    this.facts = facts
  }
}

/** The text of anything that was thrown. */
export const errorMessage = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)
