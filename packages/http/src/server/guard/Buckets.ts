/**
 * Token buckets in memory that forget: effect's own store in memory keeps every key for ever.
 */
interface Bucket {
  /** Below zero while more was spent than there was. */
  tokens: number
  /** Since when the next token is filling in: epoch milliseconds. */
  since: number
}

/** Keys in a generation. A crowd beyond that turns generations faster, and gets a bit more than its limit. */
const most = 100_000

/**
 * Two generations of buckets. A bucket that nobody touched for a window is full, as one is that is not there: so the
 * older generation is dropped whole, once a window, and nothing has to be searched.
 */
export class Buckets {
  readonly #window: number
  #young = new Map<string, Bucket>()
  #old = new Map<string, Bucket>()
  /** Those below zero, few as they are: they are kept until that is filled. */
  readonly #debtors = new Map<string, number>()
  #turnedAt: number | undefined

  /** `window`: in how many milliseconds an empty bucket is full. */
  constructor(window: number) {
    this.#window = window
  }

  get size(): number {
    return this.#young.size + this.#old.size
  }

  /**
   * Takes tokens if there are enough; returns what would be left, and for how long the next one has been filling in.
   */
  take(options: {
    readonly key: string
    readonly tokens: number
    readonly limit: number
    readonly refillMillis: number
    readonly now: number
  }): readonly [remaining: number, elapsedMillis: number] {
    const { key, limit, now, refillMillis, tokens } = options
    this.#turn(now)
    const bucket = this.#young.get(key) ?? this.#old.get(key) ?? { tokens: limit, since: now }
    this.#young.set(key, bucket)
    // A clock that went back fills nothing, and takes nothing away.
    if (now < bucket.since) bucket.since = now
    const filled = Math.floor((now - bucket.since) / refillMillis)
    bucket.tokens = Math.min(limit, bucket.tokens + filled)
    bucket.since = bucket.tokens === limit ? now : bucket.since + filled * refillMillis
    const remaining = bucket.tokens - tokens
    if (remaining >= 0) bucket.tokens = remaining
    return [remaining, now - bucket.since]
  }

  /** Takes tokens from a bucket that something was taken from just now, whether there are enough or not. */
  spend(key: string, tokens: number, refillMillis: number): void {
    const bucket = this.#young.get(key)
    if (bucket === undefined) return
    bucket.tokens -= tokens
    if (bucket.tokens < 0) this.#debtors.set(key, bucket.since - bucket.tokens * refillMillis)
  }

  #turn(now: number): void {
    if (this.#turnedAt === undefined || now < this.#turnedAt) this.#turnedAt = now
    if (now - this.#turnedAt < this.#window && this.#young.size < most) return
    this.#old = this.#young
    this.#young = new Map()
    this.#turnedAt = now
    for (const [key, until] of this.#debtors) {
      const bucket = this.#old.get(key)
      if (bucket === undefined || until <= now) this.#debtors.delete(key)
      else this.#young.set(key, bucket)
    }
  }
}
