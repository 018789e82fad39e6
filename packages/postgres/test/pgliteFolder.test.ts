import { type ChildProcess, spawn } from "node:child_process"
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { PgClient } from "@effect/sql-pg/PgClient"
import { UserStore } from "@popug/core"
import { Pglite } from "@popug/postgres/pglite"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { afterAll, describe, expect, it } from "vitest"
import { copies } from "./server/pglite.ts"
import { of } from "./support.ts"
import { identity, saveUsers } from "./users.ts"

const root = mkdtempSync(join(tmpdir(), "popug-pglite-"))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const run = <A, E>(effect: Effect.Effect<A, E, Scope.Scope>) => Effect.runPromise(Effect.scoped(effect))

const names = Effect.map(
  Effect.flatMap(UserStore, (store) => store.list({}, { limit: 10 })),
  ({ rows }) => rows.map(({ id }) => id)
)

/** Opens the folder in another process. */
const opener = (folder: string, ...rest: ReadonlyArray<string>) => {
  const script = fileURLToPath(new URL("./crash/opener.ts", import.meta.url))
  return spawn(process.execPath, ["--conditions=@popug/source", script, folder, ...rest])
}

/** What another process says that opens the folder. */
const inAnotherProcess = (folder: string) =>
  Effect.callback<string>((resume) => {
    const child = opener(folder)
    let output = ""
    child.stdout.on("data", (chunk) => void (output += chunk))
    child.on("close", () => resume(Effect.succeed(output.trim())))
  })

/** Another process that holds the folder, once it does. */
const heldByAnother = (folder: string) =>
  Effect.callback<ChildProcess>((resume) => {
    const child = opener(folder, "hold")
    child.stdout.once("data", () => resume(Effect.succeed(child)))
  })

/** A folder that was made once, with the modes of a process whose mask is open; for most tests a copy will do. */
const folder = join(root, "looked-at")
const opened = run(
  Effect.gen(function* () {
    const before = process.umask(0)
    copies.areTaken = false
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        process.umask(before)
        copies.areTaken = true
      })
    )
    const sql = Context.get(yield* Layer.build(Pglite.layerClient({ folder })), PgClient)
    yield* sql.unsafe("create table rows as select 1 as one")
    yield* sql.unsafe("checkpoint")
  })
)

const copyOf = (name: string, what: (path: string) => boolean = () => true) =>
  Effect.promise(async () => {
    await opened
    const copy = join(root, name)
    cpSync(folder, copy, { recursive: true, filter: what })
    return copy
  })

const killed = (child: ChildProcess) =>
  Effect.callback<void>((resume) => {
    child.once("close", () => resume(Effect.void))
    child.kill("SIGKILL")
  })

it.runIf(process.platform === "linux")("a folder where the system makes none is refused, and not tried for ever", () =>
  run(
    Effect.gen(function* () {
      const error = yield* Effect.flip(Layer.build(of("popug")(Pglite.layer({ folder: "/proc/popug/company" }))))
      expect(error._tag).toBe("FolderUnusable")
    })
  )
)

describe("a company in a folder", () => {
  it("is there again when it is reopened, and leaves no server behind", () => {
    const layer = of(identity.id)(Pglite.layer({ folder: join(root, "reopened") }))
    return run(
      Effect.gen(function* () {
        yield* Effect.gen(function* () {
          const store = yield* UserStore
          yield* store.open(identity)
          yield* saveUsers(store, "a", "b")
        }).pipe(Effect.provide(layer, { local: true }))
        expect(yield* names.pipe(Effect.provide(layer, { local: true }))).toEqual(["a", "b"])
        expect(readdirSync(join(root, "reopened")).sort()).toEqual(["data", "lock", "process", "state"])
      })
    )
  }, 60_000)

  it(
    "is refused to everybody else, in this process and in another, until it is closed",
    () =>
      run(
        Effect.gen(function* () {
          const folder = yield* copyOf("locked")
          const scope = yield* Scope.make()
          yield* Layer.build(Pglite.layerClient({ folder })).pipe(Scope.provide(scope))
          const error = yield* Effect.flip(Layer.build(Layer.fresh(of("popug")(Pglite.layer({ folder })))))
          expect(error).toMatchObject({ _tag: "FolderInUse", folder, process: process.pid })
          expect(yield* inAnotherProcess(folder)).toBe(
            `the data folder ${folder} is in use by process ${process.pid}: only one process can use it at a time`
          )
          yield* Scope.close(scope, Exit.void)
          expect(yield* inAnotherProcess(folder)).toBe("opened")
          yield* Layer.build(Pglite.layerClient({ folder }))
        })
      ),
    60_000
  )
})

describe("the lock of a folder", () => {
  it.runIf(process.platform === "linux")(
    "holds the data in it too, which another folder may have as well",
    () =>
      run(
        Effect.gen(function* () {
          const folder = yield* copyOf("holder")
          const other = join(root, "other")
          yield* Layer.build(Pglite.layerClient({ folder }))
          mkdirSync(other)
          symlinkSync(join(folder, "data"), join(other, "data"))
          const error = yield* Effect.flip(Layer.build(Layer.fresh(Pglite.layerClient({ folder: other }))))
          expect(error).toMatchObject({ _tag: "FolderInUse", folder: other, process: null })
        })
      ),
    60_000
  )

  // Elsewhere there is the file alone.
  it.runIf(["linux", "win32"].includes(process.platform))(
    "holds though its files are removed, and goes with a process that is killed",
    () =>
      run(
        Effect.gen(function* () {
          const folder = yield* copyOf("killed")
          const holder = yield* heldByAnother(folder)
          for (const file of ["lock", "process"]) rmSync(join(folder, file))
          expect(yield* inAnotherProcess(folder)).toMatch(/is in use by another process/)
          yield* killed(holder)
          expect(yield* inAnotherProcess(folder)).toBe("opened")
        })
      ),
    60_000
  )
})

