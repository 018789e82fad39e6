/**
 * The format of a trace: one command a line, as JSON, in time order (NDJSON).
 *
 * `{"at": "2016-09-28T19:08:15.000Z", "actor": "manager", "command": "task.create", "data": {...}}`
 *
 * `actor` and `data.id` are names of the trace's own. The actor `system` is the company itself; `assignee` is whoever
 * holds the task at that moment.
 */
import { InvalidInput, NewTask, NewUser, UserChange } from "@popug/core"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

/** The line is not JSON. */
export class BrokenJson extends Schema.TaggedError<BrokenJson>()("BrokenJson", { message: Schema.String }) {}

/** The line names a command that no trace knows. */
export class UnknownCommand extends Schema.TaggedError<UnknownCommand>()("UnknownCommand", {
  command: Schema.String
}) {
  override get message(): string {
    return `there is no command ${JSON.stringify(this.command)}`
  }
}

/** Actors that are no users. */
export const system = "system"
export const assignee = "assignee"

/** What the trace calls a user or a task. */
const Name = Schema.String.check(Schema.isBetweenLength(1, 200))
const UserName = Name.check(
  Schema.makeFilter((name) => (name !== system && name !== assignee) || "a name other than system and assignee")
)

const instant = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/
const At = Schema.String.check(
  Schema.isPattern(instant, { expected: "an instant as 2016-09-28T19:08:15.000Z" }),
  Schema.makeFilter((at) => {
    const date = new Date(`${at.slice(0, 10)}T00:00:00Z`)
    return (!Number.isNaN(date.getTime()) && date.toISOString().startsWith(at.slice(0, 10))) || "a date that exists"
  })
)

const Line = Schema.Struct({
  at: At,
  actor: Name,
  command: Schema.String,
  data: Schema.optionalKey(Schema.Unknown)
})

const contents = {
  "user.create": Schema.Struct({ ...NewUser.fields, id: UserName }),
  "user.update": Schema.Struct({ ...UserChange.fields, id: UserName }),
  "task.create": Schema.Struct({ ...NewTask.fields, id: Name }),
  "task.update": Schema.Struct({ id: Name, status: Schema.Literal("done") }),
  "task.assign": Schema.Struct({})
}

type Contents = typeof contents

/** A command of a trace. */
export type Command = {
  readonly [Name in keyof Contents]: {
    readonly command: Name
    readonly data: Contents[Name]["Type"]
    readonly actor: string
    /** When; epoch milliseconds, UTC. */
    readonly at: number
  }
}[keyof Contents]

type Issue = BrokenJson | UnknownCommand | InvalidInput

const parser = <A>(schema: Schema.Codec<A, unknown>) => {
  const decode = Schema.decodeUnknownResult(schema, { errors: "all" })
  return (input: unknown): Result.Result<A, InvalidInput> =>
    Result.mapError(decode(input), (error) => new InvalidInput({ message: error.message }))
}

const parseLine = parser(Line)
const parsers = new Map(
  Object.entries(contents).map(([command, schema]) => [command, parser(schema as Schema.Codec<unknown, unknown>)])
)

/** Reads a line; what it says is checked by the rules of the core, its names are not looked up. */
export const parse = (line: string): Result.Result<Command, Issue> => {
  let json: unknown
  try {
    json = JSON.parse(line)
  } catch (error) {
    return Result.fail(new BrokenJson({ message: (error as Error).message }))
  }
  return Result.flatMap(parseLine(json), ({ actor, at, command, data = {} }): Result.Result<Command, Issue> => {
    const parseData = parsers.get(command)
    if (parseData === undefined) return Result.fail(new UnknownCommand({ command }))
    return Result.map(parseData(data), (parsed) => ({ command, data: parsed, actor, at: Date.parse(at) }) as Command)
  })
}

/** The lines of a file. */
export const lines = <E, R>(bytes: Stream.Stream<Uint8Array, E, R>): Stream.Stream<string, E, R> =>
  Stream.splitLines(Stream.decodeText(bytes))
