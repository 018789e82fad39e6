/**
 * One feed for all tabs and windows of a browser in which somebody is signed in, since a browser has six connections to
 * a server. Whichever has the lock follows the server and tells the others; when it is closed, crashes or hangs,
 * another has the lock and goes on from the last position it knows. Without locks each tab follows by itself.
 */
import type { Followed, FollowOptions } from "@popug/http/promises"

export interface Feed {
  /** What lock and channel are called: by server, user and source, so that nobody is told what another one may see. */
  readonly name: string
  readonly follow: (
    options: Pick<FollowOptions, "after" | "onSign">,
    signal: AbortSignal
  ) => AsyncIterable<Followed, undefined>
  readonly hear: (event: Followed) => void
  /** Tasks were taken from somebody. */
  readonly reassigned: () => void
  /** Things may have happened that nobody here was told: all that is known is to be asked again. */
  readonly missed: () => void
  /** Whether the log is not the one any more that was followed. */
  readonly isReplaced: (error: unknown) => boolean
  /** The server does not let this one follow. */
  readonly ended: (error: unknown) => void
  readonly times?: Partial<Times>
}

/** In milliseconds. */
interface Times {
  /** A feed tells what happens from when it is there: what was asked up to then is asked once more, so much later. */
  readonly settling: number
  /** How often the one that follows says that it is there. */
  readonly sign: number
  /** After so much silence it is asked, and after the same again replaced: a dialog of the browser can hold it up. */
  readonly silence: number
}

/** What tabs tell each other. */
type Word =
  /** What happened after a position, and where that leads to. */
  | {
      readonly kind: "told"
      readonly after: string | undefined
      readonly events: ReadonlyArray<Followed>
      readonly position: string
      readonly reassigned: boolean
      /** Whether all will be asked again soon. */
      readonly isFresh: boolean
    }
  /** What is known may be of before. */
  | { readonly kind: "anew"; readonly position: string | undefined }
  | { readonly kind: "here" | "asks" }

const numberOf = (position: string): number => Number.parseInt(position, 10)

export class SharedFeed {
  readonly #feed: Feed
  readonly #times: Times
  /** How far this tab is. */
  #position: string | undefined
  #joined: AbortController | undefined
  #connection: AbortController | undefined
  #channel: InstanceType<typeof BroadcastChannel> | undefined
  /** What the others are not told yet. */
  #untold: { after: string | undefined; events: Array<Followed>; reassigned: boolean } | undefined
  #isLeading = false
  /** Whether what was asked before the feed was there is still to be asked again. */
  #isFresh = true
  #watching: ReturnType<typeof setTimeout> | undefined

  constructor(feed: Feed) {
    this.#feed = feed
    this.#times = { settling: 1_500, sign: 10_000, silence: 25_000, ...feed.times }
  }

  /** Begins to hear, from where it was. */
  join(): void {
    if (this.#joined !== undefined) return
    const joined = new AbortController()
    this.#joined = joined
    if (typeof BroadcastChannel === "undefined" || globalThis.navigator.locks === undefined) {
      void this.#lead(joined.signal)
      return
    }
    this.#channel = new BroadcastChannel(this.#feed.name)
    this.#channel.addEventListener("message", (event) => this.#take((event as Event & { readonly data: Word }).data))
    void this.#stand(joined)
    this.#tell({ kind: "asks" })
  }

  /** Hears no more; what happens meanwhile is heard after the next `join`, unless that is forgotten. */
  leave({ forget = false } = {}): void {
    if (this.#joined !== undefined) {
      this.#flush()
      this.#joined.abort()
      this.#joined = undefined
      clearTimeout(this.#watching)
      this.#channel?.close()
      this.#channel = undefined
    }
    if (!forget) return
    this.#position = undefined
    this.#isFresh = true
  }

  /** The server is back: whoever follows it does not wait any longer. */
  again(): void {
    this.#connection?.abort()
  }

  /** Waits for the lock, and follows for as long as it is this one's. */
  async #stand(joined: AbortController): Promise<void> {
    let isStealing = false
    while (!joined.signal.aborted) {
      const waiting = new AbortController()
      const lost = new AbortController()
      this.#watch(() => {
        isStealing = true
        waiting.abort()
      })
      const options = isStealing ? { steal: true } : { signal: AbortSignal.any([joined.signal, waiting.signal]) }
      isStealing = false
      try {
        await globalThis.navigator.locks.request(this.#feed.name, options, async () => {
          if (!(await this.#lead(AbortSignal.any([joined.signal, lost.signal])))) joined.abort()
        })
      } catch {
        // Left; or the one that has the lock is silent; or another one found that this one was.
        lost.abort()
      }
    }
  }

