/**
 * Delivery into a folder: a file for each notice that mail readers open.
 */
import { existsSync, statSync } from "node:fs"
import { mkdir, open, rename, rm } from "node:fs/promises"
import { dirname, join, resolve } from "node:path"
import { InvalidInput } from "@popug/core"
import * as Effect from "effect/Effect"
import { toEml } from "./Message.ts"
import type { Deliver } from "./send.ts"
import { fileToken } from "./text.ts"

/** Files say what people are paid, and their names who is: only their owner reads the files and lists the folder. */
const privately = 0o600
const privateFolder = 0o700

/** Either the whole file is there under its name, or what was there before. */
const write = async (folder: string, name: string, attempt: number, content: Buffer): Promise<void> => {
  const temporary = join(folder, `.${name}.${process.pid}.${attempt}.tmp`)
  try {
    await rm(temporary, { force: true })
    // `wx`: never into what somebody else has put there, such as a link to elsewhere.
    const file = await open(temporary, "wx", privately)
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, join(folder, name))
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/** Makes a folder and those above it. Node's `recursive` never ends where the system makes no folders, as in /proc. */
const makeFolder = async (path: string): Promise<void> => {
  if (isFolder(path)) return
  if (!existsSync(dirname(path))) await makeFolder(dirname(path))
  try {
    await mkdir(path, { mode: privateFolder })
  } catch (error) {
    // Another process was faster.
    if (!isFolder(path)) throw error
  }
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The name of a notice's file; different ids have different names, on every file system. */
export const fileName = (id: string): string => `${fileToken(id)}.eml`

/** Delivers into a folder, which is made, for its owner alone, if there is none. */
export const make = Effect.fnUntraced(function* (folder: string) {
  yield* Effect.tryPromise({
    try: () => makeFolder(resolve(folder)),
    catch: (error) => new InvalidInput({ message: `the folder for mail can't be used: ${reason(error)}` })
  })
  let attempts = 0
  const deliver: Deliver = (message) =>
    Effect.tryPromise({
      try: async () => write(folder, fileName(message.id), (attempts += 1), await toEml(message)),
      catch: (error) => `the mail could not be written: ${reason(error)}`
    })
  return deliver
})
