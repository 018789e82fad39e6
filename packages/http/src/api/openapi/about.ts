/**
 * What the OpenAPI document says about its schemas besides their types.
 */
import type { JsonObject } from "./Json.ts"
import { at, max, olga, period, report, roof, seal, stream, topTask, totals, transfer, usd } from "./story.ts"

interface About {
  readonly description?: string
  readonly example?: JsonObject
  /** What its members are, as far as their names do not say it. */
  readonly members?: Readonly<Record<string, string>>
}

/** By the name of the component. Of problems only the members that are their own. */
export const about: Readonly<Record<string, About>> = {
  Account: {
    description: "What the company owes a popug; below zero what the popug owes.",
    example: { owner: olga, name: "Olga", balance: usd(-1519) }
  },
  Amount: {
    description: "An amount in minor units (cents), as a string of any length, with its ISO 4217 currency.",
    example: usd(-1519)
  },
  AuditEntry: {
    description: "A line of the audit log: credits above zero, debits below, as the owner sees them.",
    example: {
      transfer: 17,
      period,
      kind: "fee",
      owner: olga,
      name: "Olga",
      task: { id: roof, title: "Mend the roof" },
      amount: usd(-1519),
      corrects: null,
      corrected: null,
      reason: null,
      recordedAt: at
    }
  },
  Balance: {
    description: "A popug in a period: from the opening to the closing balance.",
    example: {
      owner: olga,
      name: "Olga",
      period,
      opening: usd(0),
      fees: usd(1519),
      awards: usd(3000),
      payouts: usd(1481),
      closing: usd(0)
    }
  },
  ClosedPeriod: {
    description: "A closed period, which is never rewritten.",
    example: { ...report, previousSeal: "0".repeat(64), seal, closedAt: "2026-11-24T00:00:01.000Z" }
  },
  CloudEvent: {
    description: "An event as CloudEvents 1.0, with its place in the stream of its context.",
    example: {
      specversion: "1.0",
      id: "users-1",
      source: "/companies/popug/users",
      type: "user.created",
      time: at,
      datacontenttype: "application/json",
      number: 1,
      dataversion: 1,
      actor: "system",
      previousdigest: "0".repeat(64),
      data: { id: olga, name: "Olga", roles: ["worker"] }
    }
  },
  Company: {
    members: {
      digits: "How many digits after the point an amount has: minor units are 10 to the power of it",
      timeZone: "The zone that days are reckoned in, as IANA calls it",
      cutoff: "When a day ends, in that zone; midnight is `00:00`",
      closing: "Whether periods are closed as soon as they are complete, or by accountants",
      period: "The business day that what is done now falls into",
      endsAt: "When that day ends",
      now: "What the clock shows that days end by",
      assignmentByHand: "Whether managers and admins may assign one task by hand",
      creationLimit: "How many tasks the caller may create in a day; null for any number",
      version: "The version of the server",
      movableClock: "Whether `POST /dev/clock` moves the clock: never in production"
    },
    description: "The company that the server works for, and what holds for the caller today.",
    example: {
      id: "popug",
      currency: "USD",
      digits: 2,
      timeZone: "Europe/Prague",
      cutoff: "00:00",
      closing: "automatic",
      period,
      endsAt: "2026-11-23T23:00:00.000Z",
      now: at,
      assignmentByHand: true,
      creationLimit: 1_000,
      version: "1.0.0",
      movableClock: false
    }
  },
  Corrected: {
    members: { transfer: "Its number in the journal", period: "The day that it is booked in" },
    description: "What a correction corrects: credits above zero, debits below, as the owner sees them.",
    example: { transfer: 17, period, amount: usd(-1519), recordedAt: at }
  },
  Distribution: {
    members: {
      popugs: "How many popugs have an account",
      classes: "From the lowest to the highest; zero is where one ends and the next begins",
      lowest: "The lowest balance; null without accounts",
      highest: "The highest balance; null without accounts"
    },
    description: "How many popugs have a balance of at least `from` and less than `below`.",
    example: {
      popugs: 3,
      lowest: usd(-1519),
      highest: usd(1481),
      classes: [
        { from: usd(-2000), below: usd(0), popugs: 1 },
        { from: usd(0), below: usd(2000), popugs: 2 }
      ]
    }
  },
  DailyReport: { description: "Management's report of a closed period.", example: { ...report, seal } },
  EventType: {
    members: { schema: "JSON Schema 2020-12 of `data`" },
    description: "An event type: who writes it, who follows it, and the JSON Schema of its data."
  },
  NewTask: {
    description: "A task to make; without `id` it gets one.",
    example: { title: "Mend the roof", description: "It drips.", jiraId: "POPUG-17" }
  },
  NewUser: {
    description: "A user to make; without `id` it gets one.",
    example: { name: "Olga", roles: ["worker"] }
  },
  Notice: {
    description: "A notice and what became of it.",
    example: { id: `report-${period}`, kind: "Report", period, status: "sent", attempts: 1, dueAt: at, lastError: null }
  },
  Preview: {
    members: {
      awaiting: "The period that waits to be closed by hand",
      clear: "Whether nothing stands in the way of a close"
    },
    description: "A look at the open period before its close.",
    example: { ...report, awaiting: null, streams: [stream], clear: true }
  },
  ShuffleCost: {
    members: {
      shuffle: "1 for the first shuffle, 2 for the second, ...",
      event: "The number of its event in the stream of tasks",
      askedBy: "Who asked for it; null for the system",
      reassigned: "How many open tasks fell on somebody else"
    },
    description: "What a shuffle cost: sums, neither whom it charged nor for what.",
    example: {
      shuffle: 3,
      event: 41,
      period,
      askedBy: max,
      name: "Max",
      at,
      reassigned: 1,
      fees: usd(1519)
    }
  },
  ShufflePreview: {
    members: {
      open: "How many open tasks there are",
      looked: "How many of them were looked at, the oldest: 10,000 at most. What follows is of those",
      movable: "How many of them can fall on somebody else",
      fees: "The fees of those, as far as they are priced: what a shuffle can charge at most",
      unpriced: "How many of those billing has not priced yet: their fees are not in the sum"
    },
    description: "What a shuffle would find.",
    example: { open: 17, looked: 17, movable: 17, fees: usd(25_823), unpriced: 0 }
  },
  Skip: {
    members: { through: "The last number to pass over; the stream's own number accepts a broken digest" },
    description: "Which events are passed over, and why: recorded as an event.",
    example: { through: 42, reason: "Written by a faulty import, see POPUG-99" }
  },
  StatementEntry: {
    members: {
      balance: "What the account came to after it",
      task: "The task under the title it had then; null for payouts, and for corrections of these",
      corrected: "What it corrects; null for what is no correction"
    },
    description: "A transfer in the statement of an account.",
    example: { ...transfer, balance: usd(-1519), task: { id: roof, title: "Mend the roof" }, corrected: null }
  },
  StreamStatus: {
    members: {
      number: "The last number applied",
      behind: "How many events of the source are not applied yet",
      failing: "What this node tries again and again; null once it has gone on"
    },
    description: "How far a consumer has followed a stream, and why it stopped.",
    example: stream
  },
  Task: {
    description: "A task. `assignment` counts how many times it was assigned.",
    example: {
      id: roof,
      title: "Mend the roof",
      description: "It drips.",
      jiraId: "POPUG-17",
      status: "in progress",
      assignee: olga,
      assignment: 1
    }
  },
  TaskEdit: { description: "What is to change; what is left out stays.", example: { title: "Mend the whole roof" } },
  TopTask: { description: "The done task with the highest award.", example: topTask },
  Totals: { description: "What happened in a period.", example: totals },
  TaskPrice: {
    members: {
      fee: "What whoever gets it is charged, each time; null until billing has priced it",
      award: "What whoever finishes it earns; null until billing has priced it"
    },
    description: "What a task costs and earns.",
    example: { task: roof, fee: usd(1519), award: usd(3000) }
  },
  Transfer: {
    description: "One transfer of the journal; its debit and credit are two entries of the same row.",
    example: transfer
  },
  TrialBalance: {
    description: "The balances of the accounts: `total` is zero in books that balance.",
    example: { popugs: usd(0), fees: usd(1519), awards: usd(-3000), cash: usd(1481), total: usd(0), inTheRed: 0 }
  },
  User: {
    members: { identities: "Who they are to identity providers: for admins, when there are any" },
    description: "A user.",
    example: { id: olga, name: "Olga", roles: ["worker"], status: "active" }
  },
  UserChange: { description: "What is to change; what is left out stays.", example: { status: "deactivated" } },
  Verification: {
    description: "What a verification went through, and the first difference if there is one.",
    example: {
      periods: 1,
      events: 42,
      transfers: 17,
      difference: null,
      contexts: ["users", "tasks", "billing", "reports", "consumers"].map((context) => ({ context, difference: null }))
    }
  },

  AlreadyCorrected: { example: { number: 17, correction: 18 } },
  Changed: { example: { id: roof } },
  ClockJumped: { example: { from: "2026-11-23", to: "2027-01-23", days: 61 } },
  CreationLimitReached: { example: { creator: olga, period, limit: 1_000, created: 998, asked: 3 } },
  DeactivatedActor: { example: { actor: `user:${olga}` } },
  IdentityTaken: { example: { issuer: "https://id.company.example", subject: "_f2Z-8", id: olga } },
  InvalidInput: {
    example: {
      detail: "payload.title: Missing key",
      errors: [{ path: ["payload", "title"], message: "Missing key" }]
    }
  },
  NotAllowed: { example: { actor: `user:${olga}`, action: "shuffle tasks" } },
  NotAssignee: { example: { id: roof, actor: `user:${olga}`, assignee: null } },
  NotEligible: { example: { user: olga } },
  NotSkippable: { example: { consumer: "billing", number: 41 } },
  PeriodAlreadyClosed: { example: { period } },
  PeriodAlreadyEnded: { example: { period } },
  PeriodNotComplete: { example: { period } },
  PositionBeyondLog: { example: { source: "tasks", number: 13, last: 3 } },
  PeriodNotFound: { example: { period } },
  PeriodNotOver: { example: { period, endsAt: "2026-11-24T00:00:00.000Z" } },
  StreamNotStopped: { example: { consumer: "billing" } },
  TaskAlreadyDone: { example: { id: roof } },
  TaskAlreadyExists: { example: { id: roof } },
  TaskNotFound: { example: { id: roof } },
  TooManyRequests: { example: { retryAfterSeconds: 7 } },
  TransferNotFound: { example: { number: 17 } },
  SumTooLarge: { example: { account: "company:fees" } },
  UndoIsFinal: { example: { number: 18 } },
  UnknownActor: { example: { actor: `user:${olga}` } },
  UnknownConsumer: { example: { consumer: "billing" } },
  UnknownSubject: { example: { issuer: "https://id.company.example", subject: "_f2Z-8" } },
  UserAlreadyExists: { example: { id: olga } },
  UserNotFound: { example: { id: olga } }
}
