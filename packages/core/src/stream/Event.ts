/**
 * What an event of a context's published language is defined by, and how events are written and read by their
 * definitions. Which events there are is each context's to say, in its `events.ts`.
 */
import type * as Brand from "effect/Brand"
import * as Context from "effect/Context"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { ActiveActor } from "../company/Actor.ts"
import type * as Envelope from "./Envelope.ts"
import type { Growing } from "./Head.ts"

/** The data of an event as it was recorded, at whatever version. */
export type RecordedData = Readonly<Record<string, unknown>>

/** A type of event: what it says, to whom, and who may see it. */
export interface Definition<Data extends Schema.Codec<unknown, unknown> = Schema.Codec<unknown, unknown>> {
  /** CUD: something was created or changed; business: something happened that others act on. */
  readonly kind: "CUD" | "business"
  readonly producer: Envelope.Source
  /** The contexts that act on it; none where it is for operators. */
  readonly consumers: ReadonlyArray<string>
  /** The version written today. */
  readonly version: number
  readonly description: string
  readonly data: Data
  /**
   * Whether JSON is data of today's version as it stands, told at once, for events that come by the thousand. It says
   * yes to nothing that `data` refuses or would read as something else; to what it says no, `data` tells.
   */
  readonly isData?: ((json: unknown) => boolean) | undefined
  /** The versions of the past: how each was shaped, and how it becomes the one after it. */
  readonly earlier: ReadonlyArray<Earlier>
  /** The JSON of the data, where that is not the data itself. */
  readonly encode?: ((data: never) => unknown) | undefined
  /**
   * What `canonicalJson` makes of data of today's version, put together by hand, for events that come by the thousand.
   */
  readonly canonical?: ((data: never) => string) | undefined
  /** Who may see such an event. It looks at nothing of the data but what all versions have. */
  readonly visibleTo: (actor: ActiveActor, data: RecordedData) => boolean
}

interface Earlier {
  readonly version: number
  readonly data: Schema.Codec<unknown, unknown>
  readonly upcast: (data: never) => unknown
  /**
   * What data of the version after it becomes, where producers can still be told to write this one. It loses nothing:
   * `upcast` brings back what it was, of all that the context's rules let through.
   */
  readonly downcast?: (data: never) => unknown
}

/** Defines a type of event. */
export const define = <Data extends Schema.Codec<unknown, unknown>>(
  definition: Omit<Definition<Data>, "earlier" | "encode" | "canonical"> & {
    readonly earlier?: ReadonlyArray<Earlier>
    readonly encode?: (data: Data["Type"]) => unknown
    readonly canonical?: (data: Data["Type"]) => string
  }
): Definition<Data> => ({ earlier: [], ...definition })

/** Types of events by name. */
export type Definitions = Readonly<Record<string, Definition>>

/** An event whose data was read at today's version: any of the definitions', or one of a type. */
export type Event<D extends Definitions, T extends keyof D & string = keyof D & string> = {
  [Type in T]: {
    readonly type: Type
    readonly data: D[Type]["data"]["Type"]
    readonly envelope: Envelope.Envelope
  }
}[T]

/** The event's type or version is not in the catalogue: this host is older than its producer. */
export class UnknownEventVersion extends Schema.TaggedError<UnknownEventVersion>()("UnknownEventVersion", {
  type: Schema.String,
  version: Schema.Int,
  number: Schema.Int,
  /** The versions of the type that are in the catalogue. */
  known: Schema.Array(Schema.Int)
}) {
  override get message(): string {
    const { known, number, type, version } = this
    const has = known.length === 0 ? "no such type" : `version ${known.join(" and ")} alone`
    return `event ${number} is a ${type} of version ${version}, and this host knows ${has}: update it, then let it go on`
  }
}

/** The event's data is not what its type and version say. */
export class MalformedEvent extends Schema.TaggedError<MalformedEvent>()("MalformedEvent", {
  number: Schema.Int,
  message: Schema.String
}) {}

/** Reads an event's data and brings it to today's version. */
export type Decode<E> = (envelope: Envelope.Envelope) => Result.Result<E, UnknownEventVersion | MalformedEvent>

interface Reader {
  readonly version: number
  readonly read: (data: unknown) => Result.Result<unknown, Schema.SchemaError>
  readonly upcasts: ReadonlyArray<(data: never) => unknown>
}

