/**
 * HTTP/1.1 as bytes: a client that sends what no client should, and reads what comes back without tidying it up.
 */
import * as Net from "node:net"
import * as Zlib from "node:zlib"

/** How the end of a body is told. */
export type Framing = "length" | "chunked" | { readonly declare: string }

/** A request as it goes over the wire; text is one byte for each character (Latin-1). */
export interface WireRequest {
  readonly method: string
  readonly target: string
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>
  readonly body?: Buffer
  readonly framing?: Framing
  readonly version?: string
}

export interface WireAnswer {
  readonly status: number
  /** By lower-case name; repeated ones are joined. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** Whether nothing else follows on the connection. */
  readonly last: boolean
}

const chunked = (body: Buffer): Buffer => {
  const parts: Array<Buffer> = []
  for (let at = 0; at < body.length; at += 16_384) {
    const piece = body.subarray(at, at + 16_384)
    parts.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from("\r\n"))
  }
  return Buffer.concat([...parts, Buffer.from("0\r\n\r\n")])
}

/** The bytes of a request. */
export const encode = ({ body, framing = "length", headers, method, target, version = "HTTP/1.1" }: WireRequest) => {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`)
  if (framing === "chunked") lines.push("transfer-encoding: chunked\r\n")
  else if (framing !== "length") lines.push(`content-length: ${framing.declare}\r\n`)
  else if (body !== undefined) lines.push(`content-length: ${body.length}\r\n`)
  const head = Buffer.from(`${method} ${target} ${version}\r\n${lines.join("")}\r\n`, "latin1")
  const bytes = body ?? Buffer.alloc(0)
  return Buffer.concat([head, framing === "chunked" ? chunked(bytes) : bytes])
}

const headOf = (text: string) => {
  const [first = "", ...lines] = text.split("\r\n")
  const status = /^HTTP\/1\.1 (\d{3})/.exec(first)
  if (status === null) throw new Error(`not a status line: ${first.slice(0, 100)}`)
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(":")
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`
  }
  return { status: Number(status[1]), headers }
}

/** The body of a chunked answer and where it ends; undefined while some of it is missing. */
const readChunks = (bytes: Buffer): readonly [body: Buffer, end: number] | undefined => {
  const pieces: Array<Buffer> = []
  for (let at = 0; ;) {
    const line = bytes.indexOf("\r\n", at)
    if (line === -1) return undefined
    const size = parseInt(bytes.toString("latin1", at, line), 16)
    const end = line + 2 + size + 2
    if (bytes.length < end) return undefined
    if (size === 0) return [Buffer.concat(pieces), end]
    pieces.push(bytes.subarray(line + 2, end - 2))
    at = end
  }
}

const unpacked = (headers: Readonly<Record<string, string>>, body: Buffer): Buffer => {
  if (body.length === 0) return body
  if (headers["content-encoding"] === "gzip") return Zlib.gunzipSync(body)
  return headers["content-encoding"] === "br" ? Zlib.brotliDecompressSync(body) : body
}

/** The first answer in some bytes, and where it ends; undefined while some of it is missing, unless they `ended`. */
const readAnswer = (bytes: Buffer, method: string, ended = false): readonly [WireAnswer, end: number] | undefined => {
  const end = bytes.indexOf("\r\n\r\n")
  if (end === -1) return undefined
  const { headers, status } = headOf(bytes.toString("latin1", 0, end))
  const last = headers["connection"]?.toLowerCase() === "close"
  const rest = bytes.subarray(end + 4)
  const whole = (body: Buffer, size: number) =>
    [{ status, headers, body: unpacked(headers, body), last }, end + 4 + size] as const
  if (status < 200) {
    const final = readAnswer(rest, method, ended)
    return final === undefined ? undefined : [final[0], final[1] + end + 4]
  }
  if (method === "HEAD" || status === 204 || status === 304) return whole(Buffer.alloc(0), 0)
  // It never ends: a first message is enough.
  if (headers["content-type"] === "text/event-stream") {
    return rest.includes("\n\n") ? [{ status, headers, body: rest, last: true }, bytes.length] : undefined
  }
  if (headers["transfer-encoding"] === "chunked") {
    const chunks = readChunks(rest)
    return chunks === undefined ? undefined : whole(...chunks)
  }
  // Before HTTP/1.1 the connection's end may be that of the body.
  if (headers["content-length"] === undefined && last) return ended ? whole(rest, rest.length) : undefined
  const length = Number(headers["content-length"] ?? 0)
  return rest.length < length ? undefined : whole(rest.subarray(0, length), length)
}

