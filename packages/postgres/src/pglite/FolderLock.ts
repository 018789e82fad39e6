/**
 * The lock of a data folder: PGlite has none, and two processes on one folder silently destroy each other's rows.
 *
 * It is the lock of an SQLite file, which the operating system frees with the process, however that ends.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** Another process uses the folder, or this one does already. */
export class FolderInUse extends Schema.TaggedError<FolderInUse>()("FolderInUse", {
  folder: Schema.String,
  /** The id of the process that holds it, as far as that is known. */
  process: Schema.NullOr(Schema.Int)
}) {
  override get message(): string {
    const holder = this.process === null ? "another process" : `process ${this.process}`
    return `the data folder ${this.folder} is in use by ${holder}: only one process can use it at a time`
  }
}

const holderOf = (file: string): number | null => {
  try {
    const id = Number.parseInt(readFileSync(file, "utf8"), 10)
    return Number.isNaN(id) ? null : id
  } catch {
    return null
  }
}

const lock = (folder: string): DatabaseSync | FolderInUse => {
  mkdirSync(folder, { recursive: true })
  const holder = join(folder, "process")
  const file = new DatabaseSync(join(folder, "lock"))
  try {
    file.exec("begin exclusive")
  } catch (error) {
    file.close()
    if ((error as { readonly errcode?: number }).errcode === busy) {
      return new FolderInUse({ folder, process: holderOf(holder) })
    }
    throw error
  }
  writeFileSync(holder, `${process.pid}\n`)
  return file
}

/** SQLITE_BUSY */
const busy = 5

/** Holds the folder until the scope closes; makes it if there is none. */
export const hold = (folder: string) =>
  Effect.acquireRelease(
    Effect.suspend(() => {
      const held = lock(folder)
      return held instanceof FolderInUse ? Effect.fail(held) : Effect.succeed(held)
    }),
    (held) => Effect.sync(() => held.close())
  )
