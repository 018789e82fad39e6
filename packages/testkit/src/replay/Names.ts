/**
 * What the trace calls users and tasks, and what the company does.
 */
import type { Ids } from "@popug/core"
import * as Effect from "effect/Effect"

/** Makes the id under which a user or task of the trace is created. */
export type Identify = (name: string, kind: "user" | "task") => Effect.Effect<string>

/** New ids from the company's `Ids` port: what a trace is replayed with by default. */
export const fresh =
  (ids: Ids["Service"]): Identify =>
  () =>
    Effect.map(ids.many(1), ([id]) => id!)

/** The trace's own names, where they are valid ids. */
export const keep: Identify = Effect.succeed

export class Names {
  readonly #ids = { user: new Map<string, string>(), task: new Map<string, string>() }
  readonly #names = new Map<string, string>()

  add(kind: "user" | "task", name: string, id: string): void {
    this.#ids[kind].set(name, id)
    this.#names.set(id, name)
  }

  /** The company's id of a user or task that was created under a name. */
  id(kind: "user" | "task", name: string): string | undefined {
    return this.#ids[kind].get(name)
  }

  /** The trace's name of a user or task; what it never named keeps its id. */
  name(id: string): string {
    return this.#names.get(id) ?? id
  }

  /** A text of the company's in the trace's words. */
  translate(text: string): string {
    return text.replaceAll(/[A-Za-z0-9][A-Za-z0-9_.-]*/g, (word) => this.name(word))
  }
}
