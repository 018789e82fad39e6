import {
  type Creations,
  initialTaskHead,
  type Task,
  type TaskChanges,
  type TaskLoad,
  type TaskQuery,
  TaskStore,
  type UserId
} from "@popug/core"
import { Memory } from "@popug/memory"
import { taskStore } from "@popug/testkit/conformance"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { type HeadStore, headStores, onLoad, onSave, tolerates, type Tx, wrapTx } from "./headStores.ts"
import { inOrderOf, mangles } from "./mangles.ts"
import { mutants, over, without } from "./Mutant.ts"

const build = (mutilate: (store: HeadStore) => Partial<HeadStore>) =>
  over(TaskStore, (store) => mutilate(store as unknown as HeadStore) as unknown as Partial<typeof store>)

const onTasks = (change: (tasks: ReadonlyArray<Task.Task>) => ReadonlyArray<Task.Task>) =>
  onLoad(({ tasks }: TaskLoad) => ({ tasks: change(tasks) }))

const saving = (change: (changes: TaskChanges) => object) =>
  onSave((changes) => ({ ...changes, ...change(changes as TaskChanges) }))

const querying = (change: (query: TaskQuery) => TaskQuery) =>
  wrapTx((tx: Tx) => ({ load: (query) => tx.load(change(query as TaskQuery)) }))

const remembersLoads = (store: HeadStore) => {
  const loads = new Map<string, object>()
  return wrapTx((tx) => ({
    load: (query) =>
      Effect.suspend(() => {
        const key = JSON.stringify(query)
        const known = loads.get(key)
        return known === undefined
          ? Effect.tap(tx.load(query), (loaded) => Effect.sync(() => loads.set(key, loaded)))
          : Effect.succeed(known)
      })
  }))(store)
}

/** Keeps the counts of created tasks beside its transactions. */
const countsApart = (store: HeadStore, keep: (rows: ReadonlyArray<Creations>, row: Creations) => Creations) => {
  const rows: Array<Creations> = []
  const of = (creator: UserId) => rows.filter((row) => row.creator === creator).slice(-1)
  return wrapTx((tx) => ({
    load: (query) =>
      Effect.map(tx.load(query), (loaded) => ({ ...loaded, creations: (query as TaskQuery).creators.flatMap(of) })),
    save: (changes) =>
      Effect.suspend(() => {
        for (const row of (changes as TaskChanges).creations) rows.push(keep(rows, row))
        return tx.save(changes)
      })
  }))(store)
}

const counting = "counts exactly the tasks of a status and an assignee, up to a number" as const

