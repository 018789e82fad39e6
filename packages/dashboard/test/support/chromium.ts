/**
 * A real Chromium: the one that `POPUG_CHROMIUM` names, or the one from npm, which there is for Linux on x64.
 */
import { existsSync } from "node:fs"
import { mkdtemp, readFile, rename, rm } from "node:fs/promises"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import packaged, { inflate } from "@sparticuz/chromium"
import { type Browser, chromium } from "playwright-core"

const bin = join(createRequire(import.meta.url).resolve("@sparticuz/chromium"), "../../bin")

/** Runs with another folder for temporary files: the package has no other way to say where it unpacks itself. */
const unpackedInto = async (folder: string): Promise<void> => {
  const { TMPDIR } = process.env
  process.env["TMPDIR"] = folder
  try {
    await Promise.all([packaged.executablePath(), inflate(join(bin, "al2023.tar.br"))])
  } finally {
    if (TMPDIR === undefined) delete process.env["TMPDIR"]
    else process.env["TMPDIR"] = TMPDIR
  }
}

/** Where the package of npm is unpacked: a folder for each version, which is there whole or not at all. */
const unpacked = async (): Promise<string> => {
  const { version } = JSON.parse(await readFile(join(bin, "../package.json"), "utf8")) as { readonly version: string }
  const home = join(tmpdir(), `popug-chromium-${version}`)
  if (existsSync(home)) return home
  const half = await mkdtemp(`${home}-`)
  await unpackedInto(half)
  // Another process can have been quicker.
  await rename(half, home).catch(() => rm(half, { recursive: true, force: true }))
  return home
}

/** Not the package's own: those share one process between all pages, and let them ask any other site. */
const args = ["--no-sandbox", "--font-render-hinting=none"]

/** The libraries that Chromium needs of a desktop come with the package; a machine's own are better. */
const launchPackaged = async (more: ReadonlyArray<string>): Promise<Browser> => {
  const home = await unpacked()
  const options = { executablePath: join(home, "chromium"), args: [...args, ...more] }
  try {
    return await chromium.launch(options)
  } catch {
    const env = { ...process.env, LD_LIBRARY_PATH: join(home, "al2023/lib"), FONTCONFIG_PATH: join(home, "fonts") }
    return chromium.launch({ ...options, env: env as Record<string, string> })
  }
}

export const launchChromium = async (more: ReadonlyArray<string> = []): Promise<Browser> => {
  const named = process.env["POPUG_CHROMIUM"]
  if (named !== undefined) return chromium.launch({ executablePath: named, args: [...more] })
  if (process.platform === "linux" && process.arch === "x64") return launchPackaged(more)
  throw new Error("There is no Chromium here: name one by POPUG_CHROMIUM")
}
