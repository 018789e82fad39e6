/**
 * The data folder: PGlite's data, the secret, the moved clock and mails as files.
 */
import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs"
import { dirname, resolve } from "node:path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** The data folder can't be used. */
export class UnusableFolder extends Schema.TaggedError<UnusableFolder>()("UnusableFolder", {
  folder: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `the data folder ${this.folder} can't be used: ${this.reason} (POPUG_DATA_DIR)`
  }
}

/** What went wrong with the files of the data folder, in words. */
export const unusable = (path: string, error: unknown): UnusableFolder => {
  const { code = "", message } = error as NodeJS.ErrnoException
  return new UnusableFolder({ folder: resolve(path), reason: reasons[code] ?? message })
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "this process has no rights there",
  EPERM: "this process has no rights there",
  EROFS: "it is on a file system that can only be read",
  ENOENT: "no folder can be made there",
  ENOSPC: "there is no space left",
  ENOTDIR: "there is a file on the way to it"
}

/** Makes a folder and those above it. Node's `recursive` never ends where the system makes no folders, as in /proc. */
const make = (path: string): void => {
  if (existsSync(path)) return
  make(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
  }
}

/** Makes the folder, for its owner alone, if there is none, and sees that files can be written there. */
export const folder = (path: string): Effect.Effect<void, UnusableFolder> =>
  Effect.try({
    try: () => {
      if (existsSync(path) && !statSync(path).isDirectory()) throw new Error("there is a file of this name")
      make(resolve(path))
      accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
    },
    catch: (error) => unusable(path, error)
  })
