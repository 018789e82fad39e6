/**
 * The rules of a new task as a person would write them down without a schema; popug's are in its contract.
 */

export const notBlank = /[^\s\p{Cf}\p{Z}]/u
export const noControls = /^[^\p{Cc}\p{Zl}\p{Zp}]*$/u
export const noControlsButBreaks = /^[\P{Cc}\n\r\t]*$/u
export const bracketedKey = /^\s*\[([A-Za-z][A-Za-z0-9_]*-[0-9]+)\]\s*/u
export const jiraId = /^[A-Za-z][A-Za-z0-9_]{0,50}-[0-9]{1,20}$/u
export const id = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/u
export const limit = /^(?:[1-9][0-9]?|100)$/u

export const longestTitle = 500
export const longestDescription = 20_000

/** Whether a text has at most so many characters; those outside the first plane count once. */
export const atMost = (text: string, characters: number): boolean => {
  if (text.length <= characters) return true
  if (text.length > characters * 2) return false
  let count = 0
  for (const _ of text) count += 1
  return count <= characters
}