  /** Follows the server until the signal; false when it does not let this one. */
  async #lead(signal: AbortSignal): Promise<boolean> {
    this.#isLeading = true
    clearTimeout(this.#watching)
    const signs = setInterval(() => this.#tell({ kind: "here" }), this.#times.sign)
    try {
      while (!signal.aborted) {
        this.#connection = new AbortController()
        const connected = AbortSignal.any([signal, this.#connection.signal])
        try {
          await this.#follow(connected)
        } catch (error) {
          if (connected.aborted) continue
          if (!this.#feed.isReplaced(error)) {
            this.#feed.ended(error)
            return false
          }
          // The server has another past: restored from a backup. Nothing that is known holds.
          this.#flush()
          this.#position = undefined
          this.#anew()
          this.#isFresh = true
        }
      }
      return true
    } finally {
      clearInterval(signs)
      this.#isLeading = false
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    let isFirst = true
    const onSign: FollowOptions["onSign"] = ({ position, reassigned }) => {
      this.#put(position, undefined, reassigned)
      if (reassigned) this.#feed.reassigned()
      if (isFirst && this.#isFresh) setTimeout(() => signal.aborted || this.#anew(), this.#times.settling)
      isFirst = false
    }
    for await (const event of this.#feed.follow({ after: this.#position, onSign }, signal)) {
      this.#put(event.position, event, false)
      this.#feed.hear(event)
    }
  }

  /** Goes on, and has the others told together with what else comes at once. */
  #put(position: string, event: Followed | undefined, reassigned: boolean): void {
    if (this.#untold === undefined) {
      this.#untold = { after: this.#position, events: [], reassigned: false }
      setTimeout(() => this.#flush(), 0)
    }
    if (event !== undefined) this.#untold.events.push(event)
    this.#untold.reassigned ||= reassigned
    this.#position = position
  }

  #flush(): void {
    const untold = this.#untold
    this.#untold = undefined
    if (untold !== undefined && this.#position !== undefined)
      this.#tell({ kind: "told", ...untold, position: this.#position, isFresh: this.#isFresh })
  }

  #anew(): void {
    this.#flush()
    this.#isFresh = false
    this.#tell({ kind: "anew", position: this.#position })
    this.#feed.missed()
  }

  #tell(word: Word): void {
    this.#channel?.postMessage(word)
  }

  /** What another tab says. */
  #take(word: Word): void {
    if (this.#isLeading) {
      if (word.kind === "asks") this.#answer()
      return
    }
    if (word.kind === "asks") return
    this.#heard()
    if (word.kind === "anew") {
      this.#position = word.position
      this.#isFresh = word.position === undefined
      this.#feed.missed()
    } else if (word.kind === "told") this.#takeTold(word)
  }

  #answer(): void {
    this.#flush()
    const position = this.#position
    this.#tell(
      position === undefined
        ? { kind: "here" }
        : { kind: "told", after: position, events: [], position, reassigned: false, isFresh: this.#isFresh }
    )
  }

  #takeTold({ after, events, isFresh, position, reassigned }: Word & { readonly kind: "told" }): void {
    const here = this.#position === undefined ? undefined : numberOf(this.#position)
    // It was out of earshot.
    if (here !== undefined && numberOf(after ?? position) > here) this.#feed.missed()
    for (const event of events) if (here === undefined || event.number > here) this.#feed.hear(event)
    if (reassigned) this.#feed.reassigned()
    if (here === undefined || numberOf(position) > here) this.#position = position
    this.#isFresh &&= isFresh
  }

  #replace: (() => void) | undefined

  /** Has `replace` called when whoever has the lock says nothing any more. */
  #watch(replace: () => void): void {
    this.#replace = replace
    this.#heard()
  }

  #heard(): void {
    clearTimeout(this.#watching)
    if (this.#joined === undefined || this.#isLeading) return
    this.#watching = setTimeout(() => {
      this.#tell({ kind: "asks" })
      this.#watching = setTimeout(() => this.#replace?.(), this.#times.silence)
    }, this.#times.silence)
  }
}
