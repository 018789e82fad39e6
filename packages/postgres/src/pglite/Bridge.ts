/**
 * The wire between `PgClient` and a PGlite in this process: streams that speak Postgres's protocol.
 *
 * PGlite is one session. Each stream collects what its client sends up to a `Sync` or `Query` and has it answered as a
 * whole; while it is inside a transaction the session is its own; when it closes inside one, that is rolled back.
 */
import { Duplex } from "node:stream"
import type { PGlite } from "@electric-sql/pglite"
import { Gate } from "./Gate.ts"

const message = { query: 0x51, sync: 0x53, terminate: 0x58, notification: 0x41, ready: 0x5a } as const
const request = { ssl: 80_877_103, cancel: 80_877_102 } as const
const idle = "I"
const unknown = "?"

const rollback = (): Buffer => {
  const body = Buffer.from("ROLLBACK\0")
  const frame = Buffer.alloc(5 + body.length)
  frame[0] = message.query
  frame.writeInt32BE(4 + body.length, 1)
  body.copy(frame, 5)
  return frame
}

/** The one session, as all connections share it. */
interface Session {
  readonly gate: Gate
  /** The connections that are open. */
  readonly live: Set<Connection>
  readonly answer: (frame: Uint8Array) => Promise<Uint8Array>
}

class Connection extends Duplex {
  readonly #session: Session
  #started = false
  #closed = false
  #input: Buffer = Buffer.alloc(0)
  #cycle: Array<Buffer> = []
  #work: Promise<void> = Promise.resolve()
  /** The session's transaction status, as it told after the last cycle. */
  #status = idle
  /** Whether something of this connection's is being answered. */
  #running = false

  constructor(session: Session) {
    super()
    this.#session = session
    session.live.add(this)
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#input = this.#input.length === 0 ? chunk : Buffer.concat([this.#input, chunk])
    this.#work = this.#work.then(() => this.#take()).then(() => done(), done)
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#work.then(() => this.#close()).then(() => done(), done)
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#close().then(
      () => done(error),
      () => done(error)
    )
  }

  /** Cuts the next message from the input, when it is whole. */
  #cut(head: number): Buffer | undefined {
    if (this.#input.length < head + 4) return undefined
    const length = head + this.#input.readInt32BE(head)
    if (this.#input.length < length) return undefined
    const cut = this.#input.subarray(0, length)
    this.#input = this.#input.subarray(length)
    return cut
  }

  async #take(): Promise<void> {
    while (true) {
      // The first message of a connection has no type.
      const next = this.#cut(this.#started ? 1 : 0)
      if (next === undefined) return
      if (!this.#started) await this.#start(next)
      else if (next[0] === message.terminate) await this.#close()
      else {
        this.#cycle.push(next)
        if (next[0] !== message.sync && next[0] !== message.query) continue
        const frame = this.#cycle.length === 1 ? next : Buffer.concat(this.#cycle)
        this.#cycle = []
        await this.#run(frame)
      }
    }
  }

  async #start(frame: Buffer): Promise<void> {
    const code = frame.readInt32BE(4)
    if (code === request.ssl) this.push(Buffer.from("N"))
    // Whatever runs has the only thread: there is nothing to cancel.
    else if (code === request.cancel) this.destroy()
    else {
      this.#started = true
      await this.#run(frame)
    }
  }

  async #run(frame: Uint8Array): Promise<void> {
    if (!this.#session.gate.owns(this)) await this.#session.gate.acquire(this)
    if (this.#closed) return this.#leave()
    this.#running = true
    try {
      const answered = await this.#session.answer(frame)
      const output = Buffer.from(answered.buffer, answered.byteOffset, answered.length)
      this.#read(output)
      if (output.length > 0 && !this.#closed) this.push(output)
    } catch (error) {
      // Nobody knows where it stands.
      this.#status = unknown
      this.#closed = true
      this.#session.live.delete(this)
      throw error
    } finally {
      this.#running = false
      await this.#leave()
    }
  }

  /** Gives the session back as soon as it is not in the midst of this connection's transaction. */
  async #leave(): Promise<void> {
    if (!this.#session.gate.owns(this) || this.#running) return
    if (this.#status !== idle) {
      if (!this.#closed) return
      this.#running = true
      await this.#session.answer(rollback()).catch(() => undefined)
      this.#running = false
      this.#status = idle
    }
    this.#session.gate.release()
  }

  /** Notes the status of the transaction, and passes notifications on to all others. */
  #read(output: Buffer): void {
    for (let at = 0; at + 5 <= output.length;) {
      const end = at + 1 + output.readInt32BE(at + 1)
      if (output[at] === message.ready) this.#status = String.fromCharCode(output[at + 5]!)
      if (output[at] === message.notification) {
        const notification = Buffer.from(output.subarray(at, end))
        for (const other of this.#session.live) if (other !== this && other.#started) other.push(notification)
      }
      at = end
    }
  }

  async #close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#session.live.delete(this)
    this.#session.gate.leave(this)
    // What runs now gives it back itself: it may be the BEGIN whose answer nobody waits for.
    await this.#leave()
    this.push(null)
  }
}

export interface Bridge {
  /** A connection of its own over the one session. */
  readonly stream: () => Duplex
}

export const make = (db: PGlite, patienceMillis: number): Bridge => {
  const session: Session = {
    gate: new Gate(patienceMillis),
    live: new Set(),
    answer: (frame) => db.runExclusive(() => db.execProtocolRaw(frame))
  }
  return { stream: () => new Connection(session) }
}
