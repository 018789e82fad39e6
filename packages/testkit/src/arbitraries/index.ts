/**
 * Values of popug's domain for property tests with fast-check: whatever the schemas accept, the odd ones included.
 */
import { type Period, TaskId, UserId } from "@popug/core"
import * as Schema from "effect/Schema"
import * as fc from "fast-check"

const token = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/)

// Words of paths (`me`, `batch`, ...) are no ids.
export const userId: fc.Arbitrary<UserId> = token.filter(Schema.is(UserId))
export const taskId: fc.Arbitrary<TaskId> = token.filter(Schema.is(TaskId))

const isAccepted = (text: string): boolean =>
  /[^\s\p{Cf}\p{Z}]/u.test(text) && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text) && [...text.normalize("NFC")].length <= 500

/** Titles on one line, of any script, without a bracketed key; not normalised. */
export const title: fc.Arbitrary<string> = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 100 })
  .filter((text) => isAccepted(text) && !/^\s*\[/u.test(text))

/** Names of people on one line. */
export const name: fc.Arbitrary<string> = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 40 })
  .filter(isAccepted)

const role = fc.oneof(
  fc.constantFrom("worker", "worker", "manager", "admin", "accountant"),
  fc.stringMatching(/^[a-z][a-z0-9]{0,10}$/)
)

/** At least one role, each once. */
export const roles: fc.Arbitrary<ReadonlyArray<string>> = fc.uniqueArray(role, { minLength: 1, maxLength: 4 })

/** Dates from 1970 to 2100. */
export const period: fc.Arbitrary<Period> = fc
  .integer({ min: 0, max: 47_846 })
  .map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10) as Period)

/** What `Users.create` takes, without ids. */
export const newUser = fc.record({ name, roles })

/** What `Tasks.create` takes, without ids. */
export const newTask = fc.record(
  {
    title,
    description: fc.string({ unit: "grapheme-ascii", maxLength: 200 }),
    jiraId: fc.option(fc.stringMatching(/^[A-Z]{2,5}-[1-9][0-9]{0,4}$/), { nil: null })
  },
  { requiredKeys: ["title"] }
)