/** What a connection gave: answers in order, and whether the server closed it. */
export interface Exchange {
  readonly answers: ReadonlyArray<WireAnswer>
  /** Bytes that are no answer. */
  readonly rest: Buffer
  readonly closed: boolean
}

/** How long a server may be silent: what it never answers fails a test with a word about it. */
const patience = 10_000

/** Sends bytes over a connection of its own until there are as many answers as methods, or the server closes. */
export const exchange = (port: number, bytes: Buffer, methods: ReadonlyArray<string>, halfClose = false) =>
  new Promise<Exchange>((resolve, reject) => {
    const socket = Net.connect({ port, host: "127.0.0.1", allowHalfOpen: true })
    const answers: Array<WireAnswer> = []
    let rest = Buffer.alloc(0)
    const done = (closed: boolean) => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ answers, rest, closed })
    }
    const timer = setTimeout(() => {
      socket.destroy()
      reject(new Error(`no answer in ${patience} ms to ${bytes.toString("latin1", 0, 200)}`))
    }, patience)
    socket.on("connect", () => void (halfClose ? socket.end(bytes) : socket.write(bytes)))
    socket.on("data", (chunk) => {
      rest = Buffer.concat([rest, chunk])
      try {
        for (;;) {
          const read = rest.length === 0 ? undefined : readAnswer(rest, methods[answers.length] ?? "GET")
          if (read === undefined) break
          answers.push(read[0])
          rest = rest.subarray(read[1])
        }
      } catch (error) {
        clearTimeout(timer)
        socket.destroy()
        return reject(error as Error)
      }
      if (answers.length >= methods.length) done(false)
    })
    // A server that has said all it will may reset what is still being sent.
    socket.on("error", () => undefined)
    socket.on("end", () => done(true))
    socket.on("close", () => done(true))
  })

/** A connection that is used again while the server keeps it open: one request after the other. */
export class Connection {
  readonly #port: number
  #socket: Net.Socket | undefined

  constructor(port: number) {
    this.#port = port
  }

  close(): void {
    this.#socket?.destroy()
    this.#socket = undefined
  }

  /**
   * The answer to a request; undefined when the server closed the connection without one. A connection that was used
   * before may have been closed by then: as any client, it tries again with a new one.
   */
  async send(request: WireRequest): Promise<WireAnswer | undefined> {
    const kept = this.#socket !== undefined
    const answer = await this.#try(request)
    return answer === undefined && kept ? await this.#try(request) : answer
  }

  #try(request: WireRequest): Promise<WireAnswer | undefined> {
    const socket = this.#socket ?? Net.connect({ port: this.#port, host: "127.0.0.1", noDelay: true })
    this.#socket = socket
    const bytes = encode(request)
    return new Promise((resolve, reject) => {
      let received = Buffer.alloc(0)
      const finish = (keep: boolean) => {
        clearTimeout(timer)
        socket.removeAllListeners()
        socket.on("error", () => undefined)
        if (!keep) this.close()
      }
      const fail = (error: Error) => {
        finish(false)
        reject(error)
      }
      const timer = setTimeout(
        () => fail(new Error(`no answer in ${patience} ms to ${bytes.toString("latin1", 0, 200)}`)),
        patience
      )
      socket.on("data", (chunk) => {
        received = Buffer.concat([received, chunk])
        try {
          const read = readAnswer(received, request.method)
          if (read === undefined) return
          const [answer, end] = read
          if (end < received.length) throw new Error(`more than an answer: ${received.toString("latin1", end)}`)
          finish(!answer.last)
          resolve(answer)
        } catch (error) {
          fail(error as Error)
        }
      })
      socket.on("error", () => undefined)
      socket.on("close", () => {
        finish(false)
        resolve(readAnswer(received, request.method, true)?.[0])
      })
      socket.write(bytes)
    })
  }
}
