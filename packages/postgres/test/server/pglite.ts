/**
 * `@electric-sql/pglite` for tests and for the processes that they start: `preload.ts` puts it in its place. Making a
 * new PGlite takes four seconds of the processor's time. It is done once, and kept with the dependencies; those after
 * it, in memory or in a folder, begin as a copy of it.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { PGlite } from "@electric-sql/pglite"

export * from "@electric-sql/pglite"

/** Whether new ones begin as a copy. Who tests how they are made has them made. */
export const copies = { areTaken: true }

type Create = (place: string | object) => Promise<PGlite>

const memory = "memory://"
const create = PGlite.create.bind(PGlite) as Create

const dependencies = new URL("../../../../node_modules/", import.meta.url)
const { version } = JSON.parse(readFileSync(new URL("@electric-sql/pglite/package.json", dependencies), "utf8"))
const kept = fileURLToPath(new URL(`.cache/pglite-${version}`, dependencies))
const [archive, folder] = [join(kept, "archive.tar"), join(kept, "folder")]

/** Puts something in its place at once; several processes may come to it together. */
const put = async (path: string, make: (own: string) => Promise<void>) => {
  mkdirSync(kept, { recursive: true })
  const own = `${path}.${process.pid}`
  await make(own)
  try {
    renameSync(own, path)
  } catch {
    // Somebody else's folder is there, and as good.
    rmSync(own, { recursive: true })
  }
}

const archived = async () => {
  if (!existsSync(archive)) {
    const db = await create(memory)
    const dump = await db.dumpDataDir("none")
    await db.close()
    await put(archive, async (own) => writeFileSync(own, Buffer.from(await dump.arrayBuffer())))
  }
  return new Blob([readFileSync(archive)])
}

const copyTo = async (place: string) => {
  if (!existsSync(folder)) {
    await put(folder, async (own) => (await create({ dataDir: own, loadDataDir: await archived() })).close())
  }
  cpSync(folder, place, { recursive: true })
}

const isNew = (place: string) => !existsSync(place) || readdirSync(place).length === 0

PGlite.create = (async (place: string | object = memory) => {
  if (typeof place !== "string" || !copies.areTaken) return create(place)
  if (place === memory) return create({ dataDir: memory, loadDataDir: await archived() })
  if (isNew(place)) await copyTo(place)
  return create(place)
}) as typeof PGlite.create
