/**
 * The contract, as much of it as the client without Effect needs when it runs. Written by `npm run endpoints`.
 */
import type { Endpoint, Reading } from "./reading.ts"

export const endpoints = {
  users: {
    create: { method: "POST", path: "/v1/users", command: true, payload: true, headers: ["etag", "location"] },
    createMany: { method: "POST", path: "/v1/users/batch", command: true, payload: true },
    update: { method: "PATCH", path: "/v1/users/:id", command: true, payload: true, headers: ["etag"] },
    list: { method: "GET", path: "/v1/users" },
    get: { method: "GET", path: "/v1/users/:id", headers: ["etag"] }
  },
  tasks: {
    create: { method: "POST", path: "/v1/tasks", command: true, payload: true, headers: ["etag", "location"] },
    createMany: { method: "POST", path: "/v1/tasks/batch", command: true, payload: true },
    edit: { method: "PATCH", path: "/v1/tasks/:id", command: true, payload: true, headers: ["etag"] },
    assign: { method: "POST", path: "/v1/tasks/:id/assign", command: true, payload: true, headers: ["etag"] },
    complete: { method: "POST", path: "/v1/tasks/:id/complete", command: true, headers: ["etag"] },
    completeMany: { method: "POST", path: "/v1/tasks/complete", command: true, payload: true },
    shuffle: { method: "POST", path: "/v1/tasks/shuffle", command: true },
    endRegistration: { method: "POST", path: "/v1/tasks/registration/end", command: true, payload: true },
    list: { method: "GET", path: "/v1/tasks" },
    counts: { method: "GET", path: "/v1/tasks/counts" },
    get: { method: "GET", path: "/v1/tasks/:id", headers: ["etag"] }
  },
  billing: {
    correct: { method: "POST", path: "/v1/billing/corrections", command: true, payload: true },
    close: { method: "POST", path: "/v1/billing/periods/:period/close", command: true },
    accounts: { method: "GET", path: "/v1/billing/accounts", reading: { data: [{ balance: { amount: "bigint" } }] } },
    account: { method: "GET", path: "/v1/billing/accounts/:owner", reading: { balance: { amount: "bigint" } } },
    statement: {
      method: "GET",
      path: "/v1/billing/accounts/:owner/statement",
      reading: {
        opening: { amount: "bigint" },
        closing: { amount: "bigint" },
        totals: { fees: { amount: "bigint" }, awards: { amount: "bigint" }, payouts: { amount: "bigint" } },
        data: [
          {
            amount: { amount: "bigint" },
            occurredAt: "instant",
            recordedAt: "instant",
            balance: { amount: "bigint" },
            corrected: { amount: { amount: "bigint" }, recordedAt: "instant" }
          }
        ]
      }
    },
    auditLog: {
      method: "GET",
      path: "/v1/billing/audit-log",
      reading: {
        data: [
          {
            amount: { amount: "bigint" },
            corrected: { amount: { amount: "bigint" }, recordedAt: "instant" },
            recordedAt: "instant"
          }
        ]
      }
    },
    price: {
      method: "GET",
      path: "/v1/billing/prices/:task",
      reading: { fee: { amount: "bigint" }, award: { amount: "bigint" } }
    },
    transfers: {
      method: "GET",
      path: "/v1/billing/transfers",
      reading: { data: [{ amount: { amount: "bigint" }, occurredAt: "instant", recordedAt: "instant" }] }
    },
    periods: {
      method: "GET",
      path: "/v1/billing/periods",
      reading: {
        data: [
          {
            totals: { fees: { amount: "bigint" }, awards: { amount: "bigint" }, payouts: { amount: "bigint" } },
            earnings: { amount: "bigint" },
            topTask: { total: { amount: "bigint" } },
            closedAt: "instant"
          }
        ]
      }
    },
    period: {
      method: "GET",
      path: "/v1/billing/periods/:period",
      headers: ["etag"],
      reading: {
        totals: { fees: { amount: "bigint" }, awards: { amount: "bigint" }, payouts: { amount: "bigint" } },
        earnings: { amount: "bigint" },
        topTask: { total: { amount: "bigint" } },
        closedAt: "instant"
      }
    },
    shuffles: {
      method: "GET",
      path: "/v1/billing/shuffles",
      reading: { data: [{ at: "instant", fees: { amount: "bigint" } }] }
    },
    shufflePreview: { method: "GET", path: "/v1/billing/shuffles/preview", reading: { fees: { amount: "bigint" } } },
    preview: {
      method: "GET",
      path: "/v1/billing/periods/:period/preview",
      reading: {
        totals: { fees: { amount: "bigint" }, awards: { amount: "bigint" }, payouts: { amount: "bigint" } },
        earnings: { amount: "bigint" },
        topTask: { total: { amount: "bigint" } },
        streams: [{ failing: { since: "instant" } }]
      }
    },
    trialBalance: {
      method: "GET",
      path: "/v1/billing/trial-balance",
      reading: {
        popugs: { amount: "bigint" },
        fees: { amount: "bigint" },
        awards: { amount: "bigint" },
        cash: { amount: "bigint" },
        total: { amount: "bigint" }
      }
    },
    verify: { method: "GET", path: "/v1/billing/verification" },
    auditLogCsv: {
      method: "GET",
      path: "/v1/billing/exports/audit-log.csv",
      headers: ["content-disposition"],
      stream: true
    },
    balancesCsv: {
      method: "GET",
      path: "/v1/billing/exports/balances.csv",
      headers: ["content-disposition"],
      stream: true
    },
    journal: {
      method: "GET",
      path: "/v1/billing/exports/journal.hledger",
      headers: ["content-disposition"],
      stream: true
    }
  },
  reports: {
    daily: {
      method: "GET",
      path: "/v1/reports/daily",
      reading: {
        data: [
          {
            totals: { fees: { amount: "bigint" }, awards: { amount: "bigint" }, payouts: { amount: "bigint" } },
            earnings: { amount: "bigint" },
            topTask: { total: { amount: "bigint" } }
          }
        ]
      }
    },
    day: {
      method: "GET",
      path: "/v1/reports/daily/:period",
      headers: ["etag"],
      reading: {
        totals: { fees: { amount: "bigint" }, awards: { amount: "bigint" }, payouts: { amount: "bigint" } },
        earnings: { amount: "bigint" },
        topTask: { total: { amount: "bigint" } }
      }
    },
    balances: {
      method: "GET",
      path: "/v1/reports/balances",
      reading: {
        data: [
          {
            opening: { amount: "bigint" },
            fees: { amount: "bigint" },
            awards: { amount: "bigint" },
            payouts: { amount: "bigint" },
            closing: { amount: "bigint" }
          }
        ]
      }
    },
    distribution: {
      method: "GET",
      path: "/v1/reports/balances/distribution",
      reading: {
        lowest: { amount: "bigint" },
        highest: { amount: "bigint" },
        classes: [{ from: { amount: "bigint" }, below: { amount: "bigint" } }]
      }
    },
    balance: { method: "GET", path: "/v1/reports/balance", reading: { total: { amount: "bigint" } } },
    topTask: { method: "GET", path: "/v1/reports/top-task", reading: { topTask: { total: { amount: "bigint" } } } }
  },
  events: {
    catalog: { method: "GET", path: "/v1/events/catalog" },
    list: { method: "GET", path: "/v1/events" },
    feed: { method: "GET", path: "/v1/events/feed", stream: true }
  },
  operations: {
    resume: { method: "POST", path: "/v1/operations/streams/:consumer/resume", command: true, payload: true },
    streams: { method: "GET", path: "/v1/operations/streams", reading: { data: [{ failing: { since: "instant" } }] } },
    notices: { method: "GET", path: "/v1/operations/notices", reading: { data: [{ dueAt: "instant" }] } }
  },
  company: { get: { method: "GET", path: "/v1/company", reading: { endsAt: "instant", now: "instant" } } },
  system: {
    live: { method: "GET", path: "/livez", open: true },
    ready: { method: "GET", path: "/readyz", open: true }
  },
  development: {
    users: { method: "GET", path: "/dev/users", open: true },
    login: { method: "POST", path: "/dev/login", open: true, payload: true, reading: { expiresAt: "instant" } },
    clock: { method: "POST", path: "/dev/clock", open: true, payload: true, reading: { now: "instant" } }
  }
} as const satisfies Readonly<Record<string, Readonly<Record<string, Endpoint>>>>

/** For whoever operates a server of many companies. */
export const platform = {
  open: { method: "POST", path: "/v1/companies", payload: true },
  list: { method: "GET", path: "/v1/companies" },
  get: { method: "GET", path: "/v1/companies/:id", reading: { health: { dueAt: "instant" } } },
  rest: { method: "POST", path: "/v1/companies/:id/rest" },
  wake: { method: "POST", path: "/v1/companies/:id/wake" },
  move: {
    method: "POST",
    path: "/v1/companies/:id/move",
    payload: true,
    reading: { move: { startedAt: "instant", endedAt: "instant" } }
  },
  moving: {
    method: "GET",
    path: "/v1/companies/:id/move",
    reading: { move: { startedAt: "instant", endedAt: "instant" } }
  },
  databases: { method: "GET", path: "/v1/databases" }
} as const satisfies Readonly<Record<string, Endpoint>>

export const problems: Readonly<Record<string, Reading>> = { PeriodNotOver: { endsAt: "instant" } }
