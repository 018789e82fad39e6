/**
 * The documents' code is real: every `ts` block compiles, every `ts run` block runs, and prints what the `text output`
 * block after it says. What `ts test` blocks declare is run by `suites.test.ts`.
 */
import { execFile, fork } from "node:child_process"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { assert, beforeAll, describe, expect, it } from "vitest"
import { document, documents, type Fence, root } from "./support/markdown.ts"
import type { Ran } from "./support/programs.ts"

const execute = promisify(execFile)
/** Inside the repository, so that imports resolve as in an example. */
const directory = join(root, ".cache", `snippets-${process.pid}`)

interface Snippet {
  readonly name: string
  readonly fence: Fence
  /** What it must print, where the document says it. */
  readonly output: string | undefined
  readonly path: string
}

const snippets = documents.flatMap(({ fences, file }) =>
  fences.flatMap((fence, index): ReadonlyArray<Snippet> => {
    if (fence.language !== "ts") return []
    const after = fences[index + 1]
    return [
      {
        name: `${file}:${fence.line}`,
        fence,
        output: after?.language === "text" && after.words.includes("output") ? after.text : undefined,
        path: join(directory, `${file.replaceAll("/", "__")}.${fence.line}.ts`)
      }
    ]
  })
)

const programs = snippets.filter(({ fence }) => fence.words.includes("run"))

/** Starts the programs; `told` resolves with what each has printed, by its path. */
const start = () => {
  const child = fork(
    join(import.meta.dirname, "support/programs.ts"),
    programs.map(({ path }) => path),
    {
      cwd: directory,
      env: { ...process.env, NO_COLOR: "1" },
      execArgv: ["--conditions=@popug/source", "--disable-warning=ExperimentalWarning"]
    }
  )
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve))
  const ran = new Map<string, Ran>()
  child.on("message", (one: Ran) => void ran.set(one.path, one))
  const told = ended.then((code) => {
    if (ran.size < programs.length) throw new Error(`${programs[ran.size]!.name} ended with ${code}`)
    return ran
  })
  told.catch(() => undefined)
  const end = () => {
    child.kill()
    return ended
  }
  return { told, end }
}
let ran: ReturnType<typeof start>["told"]

beforeAll(() => {
  mkdirSync(directory, { recursive: true })
  // As many empty lines before it as in the document: what is wrong is reported under the document's line.
  for (const { fence, path } of snippets) writeFileSync(path, "\n".repeat(fence.line - 1) + fence.text + "\n")
  // What the compiler must find, or it has not looked.
  writeFileSync(join(directory, "control.md.1.ts"), 'export const control: number = "text"')
  const config = {
    extends: "../../tsconfig.base.json",
    compilerOptions: { types: ["node"], noUnusedLocals: false },
    include: ["*.ts"]
  }
  writeFileSync(join(directory, "tsconfig.json"), JSON.stringify(config))
  const { end, told } = start()
  ran = told
  return async () => {
    await end()
    rmSync(directory, { recursive: true, force: true })
  }
})

describe("snippets", () => {
  it("there are some", () => {
    assert.isAbove(programs.length, 5)
  })

  it("compile", async () => {
    const tsc = join(root, "node_modules/typescript/bin/tsc")
    const output = await execute(process.execPath, [tsc, "-p", ".", "--pretty", "false"], { cwd: directory }).then(
      ({ stdout }) => stdout,
      (error: { readonly stdout: string }) => error.stdout
    )
    // Errors of the sources themselves are another check's.
    const problems = output.split("\n").filter((line) => /\.md\.\d+\.ts\(/.test(line))
    expect(problems).toEqual([expect.stringMatching(/^control\.md\.1\.ts\(1,14\): error TS2322/)])
  })

  it.each(programs)("$name runs", async ({ output, path }) => {
    const { stderr, stdout } = (await ran).get(path)!
    expect(stderr).toBe("")
    if (output !== undefined) expect(stdout.trimEnd()).toBe(output)
  })

  it("the README's example has ten lines", () => {
    const [example] = document("README.md").fences.filter(({ words }) => words.includes("run"))
    expect(example!.text.split("\n")).toHaveLength(10)
  })
})
