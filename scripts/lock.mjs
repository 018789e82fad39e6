// `npm run lock`: updates package-lock.json and makes it whole for every platform.
//
// npm leaves a platform's optional packages out of the lock when the registry it asks does not carry them, and then
// `npm ci` refuses that lock. They are pinned by the packages that want them, so they can be written in here.
import { readFileSync, writeFileSync } from "node:fs"

const file = new URL("../package-lock.json", import.meta.url)
const lock = JSON.parse(readFileSync(file, "utf8"))

const systems = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"]
const processors = ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "wasm32", "x64"]
const libraries = { gnu: "glibc", gnueabihf: "glibc", musl: "musl", musleabihf: "musl" }
const synonyms = { windows: "win32", 64: "x64", eabi: "arm" }

/** What a name such as `@rollup/rollup-linux-arm64-musl` says about where the package runs. */
const platform = (name) => {
  const words = name
    .split("/")
    .at(-1)
    .split("-")
    .map((word) => synonyms[word] ?? word)
  const os = words.filter((word) => systems.includes(word))
  const cpu = words.filter((word) => processors.includes(word))
  const libc = os.includes("linux") ? words.map((word) => libraries[word]).filter((word) => word !== undefined) : []
  if (os.length + cpu.length === 0) throw new Error(`can't tell where ${name} runs`)
  return { cpu, libc, os }
}

for (const [path, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const entry = `node_modules/${name}`
    if (lock.packages[`${path}/${entry}`] !== undefined || lock.packages[entry] !== undefined) continue
    if (!/^\d+\.\d+\.\d+[^ ]*$/.test(version)) throw new Error(`${path} wants ${name} ${version}: not pinned`)
    const { cpu, libc, os } = platform(name)
    // In npm's own order, so that npm has nothing to change.
    lock.packages[entry] = {
      version,
      ...(cpu.length > 0 ? { cpu } : {}),
      ...(dev ? { dev } : {}),
      ...(libc.length > 0 ? { libc } : {}),
      optional: true,
      ...(os.length > 0 ? { os } : {})
    }
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, "en")))
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
