/**
 * What happened in a run, line by line: kept as a digest, and as text when asked for.
 */
import { createHash } from "node:crypto"

export class Trace {
  readonly #hash = createHash("sha256")
  readonly #lines: Array<string> | undefined
  #pending = ""

  constructor(keep: boolean) {
    this.#lines = keep ? [] : undefined
  }

  add(at: number, line: string): void {
    const text = `${at} ${line}`
    this.#lines?.push(text)
    this.#pending += text + "\n"
    if (this.#pending.length > 8_192) this.#flush()
  }

  get lines(): ReadonlyArray<string> {
    return this.#lines ?? []
  }

  /** The digest of all that was added; nothing can be added after it. */
  digest(): string {
    this.#flush()
    return this.#hash.digest("hex")
  }

  #flush(): void {
    this.#hash.update(this.#pending)
    this.#pending = ""
  }
}