export const tasks = mutants(taskStore, Memory.layer, [
  ...headStores(build),
  {
    name: "opens for the date in UTC",
    breaks: ["opens for the period of the store's instant"],
    layer: over(TaskStore, ({ open }) => ({
      open: (company) => open(company, (now) => new Date(now.epochMilliseconds).toISOString().slice(0, 10) as never)
    }))
  },
  {
    name: "shows a clock that is twenty milliseconds ahead",
    breaks: ["shows the clock that commits go by"],
    layer: over(TaskStore, ({ now }) => ({ now: Effect.map(now, DateTime.add({ milliseconds: 20 })) }))
  },
  {
    name: "shows the last commit instead of its clock",
    breaks: ["shows the clock that commits go by"],
    layer: over(TaskStore, ({ head }) => ({ now: Effect.map(head, ({ at }) => at) }))
  },
  {
    name: "stays open for the period of the zone before",
    breaks: ["is open for the period of the zone that it adopts"],
    layer: over(TaskStore, ({ adopt }) => ({ adopt: (company) => adopt(company, () => "2031-05-05" as never) }))
  },
  ...(["shuffles", "period", "lastTaskId", "counts", "cursor"] as const).map((key) => ({
    name: `does not keep the head's ${key}`,
    breaks: ["keeps the whole head, and shows it outside a transaction too" as const],
    layer: build(onSave((changes, tx) => ({ ...changes, head: { ...changes.head, [key]: (tx.head as never)[key] } })))
  })),
  {
    name: "writes nothing without an event",
    breaks: ["moves the head without an event", "loads the copy of the users as its cursor says"],
    layer: build(
      wrapTx((tx) => ({ save: (changes) => (changes.events.length === 0 ? Effect.void : tx.save(changes)) }))
    )
  },
  {
    name: "loads tasks in any order",
    breaks: ["loads the tasks named, each once, by id in byte order", "loads exactly the open tasks"],
    layer: build(onTasks((tasks) => tasks.toReversed()))
  },
  {
    name: "loads a task once for each way it is found",
    breaks: ["loads the tasks named, each once, by id in byte order"],
    layer: build(onTasks((tasks) => tasks.flatMap((task) => [task, task])))
  },
  {
    name: "loads the first few open tasks",
    breaks: ["loads exactly the open tasks"],
    layer: build(onTasks((tasks) => tasks.slice(0, 4)))
  },
  {
    name: "does not load the tasks that wait",
    breaks: [
      "loads exactly the open tasks of an assignee, and those that wait",
      "loads follow a task to its new assignee and to its end"
    ],
    layer: build(querying((query) => ({ ...query, heldBy: query.heldBy.filter((id) => id !== null) })))
  },
  {
    name: "loads all open tasks for an assignee",
    breaks: ["loads exactly the open tasks of an assignee, and those that wait"],
    layer: build(querying((query) => ({ ...query, open: query.open || query.heldBy.length > 0 })))
  },
  {
    name: "remembers what it loaded",
    breaks: [
      "loads follow a task to its new assignee and to its end",
      "what one transaction saved, the next one loads"
    ],
    layer: build((store) => remembersLoads(store))
  },
  {
    name: "loads the users when nobody asked",
    breaks: ["loads the copy of the users as its cursor says"],
    layer: build(querying((query) => ({ ...query, members: true })))
  },
  ...Object.entries(mangles).map(([name, mangle]) => ({
    name: `members: ${name}`,
    breaks: ["lists the copy of the users by id in byte order, in pages without gaps or doubles" as const],
    layer: over(TaskStore, ({ members }) => ({
      members: (paging) => Effect.map(members(paging), (page) => mangle(page, paging.limit))
    }))
  })),
  {
    name: "loses changes of users",
    breaks: ["loads the copy of the users as its cursor says"],
    layer: build(saving(({ head, members }) => ({ members: head.cursor.number > 2 ? [] : members })))
  },
  {
    name: "counts nobody's tasks",
    breaks: ["keeps how many tasks each creator has created, one row each"],
    layer: build(saving(() => ({ creations: [] })))
  },
  {
    name: "loads the counts of everybody",
    breaks: ["keeps how many tasks each creator has created, one row each"],
    layer: build(querying((query) => ({ ...query, creators: ["ann", "bob"] as never })))
  },
  {
    name: "keeps the count of a creator's first period",
    breaks: ["keeps how many tasks each creator has created, one row each"],
    layer: build((store) =>
      countsApart(store, (rows, row) => [row, ...rows].findLast((each) => each.creator === row.creator)!)
    )
  },
  {
    name: "counts before it commits",
    breaks: ["counts nothing of a transaction that fails"],
    layer: build((store) => countsApart(store, (_, row) => row))
  },
  {
    name: "changes users without their cursor",
    breaks: ["refuses members without a move of their cursor"],
    layer: build(tolerates(/changes only with its cursor/))
  },
  ...([/can't be in assignment/, /can't have created/] as const).map((words) => ({
    name: `takes rows of which others say ${words.source}`,
    breaks: ["refuses assignments and counts that can't be" as const],
    layer: build(tolerates(words))
  })),
  {
    name: "takes counts of tasks that nobody writes",
    breaks: ["refuses a head that counts other tasks than are written"],
    layer: build(tolerates(/don't follow from the/))
  },
  {
    name: "keeps users of a transaction that failed",
    breaks: ["a transaction that fails changes no members"],
    layer: build(({ transact }) => ({
      transact: (body) => transact((tx) => Effect.exit(body(tx))).pipe(Effect.flatten)
    }))
  },
  {
    name: "loses the tasks that are known to be new",
    breaks: ["writes the tasks that are known to be new, and those beside them"],
    layer: build(saving(({ created, tasks }) => ({ tasks: tasks.filter(({ id }) => created?.has(id) !== true) })))
  },
  {
    name: "has a head before it is opened",
    breaks: ["has no head before it is opened"],
    layer: over(TaskStore, ({ head }) => ({
      head: Effect.orElseSucceed(head, () => initialTaskHead(DateTime.makeUnsafe(0), "2026-03-01" as never))
    }))
  },
  {
    name: "lists tasks by title",
    breaks: ["lists tasks by id in byte order, in pages without gaps or doubles"],
    layer: over(TaskStore, ({ list }) => ({
      list: (filter, paging) =>
        Effect.map(list(filter, { limit: 1_000 }), ({ rows }) =>
          inOrderOf(
            rows,
            ({ title }) => title,
            ({ id }) => id,
            paging
          )
        )
    }))
  },
  {
    name: "knows one order only",
    breaks: [
      "lists the newest tasks first, in pages without gaps or doubles",
      "lists exactly the tasks of a status and an assignee"
    ],
    layer: over(TaskStore, ({ list }) => ({ list: (filter, paging) => list(filter, without(paging, "order")) }))
  },
  {
    name: "turns each page of the oldest round",
    breaks: ["lists the newest tasks first, in pages without gaps or doubles"],
    layer: over(TaskStore, ({ list }) => ({
      list: (filter, { order, ...paging }) =>
        Effect.map(list(filter, paging), (page) =>
          order === "newest" ? { ...page, rows: page.rows.toReversed() } : page
        )
    }))
  },
  {
    name: "counts whatever there is",
    breaks: [counting],
    layer: over(TaskStore, ({ count }) => ({ count: (filter) => count(filter, 1_000) }))
  },
  ...(["assignee", "status"] as const).map((key) => ({
    name: `counts whatever the ${key}`,
    breaks: [counting],
    layer: over(TaskStore, ({ count }) => ({ count: (filter, most) => count(without(filter, key), most) }))
  })),
  {
    name: "counts tasks once and for all",
    breaks: [counting],
    layer: over(TaskStore, ({ count }) => {
      const kept = new Map<string, number>()
      return {
        count: (filter, most) => {
          const asked = JSON.stringify([filter, most])
          return Effect.map(count(filter, most), (found) => {
            kept.set(asked, kept.get(asked) ?? found)
            return kept.get(asked)!
          })
        }
      }
    })
  },
  {
    name: "gets one task only",
    breaks: ["gets those of the tasks that exist, as they were saved"],
    layer: over(TaskStore, ({ get }) => ({ get: (ids) => get(ids.slice(0, 1)) }))
  },
  ...Object.entries(mangles).map(([name, mangle]) => ({
    name: `tasks: ${name}`,
    breaks: ["lists tasks by id in byte order, in pages without gaps or doubles" as const],
    layer: over(TaskStore, ({ list }) => ({
      list: (filter, paging) => Effect.map(list(filter, paging), (page) => mangle(page, paging.limit))
    }))
  })),
  ...(["assignee", "status"] as const).map((key) => ({
    name: `ignores the ${key} asked for`,
    breaks: ["lists exactly the tasks of a status and an assignee" as const],
    layer: over(TaskStore, ({ list }) => ({
      list: (filter, paging) => list(without(filter, key), paging)
    }))
  }))
])
