/**
 * What is in a data folder: whether it is a company's, whole, and for its owner's eyes alone.
 *
 * PGlite makes new data where it misses the file `PG_VERSION`, over whatever else is there; so what was made is noted
 * beside it, and a folder that is not whole is refused.
 */
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync
} from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** The folder holds what can't be opened, or can't be used at all; nothing in it was touched. */
export class FolderUnusable extends Schema.TaggedError<FolderUnusable>()("FolderUnusable", {
  folder: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `the data folder ${this.folder} can't be used: ${this.reason}`
  }
}

const reasons: Readonly<Record<string, string>> = {
  EEXIST: "there is a file of that name",
  ENOTDIR: "a part of its path is a file",
  EACCES: "this process has no right to it",
  EPERM: "this process has no right to it",
  EROFS: "its disk can only be read",
  ENOSPC: "its disk is full"
}

/** What went wrong with the files of a folder, in words. */
export const unusable = (folder: string, error: unknown): FolderUnusable => {
  const { code = "", message } = error as NodeJS.ErrnoException
  return new FolderUnusable({ folder, reason: reasons[code] ?? message })
}

/** The version of Postgres that PGlite is, as its folders name it. */
const version = "18"
const essential = ["base", "global/pg_control", "pg_wal", "pg_xact"]

/** Where PGlite's own files are. */
export const dataOf = (folder: string): string => join(folder, "data")

type State = "creating" | "whole"

/** What was noted; what can't be read is nothing. */
const noted = (folder: string): State | undefined => {
  const file = join(folder, "state")
  const text = existsSync(file) ? readFileSync(file, "utf8").trim() : ""
  return text === "creating" || text === "whole" ? text : undefined
}

/** Notes it for good: what is noted outlives the machine, so data are never taken for unfinished ones. */
const note = (folder: string, state: State): void => {
  const file = join(folder, "state")
  const descriptor = openSync(`${file}.new`, "w", 0o600)
  writeSync(descriptor, `${state}\n`)
  fsyncSync(descriptor)
  closeSync(descriptor)
  renameSync(`${file}.new`, file)
  if (process.platform === "win32") return
  const entries = openSync(folder, "r")
  fsyncSync(entries)
  closeSync(entries)
}

/** Why there is no opening it; undefined for what looks whole. */
const lack = (data: string): string | undefined => {
  const missing = ["PG_VERSION", ...essential].find((name) => !existsSync(join(data, name)))
  if (missing !== undefined) {
    return `${data} is not whole: ${missing} is missing; bring it back from a backup, or remove all of it to start over`
  }
  const found = readFileSync(join(data, "PG_VERSION"), "utf8").trim()
  return found === version ? undefined : `${data} is of Postgres ${found}, and this PGlite is Postgres ${version}`
}

/** Looks at a folder that this process holds, and makes room for new data where there are none. */
export const prepare = (folder: string): Effect.Effect<void, FolderUnusable> =>
  Effect.suspend(() => {
    const data = dataOf(folder)
    const state = noted(folder)
    if (existsSync(join(folder, "PG_VERSION"))) {
      return Effect.fail(new FolderUnusable({ folder, reason: "it is a data folder of Postgres itself" }))
    }
    // A process that ended while it made them has put nothing in.
    if (state === "creating") rmSync(data, { recursive: true, force: true })
    const isEmpty = !existsSync(data) || (statSync(data).isDirectory() && readdirSync(data).length === 0)
    const reason = isEmpty && state !== "whole" ? undefined : lack(data)
    if (reason !== undefined) return Effect.fail(new FolderUnusable({ folder, reason }))
    if (isEmpty) note(folder, "creating")
    mkdirSync(data, { recursive: true })
    // Nobody else gets past it, whatever is written behind it later and whatever the process's mask.
    chmodSync(data, 0o700)
    return Effect.void
  }).pipe(Effect.catchDefect((error) => Effect.fail(unusable(folder, error))))

/** Notes that the data are there. Its files are made open to everybody: should they ever be moved, they are not. */
export const finish = (folder: string): Effect.Effect<void, FolderUnusable> =>
  Effect.suspend(() => {
    for (const entry of readdirSync(dataOf(folder), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      const { mode } = statSync(path)
      if ((mode & 0o077) !== 0) chmodSync(path, mode & 0o700)
    }
    if (noted(folder) !== "whole") note(folder, "whole")
    return Effect.void
  }).pipe(Effect.catchDefect((error) => Effect.fail(unusable(folder, error))))