/** Everything under a folder that somebody else than its owner reaches. */
const open = (path: string): ReadonlyArray<string> => {
  const { mode } = statSync(path)
  if ((mode & 0o077) === 0) return []
  const inside = statSync(path).isDirectory() ? readdirSync(path).flatMap((name) => open(join(path, name))) : []
  return [path, ...inside]
}

describe("a data folder", () => {
  it.runIf(process.platform !== "win32")("is its owner's alone, whatever the process's mask", async () => {
    await opened
    expect(open(folder)).toEqual([])
    // And so is all that was there, should it be moved one day.
    const base = join(folder, "data/base/5")
    expect(readdirSync(base).flatMap((name) => open(join(base, name)))).toEqual([])
  })

  /** All but what is in the tables, most of the bytes: it is refused before anybody looks there. */
  const isLooked = (path: string) => !/[\\/](base[\\/]\d+|pg_wal)[\\/]\w+$/.test(path)

  /** What one is told of a copy in which something was changed; it must be refused twice, and left as it is. */
  const told = async (name: string, change: (copy: string) => void) => {
    const copy = await run(copyOf(name, isLooked))
    change(copy)
    const files = () =>
      existsSync(join(copy, "data")) ? readdirSync(join(copy, "data"), { recursive: true }).length : 0
    const refuse = Effect.map(Effect.flip(Layer.build(Layer.fresh(Pglite.layerClient({ folder: copy })))), (error) => {
      expect(error._tag).toBe("FolderUnusable")
      return error.message.replaceAll(copy, "FOLDER")
    })
    const before = files()
    const said = await run(Effect.andThen(refuse, refuse))
    expect(files()).toBe(before)
    return said
  }
  const remove = (name: string) => (copy: string) => rmSync(join(copy, name), { recursive: true })

  it.each(["PG_VERSION", "base", "global/pg_control", "pg_wal"])("is refused without its %s", async (name) => {
    const said = await told(name.replace("/", "-"), remove(`data/${name}`))
    expect(said).toMatch(/^the data folder FOLDER can't be used: FOLDER\/data is not whole: /)
    expect(said).toContain(`${name} is missing`)
  })

  it("is refused when all of it is gone, or it is of another version, or Postgres's own", async () => {
    expect(await told("gone", remove("data"))).toMatch(/is not whole: PG_VERSION is missing/)
    expect(await told("old", (copy) => writeFileSync(join(copy, "data/PG_VERSION"), "16\n"))).toMatch(
      /is of Postgres 16, and this PGlite is Postgres 18$/
    )
    expect(await told("own", (copy) => writeFileSync(join(copy, "PG_VERSION"), "18\n"))).toMatch(
      /it is a data folder of Postgres itself$/
    )
    const foreign = (copy: string) => {
      for (const name of readdirSync(copy)) rmSync(join(copy, name), { recursive: true })
      mkdirSync(join(copy, "data"))
      writeFileSync(join(copy, "data/letters.txt"), "Dear Olga")
    }
    expect(await told("foreign", foreign)).toMatch(/is not whole/)
  })

  it("is refused in words where there is a file", async () => {
    const file = join(root, "a-file")
    writeFileSync(file, "")
    const error = await run(Effect.flip(Layer.build(Pglite.layerClient({ folder: file }))))
    expect(error.message).toBe(`the data folder ${file} can't be used: there is a file of that name`)
  })

  it("is refused when its files are another folder's too", async () => {
    const linked = (copy: string) => linkSync(join(copy, "data/global/pg_control"), join(copy, "elsewhere"))
    expect(await told("linked", linked)).toContain("are another folder's too (hard links)")
  })

  it("is refused when all of it is gone, though the note beside it can't be read", async () => {
    const lost = (copy: string) => {
      remove("data")(copy)
      writeFileSync(join(copy, "state"), "")
    }
    expect(await told("note", lost)).toMatch(/is not whole: PG_VERSION is missing/)
  })

  const rows = Effect.flatMap(PgClient, (sql) => sql.unsafe("select to_regclass('rows')::text as found"))
  const rowsIn = (folder: string) => run(Effect.provide(rows, Pglite.layerClient({ folder })))

  it("is made anew after a process that was killed while it made it", async () => {
    const copy = await run(copyOf("unfinished", isLooked))
    renameSync(join(copy, "data"), join(copy, "data.new"))
    for (const name of ["data.new/PG_VERSION", "state"]) rmSync(join(copy, name))
    expect(await rowsIn(copy)).toEqual([{ found: null }])
    expect(readdirSync(copy).sort()).toEqual(["data", "lock", "process", "state"])
  })

  it("is never made anew over data, whatever the note beside them says", async () => {
    const copy = await run(copyOf("noted"))
    writeFileSync(join(copy, "state"), "creating\n")
    expect(await rowsIn(copy)).toEqual([{ found: "rows" }])
  })
})
