/**
 * The tracker's tasks: asked for page by page, changed at once, and taken back with a reason when refused.
 */
import { Client } from "@popug/http/client"
import * as Effect from "effect/Effect"
import * as Atom from "effect/reactivity/Atom"
import { registry, set, update } from "../atoms/atoms.ts"
import { tell } from "../i18n/texts.ts"
import { clientLayer } from "../session/session.ts"
import { notify } from "../ui/notices.tsx"
import * as TaskList from "./TaskList.ts"

export interface Filter {
  readonly status: "in progress" | "done" | ""
  readonly mine: boolean
}

export const tracked = Atom.keepAlive(Atom.make<TaskList.Tracked>(TaskList.nothing))

const lists = Atom.family((_key: string) => Atom.keepAlive(Atom.make<TaskList.TaskList>(TaskList.unasked)))
export const listOf = (filter: Filter) => lists(JSON.stringify(filter))

const run = <A, E>(effect: Effect.Effect<A, E, Client>): Promise<A> =>
  Effect.runPromise(Effect.provide(effect, clientLayer))

const words = (failure: unknown): string =>
  (failure as { readonly detail?: string; readonly title?: string }).detail ??
  (failure as { readonly title?: string }).title ??
  tell("state.failed")

/** Asks for the next page of a list, if there is one and nobody has asked. */
export const more = async (filter: Filter): Promise<void> => {
  const atom = listOf(filter)
  const list = registry.get(atom)
  if (list.state === "loading" || list.next === null) return
  set(atom, { ...list, state: "loading" })
  try {
    const page = await run(
      Effect.flatMap(Client, (client) =>
        client.tasks.list({
          query: {
            limit: 100,
            ...(filter.status === "" ? {} : { status: filter.status }),
            ...(filter.mine ? { assignee: "me" as const } : {}),
            ...(typeof list.next === "string" ? { cursor: list.next } : {})
          }
        })
      )
    )
    update(tracked, (all) => TaskList.withRows(all, page.data as ReadonlyArray<TaskList.Task>))
    update(atom, (now) => TaskList.withPage(now, page))
  } catch {
    update(atom, (now) => ({ ...now, state: "failed" as const }))
  }
}

/** Completes a task: at once to the eye, and as it was if the server refuses. */
export const complete = async (id: string): Promise<void> => {
  update(tracked, (all) => TaskList.want(all, id, { status: "done" }))
  try {
    const answer = await run(
      Effect.flatMap(Client, (client) => client.tasks.complete({ params: { id: id as never }, headers: {} }))
    )
    update(tracked, (all) => TaskList.withRows(all, [answer.body as TaskList.Task]))
  } catch (failure) {
    notify("refused", words(failure))
  } finally {
    update(tracked, (all) => TaskList.settle(all, id))
  }
}
