/**
 * What the OpenAPI document says about parameters, and about texts that requests have.
 */
import type { JsonObject } from "./Json.ts"

/** What texts in requests must be, by their names: the rules of the core, as far as JSON Schema can tell them. */
export const limits: Readonly<Record<string, JsonObject>> = {
  name: { minLength: 1, maxLength: 200, description: "One line, not blank" },
  title: {
    minLength: 1,
    maxLength: 500,
    description: "One line, not blank, without a key in brackets at its start: that is what `jiraId` is for"
  },
  description: { maxLength: 20_000, description: "Line breaks and tabs are allowed" },
  reason: { minLength: 1, maxLength: 500, description: "One line, not blank" }
}

const keptSeal = "A seal that was kept elsewhere, which one of the periods must have"

/** What a parameter is for, by its name, alone or behind its operation's; and what a query can't tell of its type. */
export const parameters: Readonly<Record<string, { readonly description: string; readonly schema?: JsonObject }>> = {
  account: { description: "Only transfers from or to this account" },
  after: { description: "The last event that the caller has", schema: { minimum: 0 } },
  actor: { description: "Only what this user caused, or the caller as `me`, or the company by itself as `system`" },
  assignee: { description: "Only tasks of this user, or of the caller as `me`" },
  consumer: { description: "The consumer of a stream, as the list of streams names it" },
  "billing.verify.seal": { description: keptSeal, schema: { description: keptSeal } },
  "billing.verify.after": { description: "A closed period whose seal is trusted" },
  cursor: { description: "`nextCursor` of the page before; the first page without one" },
  date: { description: "The business day that the span is around; default: today" },
  failed: { description: "Only notices that were tried and are not sent" },
  from: { description: "The first business day, included" },
  id: { description: "The id; where a user is meant that can be the caller, `me` too" },
  "idempotency-key": {
    description:
      "Makes the command repeatable: the same key and content, by the same user, get the same answer. 1-255 visible " +
      "ASCII characters, best a random UUID."
  },
  "if-match": { description: "Change it only if its `ETag` is one of these; otherwise 412" },
  "if-none-match": { description: "Send it only if its `ETag` is none of these; otherwise 304" },
  balanceBelow: { description: "Only accounts whose balance is below this, in minor units" },
  balanceFrom: { description: "Only accounts whose balance is this or more, in minor units" },
  inTheRed: { description: "Only accounts below zero, or only the others" },
  "last-event-id": { description: "The last event that the caller has; it outweighs `after`" },
  kind: { description: "Only transfers of this kind with what corrects them; `correction`: only what corrects others" },
  limit: { description: "How many rows a page has at most", schema: { minimum: 1, maximum: 100, default: 50 } },
  order: { description: "Whether the oldest or the newest come first; default: the oldest" },
  owner: { description: "A user by id, or the caller as `me`" },
  period: { description: "A business day by its date" },
  role: { description: "Only users with this role" },
  "tasks.list.search": {
    description: "Only tasks that have this in their title, description, `jiraId` or id, in capitals or not",
    schema: { minLength: 1, maxLength: 200 }
  },
  search: {
    description: "Only those whose name or id has all the words of this, in any order, in capitals or not",
    schema: { minLength: 1, maxLength: 200 }
  },
  source: { description: "The context that writes the events" },
  span: { description: "Around `date`: the day, its calendar week or its month; default: day" },
  status: { description: "Only those of this status" },
  task: { description: "A task by its id" },
  to: { description: "The last business day, included" }
}
