/**
 * What the bus can be told: where NATS is, what its stream is like, and how much is under way at a time.
 */
import type { NodeConnectionOptions } from "@nats-io/transport-node"
import { InvalidInput } from "@popug/core"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** The stream that carries the events of all companies. */
export interface StreamOptions {
  /** Default: `POPUG`. */
  readonly name?: string
  /**
   * Whether the bus makes the stream, makes it again when it is gone, and keeps it as it is described here; default:
   * true. Otherwise the host makes it, and here is only where it is and how large a message may be.
   */
  readonly manage?: boolean
  /** How long an event stays; default: 7 days. */
  readonly maxAge?: Duration.Input
  /** How many bytes all events take before the oldest go; default: 1 GiB. The server sets them aside. */
  readonly maxBytes?: number
  /** How large one event may be; default: 1 MiB, as servers have it. A larger one is left to the log. */
  readonly maxMessageBytes?: number
  /** For how long the server knows an event that comes twice; default: 2 minutes. */
  readonly duplicateWindow?: Duration.Input
  /** On how many servers of a cluster each event is; default: 1. */
  readonly replicas?: number
  /** Default: `file`. */
  readonly storage?: "file" | "memory"
}

export interface Options {
  /** `nats://host:4222`, or several of a cluster. */
  readonly servers: string | ReadonlyArray<string>
  /** What else the client is told: credentials, TLS, a name. */
  readonly connection?: Omit<NodeConnectionOptions, "servers">
  /** The first word of every subject, `PREFIX.COMPANY.SOURCE`; default: `popug`. */
  readonly prefix?: string
  readonly stream?: StreamOptions
  /** How many events of one stream are on their way to the server at a time; default: 200. */
  readonly window?: number
  /** How many events of one company and subscription are held in this process, not yet applied; default: 1,000. */
  readonly share?: number
  /** How many events all companies hold in this process before each is cut short; default: 20,000. */
  readonly mostHeld?: number
  /** How many events of one name the server has out at a time, in all processes; default: 10,000. */
  readonly mostPending?: number
  /** After how long the server gives an event to another process; default: 30 seconds. */
  readonly acknowledgeWithin?: Duration.Input
  /** How many events of a log are sent on to a subject that NATS has nothing of; default: 10,000. */
  readonly backlog?: number
  /** How often it is looked whether the log has what was not sent on; default: 1 minute. */
  readonly checkEvery?: Duration.Input
  /** How long the server has for an answer; default: 5 seconds. */
  readonly timeout?: Duration.Input
}

/** Options with their defaults, times in milliseconds. */
export interface Settings {
  readonly connection: NodeConnectionOptions
  readonly prefix: string
  readonly stream: {
    readonly name: string
    readonly manage: boolean
    readonly maxAge: number
    readonly maxBytes: number
    readonly maxMessageBytes: number
    readonly duplicateWindow: number
    readonly replicas: number
    readonly storage: "file" | "memory"
  }
  readonly window: number
  readonly share: number
  readonly mostHeld: number
  readonly mostPending: number
  readonly acknowledgeWithin: number
  readonly backlog: number
  readonly checkEvery: number
  readonly timeout: number
}

const millis = (input: Duration.Input | undefined, otherwise: Duration.Input) =>
  Duration.toMillis(Duration.fromInputUnsafe(input ?? otherwise))

const withDefaults = (options: Options): Settings => {
  const { connection, prefix = "popug", servers, stream = {} } = options
  const timeout = millis(options.timeout, "5 seconds")
  return {
    connection: {
      name: "popug",
      // A server that is paused, or behind a network that was cut, is found out by itself.
      pingInterval: 10_000,
      maxPingOut: 2,
      reconnectTimeWait: 500,
      timeout,
      // The client would otherwise make two errors for each request, to have their traces should it fail.
      noAsyncTraces: true,
      ...connection,
      servers: typeof servers === "string" ? servers.split(",").map((server) => server.trim()) : [...servers],
      maxReconnectAttempts: -1
    },
    prefix,
    stream: {
      name: stream.name ?? "POPUG",
      manage: stream.manage ?? true,
      maxAge: millis(stream.maxAge, "7 days"),
      maxBytes: stream.maxBytes ?? 2 ** 30,
      maxMessageBytes: stream.maxMessageBytes ?? 2 ** 20,
      duplicateWindow: millis(stream.duplicateWindow, "2 minutes"),
      replicas: stream.replicas ?? 1,
      storage: stream.storage ?? "file"
    },
    window: options.window ?? 200,
    share: options.share ?? 1_000,
    mostHeld: options.mostHeld ?? 20_000,
    mostPending: options.mostPending ?? 10_000,
    acknowledgeWithin: millis(options.acknowledgeWithin, "30 seconds"),
    backlog: options.backlog ?? 10_000,
    checkEvery: millis(options.checkEvery, "1 minute"),
    timeout
  }
}

const word = /^[A-Za-z0-9_-]+$/u

/** What is wrong with settings, in a sentence each. */
const problems = ({ connection, prefix, stream, ...settings }: Settings): ReadonlyArray<string> => [
  ...(prefix.split(".").every((part) => word.test(part)) ? [] : ["prefix: words of letters, digits, _ and -"]),
  ...(word.test(stream.name) ? [] : ["stream.name: letters, digits, _ and -"]),
  ...((connection.servers?.length ?? 0) > 0 && !connection.servers!.includes("") ? [] : ["servers: at least one"]),
  ...Object.entries({ ...settings, "stream.maxMessageBytes": stream.maxMessageBytes }).flatMap(([name, value]) =>
    name === "backlog" ? (value >= 0 ? [] : [`${name}: not below 0`]) : value > 0 ? [] : [`${name}: above 0`]
  ),
  ...(stream.duplicateWindow <= stream.maxAge ? [] : ["stream.duplicateWindow: not above stream.maxAge"]),
  ...(settings.share <= 10_000 && settings.mostPending <= 10_000 ? [] : ["share, mostPending: up to 10,000"])
]

/** Fails with `InvalidInput` when an option can't be right. */
export const make = (options: Options): Effect.Effect<Settings, InvalidInput> =>
  Effect.suspend(() => {
    const settings = withDefaults(options)
    const wrong = problems(settings)
    return wrong.length === 0
      ? Effect.succeed(settings)
      : Effect.fail(new InvalidInput({ message: `options of NATS: ${wrong.join("; ")}` }))
  })
