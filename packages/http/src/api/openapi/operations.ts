/**
 * What the OpenAPI document says about each group and each endpoint of the contract.
 */
import type { DevelopmentApi } from "../Api.ts"
import type { HostApi } from "../HostApi.ts"

/** What an endpoint is for. */
export interface Text {
  readonly summary: string
  readonly description?: string
  /** What the members of its body are, and those of its answer, where they are no component's. */
  readonly asks?: Readonly<Record<string, string>>
  readonly answers?: Readonly<Record<string, string>>
}

type Declared = (typeof DevelopmentApi)["groups"] & (typeof HostApi)["groups"]
type Groups = {
  readonly [Group in keyof Declared]: {
    readonly title: string
    readonly description: string
    readonly endpoints: { readonly [Name in keyof Declared[Group]["endpoints"]]: Text }
  }
}

export const info = {
  title: "popug",
  version: "1",
  description: `Tasks fall on people at random for a fee, finishing one earns an award, and every business day is
closed exactly. Amounts are strings of minor units (cents). Errors are RFC 9457 problems. A POST or PATCH with an
\`Idempotency-Key\` can be repeated: the same key and content get the same answer.`,
  license: { name: "MIT", identifier: "MIT" }
}

/** By the name of the scheme. */
export const credentials: Readonly<Record<string, string>> = {
  bearer: "A JWT of the identity provider, or of the development login",
  operator: "The token of the server's operator, which opens no company"
}

