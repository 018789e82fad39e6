/**
 * Making a new PGlite takes two seconds of the processor's time, and four in a new process. The first one of the run in
 * memory is made; those after it, of any file, begin as a copy of it. A data folder is always made.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { PGlite } from "@electric-sql/pglite"
import { inject } from "vitest"

type Create = (place: string | object) => Promise<PGlite>

const copy = inject("pglite")
const memory = "memory://"
// Files that share a process come here one after another: what makes a PGlite is kept from the first.
const kept = PGlite as unknown as { made?: Create }
const create = (kept.made ??= PGlite.create.bind(PGlite) as Create)

const make = async () => {
  const db = await create(memory)
  const dump = await db.dumpDataDir("none")
  const own = `${copy}.${process.pid}`
  writeFileSync(own, Buffer.from(await dump.arrayBuffer()))
  renameSync(own, copy)
  return db
}

PGlite.create = (async (place: string | object = memory) => {
  if (place !== memory) return create(place)
  return existsSync(copy) ? create({ dataDir: memory, loadDataDir: new Blob([readFileSync(copy)]) }) : make()
}) as typeof PGlite.create
