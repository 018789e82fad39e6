/**
 * Identifiers, and the port that makes new ones.
 *
 * Ids grow with time (UUIDv7), because random keys cost a store a third of its speed by three million rows; an id
 * given by the caller may be any short token, so that a company can keep the ids it has.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"

const tokenOf = (maximum: number) => new RegExp(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,${maximum - 1}}$`, "u")

const token = (maximum: number) =>
  Schema.String.check(
    Schema.isPattern(tokenOf(maximum), {
      expected: `an id of 1-${maximum} letters, digits, "_", "." or "-"`
    })
  )

/**
 * Words that stand for something else wherever an id may stand: aliases (`me`), parts of paths (`batch`), and who acts
 * when nobody does (`system`). As an id one of them would be somebody who can't be named, or is taken for another.
 */
const reserved: ReadonlySet<string> = new Set(
  [
    ["me", "self", "current", "system"],
    ["all", "new", "batch", "search", "counts", "assign", "complete", "shuffle", "registration", "end", "exports"]
  ].flat()
)

/** Whether a word is no id, however it is spelt. */
const isReserved = (word: string): boolean => reserved.has(word.toLowerCase())

const notReserved = Schema.makeFilter<string>(
  (id) => !isReserved(id) || `an id other than ${JSON.stringify(id)}, which is a word with a meaning of its own`
)

const longestId = 64
const idForm = tokenOf(longestId)

/** Whether something is what `UserId` and `TaskId` accept, told at once. */
export const isId = (value: unknown): value is UserId & TaskId =>
  typeof value === "string" && idForm.test(value) && !isReserved(value)

/** Who a user is, in every context. */
export const UserId = token(longestId).check(notReserved).pipe(Schema.brand("UserId"))
export type UserId = typeof UserId.Type

/** Which task. */
export const TaskId = token(longestId).check(notReserved).pipe(Schema.brand("TaskId"))
export type TaskId = typeof TaskId.Type

/** What makes a command repeatable: the same id again gets the same answer. */
export const CommandId = token(200).pipe(Schema.brand("CommandId"))
export type CommandId = typeof CommandId.Type

/** Byte order of ids (they are ASCII), the order of every draw and listing. */
export const byteOrder = (a: string, b: string): -1 | 0 | 1 => (a < b ? -1 : a > b ? 1 : 0)

/** The port that makes new ids, many at once; each is above those before it in byte order, so that keys grow. */
export class Ids extends Context.Service<
  Ids,
  {
    readonly many: (count: number) => Effect.Effect<ReadonlyArray<string>>
  }
>()("@popug/core/Ids") {
  /** UUIDv7 from `Clock` and `Random`: strictly growing in one process, repeatable with a seed. */
  static readonly layer: Layer.Layer<Ids> = Layer.sync(Ids, () => {
    const state = { millis: 0, sequence: 0 }
    return {
      many: (count) =>
        Clock.clockWith((clock) =>
          Effect.map(Random.Random, (random) => {
            const now = clock.currentTimeMillisUnsafe()
            return Array.from({ length: count }, () => uuidV7(state, now, random.nextDoubleUnsafe.bind(random)))
          })
        )
    }
  })
}

const uuidV7 = (state: { millis: number; sequence: number }, now: number, random: () => number): string => {
  if (now > state.millis) {
    state.millis = now
    state.sequence = 0
  } else if (++state.sequence > 0xfff) {
    // 4,096 ids in one millisecond: borrow the next one, so that ids keep growing.
    state.millis += 1
    state.sequence = 0
  }
  const time = state.millis.toString(16).padStart(12, "0")
  const sequence = state.sequence.toString(16).padStart(3, "0")
  const variant = (0x8000 + Math.floor(random() * 0x4000)).toString(16)
  const node = Math.floor(random() * 0x1000000000000)
    .toString(16)
    .padStart(12, "0")
  return `${time.slice(0, 8)}-${time.slice(8)}-7${sequence}-${variant}-${node}`
}
