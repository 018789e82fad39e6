/**
 * The lock of a data folder: PGlite has none, and two processes on one folder silently destroy each other's rows.
 *
 * It is two locks that the operating system frees with the process, however that ends. A name that only one process can
 * listen on, made of what the folder is on its disk, can't be removed by anybody; the lock of an SQLite file holds
 * where processes have names of their own (containers) and where the system has no such names. The data in the folder
 * have a name too: they may be in two folders at once, mounted.
 */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { createServer, type Server } from "node:net"
import { dirname, join, resolve } from "node:path"
import { DatabaseSync } from "node:sqlite"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { unusable } from "./Folder.ts"

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

const holderOf = (folder: string): number | null => {
  try {
    const id = Number.parseInt(readFileSync(join(folder, "process"), "utf8"), 10)
    return Number.isNaN(id) ? null : id
  } catch {
    return null
  }
}

const inUse = (folder: string) => new FolderInUse({ folder, process: holderOf(folder) })

/** A name of the system's that goes with its process and that no file stands for; undefined where there is none. */
const nameOf = (folder: string): string | undefined => {
  const { dev, ino } = statSync(folder, { bigint: true })
  const name = `popug-${dev}-${ino}`
  if (process.platform === "linux") return `\0${name}`
  return process.platform === "win32" ? `\\\\.\\pipe\\${name}` : undefined
}

/** Listens on a folder's name. Where that can't be done, for another reason than its holder, the file is all. */
const holdName = (folder: string, refusal: () => FolderInUse) =>
  Effect.acquireRelease(
    Effect.callback<Server | undefined, FolderInUse>((resume) => {
      const path = nameOf(folder)
      if (path === undefined) return resume(Effect.succeed(undefined))
      const server = createServer((caller) => caller.destroy())
      server.once("error", (error: NodeJS.ErrnoException) =>
        resume(error.code === "EADDRINUSE" ? Effect.fail(refusal()) : Effect.succeed(undefined))
      )
      // A worker of a cluster must not share what another has.
      server.listen({ path, exclusive: true }, () => resume(Effect.succeed(server.unref())))
    }),
    (server) => Effect.sync(() => server?.close())
  )

/** SQLITE_BUSY */
const busy = 5

const holdFile = (folder: string) =>
  Effect.acquireRelease(
    Effect.suspend(() => {
      const file = new DatabaseSync(join(folder, "lock"))
      try {
        file.exec("begin exclusive")
      } catch (error) {
        file.close()
        if ((error as { readonly errcode?: number }).errcode === busy) return Effect.fail(inUse(folder))
        throw error
      }
      return Effect.succeed(file)
    }),
    (file) => Effect.sync(() => file.close())
  )

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/** Makes a folder and those above it. Node's `recursive` never ends where the system makes no folders, as in /proc. */
const make = (path: string): void => {
  if (isFolder(path)) return
  if (!existsSync(dirname(path))) make(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // Another process was faster.
    if (!isFolder(path)) throw error
  }
}

/** Holds the folder until the scope closes; makes it, for its owner alone, if there is none. */
export const hold = (folder: string) =>
  Effect.gen(function* () {
    make(resolve(folder))
    yield* holdName(folder, () => inUse(folder))
    yield* holdFile(folder)
    writeFileSync(join(folder, "process"), `${process.pid}\n`, { mode: 0o600 })
  }).pipe(Effect.catchDefect((error) => Effect.fail(unusable(folder, error))))

/** Holds the data in a folder that is held: another one may have the same. */
export const holdData = (folder: string, data: string) =>
  holdName(data, () => new FolderInUse({ folder, process: null })).pipe(
    Effect.catchDefect((error) => Effect.fail(unusable(folder, error)))
  )
