/** What the client without Effect takes, answers and throws: the types of the contract, as plain programs have them. */
import { assertType, expectTypeOf, it } from "vitest"
import { isProblem, type Problem, type ProblemOf, type Promises } from "../../src/promises/index.ts"

declare const popug: Promises

it("takes plain texts for ids and dates, and leaves out what may be empty", () => {
  expectTypeOf(popug.tasks.list).toBeCallableWith()
  expectTypeOf(popug.tasks.get).toBeCallableWith({ params: { id: "roof" } })
  expectTypeOf(popug.reports.day).toBeCallableWith({ params: { period: "2026-11-23" } })
  // @ts-expect-error a task has a title
  void popug.tasks.create({ payload: {} })
  // @ts-expect-error there is no such order
  void popug.tasks.list({ query: { order: "title" } })
})

it("answers amounts, dates and texts, and downloads piece by piece", async () => {
  const { data } = await popug.billing.transfers()
  expectTypeOf(data[0]!.amount.amount).toEqualTypeOf<bigint>()
  expectTypeOf(data[0]!.occurredAt).toEqualTypeOf<Date>()
  assertType<string>(data[0]!.period)
  const page = await popug.events.list({ query: { source: "tasks" } })
  expectTypeOf(page.data[0]!.data).toBeUnknown()
  const table = await popug.billing.auditLogCsv()
  assertType<AsyncIterable<Uint8Array>>(table.body)
  expectTypeOf(table.headers["content-disposition"]).toEqualTypeOf<string | undefined>()
})

it("has the feed as a loop alone", () => {
  expectTypeOf<keyof Promises["events"]>().toEqualTypeOf<"catalog" | "list">()
})

it("throws problems that their names tell apart, with their members", (error: unknown) => {
  if (isProblem(error, "PeriodNotOver")) expectTypeOf(error.endsAt).toEqualTypeOf<Date>()
  if (isProblem(error) && error._tag === "NotAssignee") expectTypeOf(error.assignee).toEqualTypeOf<string | null>()
  expectTypeOf<Extract<Problem, { status: 410 }>["_tag"]>().toEqualTypeOf<"PositionBeyondLog">()
  // @ts-expect-error no problem has that name
  isProblem(error, "Nonsense")
})

it("tells of each method which problems it can throw", () => {
  expectTypeOf<ProblemOf<Promises["reports"]["balance"]>["_tag"]>().toEqualTypeOf<
    | "DeactivatedActor"
    | "InvalidInput"
    | "NotAllowed"
    | "TooManyRequests"
    | "Unauthenticated"
    | "Unavailable"
    | "UnknownActor"
    | "UnknownSubject"
  >()
  expectTypeOf<"CreationLimitReached">().toExtend<ProblemOf<Promises["tasks"]["create"]>["_tag"]>()
})
