/**
 * The secret of an embedded company: made once, and kept beside its data for its owner's eyes alone.
 */
import { randomBytes } from "node:crypto"
import {
  chmodSync,
  constants,
  copyFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync
} from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { folder as makeFolder, type UnusableFolder, unusable } from "./folder.ts"

/** Whether a company is in the folder: it has a secret already. */
const hasCompany = (folder: string): boolean =>
  ["company/state", "companies/state"].some((data) => existsSync(join(folder, data)))

/** What file systems say that know no links. */
const unlinkable = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"])

/** Puts a new secret there, all of it or nothing: of two that start at once, one makes it and both read it. */
const make = (file: string): void => {
  const temporary = `${file}.${process.pid}.new`
  rmSync(temporary, { force: true })
  try {
    const descriptor = openSync(temporary, "wx", 0o600)
    try {
      writeSync(descriptor, randomBytes(32).toString("hex"))
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    try {
      linkSync(temporary, file)
    } catch (error) {
      if (!unlinkable.has((error as NodeJS.ErrnoException).code ?? "")) throw error
      copyFileSync(temporary, file, constants.COPYFILE_EXCL)
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
  } finally {
    rmSync(temporary, { force: true })
  }
}

/** A copy that was brought back may be open to others. Only its owner may change that. */
const closeToOthers = (file: string): void => {
  const { mode, uid } = statSync(file)
  if (uid === process.getuid?.() && (mode & 0o077) !== 0) chmodSync(file, 0o600)
}

/**
 * The secret in a folder. It is made if there is none, unless a company is there, which had another. `anew` makes it
 * all the same: the company is to take it.
 */
export const ofFolder = (folder: string, { anew }: { readonly anew: boolean }): Effect.Effect<string, UnusableFolder> =>
  Effect.andThen(
    makeFolder(folder),
    Effect.try({
      try: () => {
        const file = join(folder, "secret")
        if (!existsSync(file)) {
          if (hasCompany(folder) && !anew) {
            throw new Error("the file secret of its company is gone: bring it back, set POPUG_SECRET, or see --adopt")
          }
          make(file)
        }
        const secret = readFileSync(file, "utf8").trim()
        if (secret === "") throw new Error("its file secret is empty: bring it back, or remove it")
        closeToOthers(file)
        return secret
      },
      catch: (error) => unusable(folder, error)
    })
  )
