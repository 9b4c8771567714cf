/** Anything a command returns, as JSON: whole numbers beyond a double's reach become decimal strings. */
export const toJSON = (value: unknown): string =>
  JSON.stringify(value, (_key, field: unknown) =>
    typeof field === 'bigint' ? field.toString() : field,
  )

/** A line of a result: what it is and its value. A value left undefined leaves the line out. */
export type Fact = readonly [label: string, value: string | number | bigint | undefined]

/** Lines with their values in one column. */
export function formatFacts(facts: readonly Fact[]): string {
  const shown = facts.filter(([, value]) => value !== undefined)
  const width = Math.max(...shown.map(([label]) => label.length))
  return shown.map(([label, value]) => `${label.padEnd(width)}  ${value}`).join('\n')
}

/** Rows under a headline, each column as wide as its widest cell. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length)),
  )
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd()
  return [head, ...rows].map(line).join('\n')
}

/** Puts a command's result on stdout: one JSON object with `--json`, else text for people. */
export function printResult(flags: { json?: boolean }, result: object, text: () => string): void {
  process.stdout.write(`${flags.json ? toJSON(result) : text()}\n`)
}
