/**
 * Texts are written as ICU messages in TypeScript, so that the compiler sees that no language lacks one; the page gets
 * them ready to be filled in, and carries no parser.
 */
import { compileMessage } from "@lingui/message-utils/compileMessage"
import type { Plugin } from "vite"

const catalog = /\/i18n\/[a-z]{2}\/[a-z]+\.ts$/u

/** Replaces the default export of a catalogue, an object of texts, by the same with compiled messages. */
export const compiledMessages = (): Plugin => ({
  name: "popug:messages",
  async transform(code, id) {
    if (!catalog.test(id)) return null
    const module: { default: Record<string, string> } = await import(`data:text/javascript,${encodeURIComponent(code)}`)
    const entries = Object.entries(module.default).map(([key, text]) => [key, compileMessage(text)])
    return { code: `export default ${JSON.stringify(Object.fromEntries(entries))}`, map: null }
  }
})