const readersOf = (entry: Definition): ReadonlyArray<Reader> =>
  [...entry.earlier, { version: entry.version, data: entry.data, upcast: undefined }].map((shape, index, all) => ({
    version: shape.version,
    read: Schema.decodeUnknownResult(Schema.toCodecJson(shape.data)),
    upcasts: all.slice(index).flatMap((later) => later.upcast ?? [])
  }))

/** Makes the function that reads events of these definitions, and of no others. */
export const decoder = <D extends Definitions>(definitions: D): Decode<Event<D>> => {
  const readers = new Map(Object.entries(definitions).map(([type, entry]) => [type, readersOf(entry)]))
  return (envelope) => {
    const { data, number, type, version } = envelope
    const definition = definitions[type]
    if (definition?.version === version && definition.isData?.(data) === true) {
      return Result.succeed({ type, data, envelope } as Event<D>)
    }
    const known = readers.get(type) ?? []
    const reader = known.find((candidate) => candidate.version === version)
    if (reader === undefined) {
      const versions = known.map((candidate) => candidate.version)
      return Result.fail(new UnknownEventVersion({ type, version, number, known: versions }))
    }
    const read = reader.read(data)
    if (Result.isFailure(read)) return Result.fail(new MalformedEvent({ number, message: read.failure.message }))
    const current = reader.upcasts.reduce((value, upcast) => upcast(value as never), read.success)
    return Result.succeed({ type, data: current, envelope } as Event<D>)
  }
}

/** Makes the data of an event of today's version the JSON of an earlier one. */
type Write = (data: unknown) => unknown

/** Of a type, how each of its versions before today's is written that still can be. */
const writersOf = ({ earlier }: Definition): ReadonlyMap<number, Write> => {
  const writers = new Map<number, Write>()
  let cast: Write = (data) => data
  for (const { data, downcast, version } of earlier.toReversed()) {
    if (downcast === undefined) break
    const after = cast
    cast = (value) => downcast(after(value) as never)
    const [made, encode] = [cast, Schema.encodeUnknownSync(Schema.toCodecJson(data))]
    writers.set(version, (value) => encode(made(value)))
  }
  return writers
}

/**
 * Makes the function that writes events of these definitions to a stream, by `Actor.key` of who causes them: at today's
 * version, or at the one that the stream's producer was told to write.
 */
export const publisher = <D extends Definitions>(definitions: D) => {
  const writers = new Map(Object.entries(definitions).map(([type, definition]) => [type, writersOf(definition)]))
  return <T extends keyof D & string>(stream: Growing, type: T, actor: string, data: D[T]["data"]["Type"]): void => {
    const { canonical, encode, version } = definitions[type]!
    const told = stream.versions[type] ?? version
    if (told !== version) return stream.add(type, told, actor, writers.get(type)!.get(told)!(data))
    stream.add(type, version, actor, encode === undefined ? data : encode(data as never), canonical?.(data as never))
  }
}

/** A producer can't be told to write this version of a type. */
export class UnwritableVersion extends Schema.TaggedError<UnwritableVersion>()("UnwritableVersion", {
  type: Schema.String,
  version: Schema.Number,
  /** Those that can be written. */
  writable: Schema.Array(Schema.Int)
}) {
  override get message(): string {
    const { type, version, writable } = this
    return writable.length === 0
      ? `there is no event ${type}`
      : `${type} can't be written at version ${version}, only at ${writable.join(" or ")}`
  }
}

/** The versions of types of events that are written instead of today's: made by `written`. */
export type WrittenVersions = Readonly<Record<string, number>> & Brand.Brand<"WrittenVersions">

/** The latest of each. */
const latest = {} as WrittenVersions

/**
 * The versions that producers write. Consumers are updated first: until all of them know a new version of an event, its
 * producers are told to go on with the earlier one. Default: today's versions.
 */
export const WrittenVersions = Context.Reference<WrittenVersions>("@popug/core/WrittenVersions", {
  defaultValue: () => latest
})

/** Makes the function that checks which versions are to be written of these definitions. */
export const writing =
  (definitions: Definitions) =>
  (versions: Readonly<Record<string, number>>): Result.Result<WrittenVersions, UnwritableVersion> => {
    for (const [type, version] of Object.entries(versions)) {
      const definition = Object.hasOwn(definitions, type) ? definitions[type] : undefined
      const writable = definition === undefined ? [] : [...writersOf(definition).keys(), definition.version]
      if (!writable.includes(version)) return Result.fail(new UnwritableVersion({ type, version, writable }))
    }
    return Result.succeed({ ...versions } as WrittenVersions)
  }
