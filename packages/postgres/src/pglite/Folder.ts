/**
 * What is in a data folder: whether it is a company's, whole, and for its owner's eyes alone.
 *
 * PGlite makes new data where it misses the file `PG_VERSION`, over whatever else is there; so that they were made is
 * noted beside them, and a folder that is not whole is refused. New data are made under another name and get theirs
 * when they are whole: nothing of that name is ever removed.
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
  rmdirSync,
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
  EBUSY: "something is mounted in it: mount all of it, or what is around it",
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

/** Where they are while they are made for the first time. */
export const unfinishedOf = (folder: string): string => join(folder, "data.new")

/** Whether data were ever made here; a note that can't be read says so too. */
const isNoted = (folder: string): boolean => existsSync(join(folder, "state"))

/** Notes it for good: what is noted outlives the machine, so that data which are gone are missed. */
const note = (folder: string): void => {
  const file = join(folder, "state")
  const descriptor = openSync(`${file}.new`, "w", 0o600)
  writeSync(descriptor, "whole\n")
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
  if (found !== version) return `${data} is of Postgres ${found}, and this PGlite is Postgres ${version}`
  // What is written here would be written there.
  return statSync(join(data, "global/pg_control")).nlink > 1
    ? `the files in ${data} are another folder's too (hard links): make a copy of it that has files of its own`
    : undefined
}

const orUnusable =
  (folder: string) =>
  <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E | FolderUnusable> =>
    Effect.catchDefect(effect, (error) => Effect.fail(unusable(folder, error)))

/** Looks at a folder that this process holds, and tells whether data are to be made: where there never were any. */
export const prepare = (folder: string): Effect.Effect<boolean, FolderUnusable> =>
  Effect.suspend(() => {
    const data = dataOf(folder)
    if (existsSync(join(folder, "PG_VERSION"))) {
      return Effect.fail(new FolderUnusable({ folder, reason: "it is a data folder of Postgres itself" }))
    }
    const isEmpty = !existsSync(data) || (statSync(data).isDirectory() && readdirSync(data).length === 0)
    const isNew = isEmpty && !isNoted(folder)
    const reason = isNew ? undefined : lack(data)
    if (reason !== undefined) return Effect.fail(new FolderUnusable({ folder, reason }))
    // A process that ended while it made them has put nothing in.
    rmSync(unfinishedOf(folder), { recursive: true, force: true })
    const place = isNew ? unfinishedOf(folder) : data
    if (!existsSync(place)) mkdirSync(place)
    // Nobody else gets past it, whatever is written behind it later and whatever the process's mask.
    chmodSync(place, 0o700)
    return Effect.succeed(isNew)
  }).pipe(orUnusable(folder))

/** Gives data that were made, and are closed, their name. */
export const made = (folder: string): Effect.Effect<void, FolderUnusable> =>
  Effect.sync(() => {
    const data = dataOf(folder)
    if (existsSync(data)) rmdirSync(data)
    renameSync(unfinishedOf(folder), data)
    note(folder)
  }).pipe(orUnusable(folder))

/** Notes that the data are there. Its files are made open to everybody: should they ever be moved, they are not. */
export const finish = (folder: string): Effect.Effect<void, FolderUnusable> =>
  Effect.suspend(() => {
    for (const entry of readdirSync(dataOf(folder), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      const { mode } = statSync(path)
      if ((mode & 0o077) !== 0) chmodSync(path, mode & 0o700)
    }
    if (!isNoted(folder)) note(folder)
    return Effect.void
  }).pipe(orUnusable(folder))