export const groups: Groups = {
  users: {
    title: "Users",
    description: "Who is in the company, and in which roles.",
    endpoints: {
      create: { summary: "Create a user" },
      createMany: { summary: "Create many users: all of them, or none" },
      update: {
        summary: "Change a user, or oneself as `me`",
        description: "What is left out stays. Users are not deleted: `status` makes them deactivated."
      },
      list: {
        summary: "List users by id",
        description:
          "A page of a `search` looks at 10,000 users at most: it can hold fewer than its limit, or none, and have a `nextCursor`."
      },
      get: { summary: "Get a user, or oneself as `me`" }
    }
  },
  tasks: {
    title: "Tasks",
    description: "They fall on people at random for a fee.",
    endpoints: {
      create: {
        summary: "Create a task",
        description: "It falls on somebody eligible in the same commit, or waits for somebody."
      },
      createMany: { summary: "Create many tasks: all of them, or none" },
      edit: { summary: "Edit title, description and jiraId; what is left out stays" },
      assign: { summary: "Assign a task by hand" },
      complete: { summary: "Complete a task", description: "Done is final, and earns the award." },
      completeMany: { summary: "Complete many tasks: all of them, or none" },
      shuffle: {
        summary: "Reassign every open task at random",
        description:
          "Each task that falls on somebody else costs them its fee: `GET /v1/billing/shuffles` shows what each shuffle cost.",
        answers: { open: "How many open tasks there were", reassigned: "How many of them fell on somebody else" }
      },
      endRegistration: {
        summary: "End the registration of the periods that are over",
        description: "What the schedule does at the end of each day: safe when late, missed or doubled.",
        asks: { afterJump: "Accepts a clock that has jumped" }
      },
      list: {
        summary: "List tasks by id; for popugs their own, with `assignee=me`",
        description:
          "`order=newest` begins with the last: ids that the server makes grow with time. A page of a `search` looks at 5,000 tasks at most: it can hold fewer than its limit, or none, and have a `nextCursor`."
      },
      counts: {
        summary: "Count tasks: the caller's, and all for those who may see all",
        answers: {
          mine: "Those that the caller holds, and those of theirs that are done, counted up to `upTo`: so many, or more",
          all: "Those of the company; null for those who may not see all tasks",
          waiting: "How many of the open ones wait for somebody"
        }
      },
      get: { summary: "Get a task" }
    }
  },
  billing: {
    title: "Billing",
    description: "The books: accounts, transfers, periods, corrections.",
    endpoints: {
      correct: {
        summary: "Correct a transfer",
        description: "A new transfer in the open period reverses it: a closed period is never rewritten.",
        asks: { transfer: "The transfer to reverse, or the correction to undo" }
      },
      close: {
        summary: "Close a period by hand",
        description: "For companies that ask for it; the others close by themselves."
      },
      accounts: {
        summary: "List the popugs' accounts",
        description:
          "A page of a `search`, or of balances, looks at 10,000 accounts at most: it can hold fewer than its limit, or none, and have a `nextCursor`."
      },
      account: { summary: "Get a popug's account, or one's own as `me`" },
      statement: {
        summary: "Get the statement of an account",
        description:
          "Its transfers lead from the opening to the closing balance: each with the balance after it, its task, and what it corrects. `order=newest` begins with the last. A page of one `kind` looks at 5,000 transfers at most: it can hold fewer than its limit, or none, and have a `nextCursor`.",
        answers: {
          totals: "What the transfers of each kind come to in the whole range, corrections counted with reversed sign"
        }
      },
      auditLog: {
        summary: "Read the audit log",
        description:
          "What was booked, for which task, and what it corrects; for popugs their own, with `owner=me`. With `task` all that was booked for that one. `order=newest` begins with the last. A page of one `kind` looks at 5,000 transfers at most: it can hold fewer than its limit, or none, and have a `nextCursor`."
      },
      price: {
        summary: "Get what a task costs and earns",
        description:
          "For whom its last fee charged, which is who has it or has done it, and for those who may see the books."
      },
      transfers: { summary: "Read the journal in order, or from the end with `order=newest`" },
      periods: { summary: "List the closed periods" },
      period: { summary: "Get a closed period" },
      shuffles: {
        summary: "List what shuffles cost",
        description:
          "Who asked for each, how many tasks it reassigned, and the fees that it charged: as charged, whatever was corrected since. For managers too. A shuffle is here once billing has charged all its fees."
      },
      shufflePreview: {
        summary: "Get what a shuffle can cost at most",
        description:
          "For whoever may shuffle. Whom a task falls on is drawn when the shuffle is asked for, so what it costs is known only then. It looks at 10,000 open tasks at most."
      },
      preview: { summary: "Look at the open period before its close; it may be named `current`" },
      trialBalance: { summary: "Get the trial balance, which is zero" },
      verify: {
        summary: "Prove the books",
        description: "Replays everything, and names the first difference of each context. It takes its time."
      },
      auditLogCsv: { summary: "Download the audit log as CSV" },
      balancesCsv: { summary: "Download the balance by popug of a period as CSV" },
      journal: {
        summary: "Download the journal in hledger's format",
        description: "Checks by itself with `hledger check -s` when it is whole, without a range."
      }
    }
  },
  reports: {
    title: "Reports",
    description: "Earnings, balances and top tasks.",
    endpoints: {
      daily: { summary: "List management's daily reports: the earnings by day" },
      day: { summary: "Get the report of a closed day" },
      balances: { summary: "List the balance by popug of a period, the open one included" },
      distribution: {
        summary: "Get how the popugs' balances are distributed now",
        description:
          "Classes of one width and without gaps, 20 at most, which is as wide as it must be: 1, 2 or 5 minor units with zeros behind it. It reads all accounts."
      },
      balance: {
        summary: "Get the total balance and how many popugs are in the red",
        answers: { total: "What the company owes all popugs together", inTheRed: "How many popugs are below zero" }
      },
      topTask: {
        summary: "Get the done task with the highest award",
        description:
          "Of `from` to `to`, or of the `span` (day, week or month; default: day) around `date` (default: today, the business day that tasks fall into now)."
      }
    }
  },
  events: {
    title: "Events",
    description: "The record of everything that happened.",
    endpoints: {
      catalog: { summary: "List the event types with the JSON Schemas of their data" },
      list: {
        summary: "Read the events of a context in order",
        description:
          "Those that the caller may see; with `actor` what one user caused, with `task` what happened to one task. A page looks at 1,000 events at most: it can hold fewer than its limit, or none, and have a `nextCursor`. `order=newest` goes from the end to the start."
      },
      feed: {
        summary: "Follow the events of a context as they happen",
        description:
          "Server-sent events: `id` is the position. Goes on after `Last-Event-ID` or `after`; with neither, from now on."
      }
    }
  },
  operations: {
    title: "Operations",
    description: "For those who keep the company running.",
    endpoints: {
      resume: {
        summary: "Let a stopped stream go on",
        description: "Without `skip` it tries again. A skip is recorded as an event."
      },
      streams: { summary: "List the streams: how far behind, and why stopped" },
      notices: { summary: "List the notices: what was sent, and what failed so far" }
    }
  },
  system: {
    title: "System",
    description: "Health.",
    endpoints: {
      live: { summary: "Whether the process is alive" },
      ready: { summary: "Whether it takes requests: the store answers, and it is not going down" }
    }
  },
  company: {
    title: "Company",
    description: "What everybody in it needs to know to read days and amounts.",
    endpoints: {
      get: {
        summary: "Get the company: its money, its calendar, what day it is, and what holds for the caller",
        description: "For everybody active. `now` is the clock that days end by: a page counts down by it."
      }
    }
  },
  platform: {
    title: "Platform",
    description: "The companies of the server, for its operator: nothing that is in them.",
    endpoints: {
      open: {
        summary: "Open a company, with its first admin",
        description:
          "Repeated, it changes nothing and answers the same; with other content it is refused. The admin opens the rest of the company's life, by a token of their own."
      },
      list: {
        summary: "List the companies by id",
        description: "One whose record the server can't read is listed by its id, and says what is wrong with it."
      },
      get: { summary: "Get a company: its settings, and how it does" },
      rest: {
        summary: "Put a company to rest",
        description: "Nothing is written for it any more when the answer comes, and within seconds nobody is served."
      },
      wake: { summary: "Have a company that rests work again" },
      move: {
        summary: "Move a company to another database",
        description:
          "It rests meanwhile, and is woken at the end unless `wake` is false. The answer comes when it is over, or after ten seconds with how far it is. Repeated, it waits for the same move, finishes one that broke off with its node, or finds that the company lives there. After a refusal the company goes on resting until it is woken."
      },
      moving: {
        summary: "See where a company lives, and how its move goes",
        description:
          "`move` is the last one that the node which answers knows of. A move that it knows nothing of is under way on another node, or broke off: the same request once more goes on with it."
      },
      databases: {
        summary: "List the databases that companies live in, and whether each answers",
        description:
          "`away` passes by itself; `unusable` stays until somebody acts, and the server's log says what is wrong. Companies are opened in the default one unless they name another."
      }
    }
  },
  development: {
    title: "Development",
    description: "Not there in production.",
    endpoints: {
      users: { summary: "List who there is to log in as (the first hundred)" },
      login: { summary: "Get a token of a user, without a password" },
      clock: {
        summary: "Let days pass",
        description: "Moves the server's clock forward, and ends the days that are over by then."
      }
    }
  }
}
