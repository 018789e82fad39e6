// Runs turbo with what nobody here asked for switched off: it sends no statistics and says nothing about them.
import { spawn } from "node:child_process"

const child = spawn("turbo", process.argv.slice(2), {
  stdio: "inherit",
  shell: process.platform === "win32",
  env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" }
})
child.on("error", (error) => {
  console.error(`turbo could not be started: ${error.message}`)
  process.exitCode = 1
})
child.on("close", (code) => (process.exitCode = code ?? 1))
