/**
 * A small memory of tokens that held. To verify a signature takes 60 (RS256) to 150 (ES256) microseconds of CPU, about
 * as much as all else about a small request; to look a token up takes one.
 *
 * It never makes a token live longer than it says. It keeps one for five minutes at most, so that a key that the
 * issuer withdraws is not trusted much longer than its JWKS is cached anyway.
 */
/** In milliseconds. */
const longest = 5 * 60_000
const most = 10_000

interface Entry<Claims> {
  readonly claims: Claims
  /** When it was verified, and until when it holds: epoch milliseconds. */
  readonly from: number
  readonly until: number
}

export class Verified<Claims> {
  readonly #entries = new Map<string, Entry<Claims>>()

  /** By the digest of the token. A clock that went back before the verification knows nothing of it. */
  get(key: string, now: number): Claims | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    if (entry.from <= now && now < entry.until && now < entry.from + longest) return entry.claims
    this.#entries.delete(key)
    return undefined
  }

  /** Until when a token that is remembered holds. */
  until(key: string): number | undefined {
    return this.#entries.get(key)?.until
  }

  set(key: string, entry: Entry<Claims>): void {
    // Oldest first: entries come in the order in which they were verified.
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size < most) break
      this.#entries.delete(oldest)
    }
    this.#entries.delete(key)
    this.#entries.set(key, entry)
  }
}
