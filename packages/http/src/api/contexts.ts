/**
 * Which context answers which endpoint, for a company whose contexts are served apart: each serves its part of the
 * contract, and an address in front of them knows by this table whom to ask.
 */
import * as HttpApi from "effect/http-api/HttpApi"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import { Api, DevelopmentApi } from "./Api.ts"

/** The contexts, each of which can be a process of its own. */
export const contexts = ["users", "tasks", "billing", "reports"] as const
export type ContextName = (typeof contexts)[number]

/**
 * Who answers:
 * - a context by its name;
 * - `source`: the context whose events the query names, users where it names none;
 * - `consumer`: the context whose consumer the path names, users where it names none that is known;
 * - `all`: every context for what is its own, and who stands in front puts it together;
 * - `self`: every process for itself, who stands in front too.
 */
export type Answering = ContextName | "source" | "consumer" | "all" | "self"

type Groups = typeof DevelopmentApi.groups
/** The endpoints of the contract by group, with nothing left out. */
type Table = {
  readonly [Group in keyof Groups]: { readonly [Endpoint in keyof Groups[Group]["endpoints"]]: Answering }
}

export const answering = {
  users: { create: "users", createMany: "users", update: "users", list: "users", get: "users" },
  tasks: {
    create: "tasks",
    createMany: "tasks",
    edit: "tasks",
    assign: "tasks",
    complete: "tasks",
    completeMany: "tasks",
    shuffle: "tasks",
    endRegistration: "tasks",
    list: "tasks",
    counts: "tasks",
    get: "tasks"
  },
  billing: {
    correct: "billing",
    close: "billing",
    accounts: "billing",
    account: "billing",
    statement: "billing",
    auditLog: "billing",
    price: "billing",
    transfers: "billing",
    periods: "billing",
    period: "billing",
    shuffles: "billing",
    // Of the open tasks; what they cost is asked of billing.
    shufflePreview: "tasks",
    preview: "billing",
    trialBalance: "billing",
    verify: "all",
    auditLogCsv: "billing",
    balancesCsv: "billing",
    journal: "billing"
  },
  reports: {
    daily: "reports",
    day: "reports",
    balances: "billing",
    distribution: "billing",
    balance: "billing",
    topTask: "billing"
  },
  events: { catalog: "source", list: "source", feed: "source" },
  operations: { resume: "consumer", streams: "all", notices: "reports" },
  system: { live: "self", ready: "self" },
  company: { get: "tasks" },
  development: { users: "users", login: "users", clock: "all" }
} as const satisfies Table

/** The contexts that write events: those of reports are nobody's to follow. */
export const sources = ["users", "tasks", "billing"] as const satisfies ReadonlyArray<ContextName>

/** The contexts that serve an endpoint. */
export const answerersOf = (answers: Answering): ReadonlyArray<ContextName> => {
  switch (answers) {
    case "source":
      return sources
    case "consumer":
    case "all":
    case "self":
      return contexts
    default:
      return [answers]
  }
}

type Part<Group extends HttpApiGroup.Constraint, Names> = HttpApiGroup.HttpApiGroup<
  Group["identifier"],
  Extract<HttpApiGroup.Endpoints<Group>, { readonly identifier: Names }>
>

/** Some endpoints of a group, with all that stands around them. */
const part = <
  Group extends HttpApiGroup.Constraint,
  const Names extends ReadonlyArray<HttpApiGroup.Endpoints<Group>["identifier"]>
>(
  group: Group,
  ...names: Names
): Part<Group, Names[number]> => {
  const { annotations, endpoints, identifier } = group as unknown as HttpApiGroup.Top
  const chosen = names.map((name) => (endpoints as Readonly<Record<string, HttpApiEndpoint.Constraint>>)[name]!)
  return HttpApiGroup.make(identifier)
    .add(...(chosen as [HttpApiEndpoint.Constraint]))
    .annotateMerge(annotations) as never
}

const { billing, company, development, events, operations, reports, system, tasks, users } = DevelopmentApi.groups

const base = HttpApi.make("popug").annotateMerge(Api.annotations)
/** What every context answers for what is its own. */
const own = base.add(part(operations, "resume", "streams")).add(system)

/** What the users context answers. */
export const UsersApi = own.add(users).add(events).add(part(billing, "verify"))
/** What the tasks context answers. */
export const TasksApi = own
  .add(tasks)
  .add(company)
  .add(events)
  .add(part(billing, "shufflePreview", "verify"))
/** What the billing context answers. */
export const BillingApi = own
  .add(
    part(
      billing,
      "correct",
      "close",
      "accounts",
      "account",
      "statement",
      "auditLog",
      "price",
      "transfers",
      "periods",
      "period",
      "shuffles",
      "preview",
      "trialBalance",
      "verify",
      "auditLogCsv",
      "balancesCsv",
      "journal"
    )
  )
  .add(part(reports, "balances", "distribution", "balance", "topTask"))
  .add(events)
/** What the reports context answers. */
export const ReportsApi = base
  .add(operations)
  .add(system)
  .add(part(reports, "daily", "day"))
  .add(part(billing, "verify"))

/** The development login, and the clock. */
export const UsersDevelopment = base.add(development)
/** The clock, which is moved in each context. */
export const ClockDevelopment = base.add(part(development, "clock"))
