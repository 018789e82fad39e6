/**
 * What subjects and durable consumers are called.
 */
import type { Envelope } from "@popug/core"

const sources: ReadonlySet<string> = new Set<Envelope.Source>(["users", "tasks", "billing"])

/** The subject of a company's stream; a company's id is a word that a subject may have. */
export const subjectOf = (prefix: string, company: string, source: Envelope.Source): string =>
  `${prefix}.${company}.${source}`

/** Of which company's stream a subject is; undefined for one that is none of ours. */
export const streamOf = (
  prefix: string,
  subject: string
): { readonly company: string; readonly source: Envelope.Source } | undefined => {
  if (!subject.startsWith(`${prefix}.`)) return undefined
  const [company, source, ...rest] = subject.slice(prefix.length + 1).split(".")
  return company !== undefined && source !== undefined && sources.has(source) && rest.length === 0
    ? { company, source: source as Envelope.Source }
    : undefined
}

/** A name as a durable consumer may have it, and no other name has: what is not allowed is written in hexadecimal. */
const escaped = (name: string): string =>
  name.replaceAll(/[^A-Za-z0-9-]/gu, (character) => `_${character.codePointAt(0)!.toString(16)}_`)

/** The durable consumer of a subscription's name, which all companies and processes share. */
export const durableOf = (name: string, source: Envelope.Source | "words"): string => `${escaped(name)}_${source}`
