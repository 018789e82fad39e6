/**
 * What simulated tasks and people are called: by what they are numbered with, so that no draw of the seed is spent on
 * it.
 */

const verbs = [
  "Mend",
  "Paint",
  "Sweep",
  "Polish",
  "Move",
  "Measure",
  "Oil",
  "Label",
  "Replace",
  "Count",
  "Water",
  "Air"
]
const things = ["roof", "front door", "perch", "lantern", "mirror", "seed barrel", "ladder", "bell", "carpet", "clock"]
const places = ["in the hall", "by the river", "on the second floor", "in the attic", "at the gate", "in the kitchen"]
const homes = ["Lake End", "the Old Oak", "Nine Elms", "the Lighthouse"]
const names = ["Kesha", "Rio", "Iago", "Coco", "Zazu", "Pepper", "Echo", "Sunny", "Jewel", "Waldo", "Captain", "Polly"]

/** A number that spreads texts which differ by little. */
const spread = (text: string): number => {
  let hash = 2_166_136_261
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 16_777_619) >>> 0
  return hash
}

const one = (words: ReadonlyArray<string>, at: number): string => words[at % words.length]!

/**
 * The number in a command's name, `c17`: it keeps what one command says apart from all others, as the checkers need.
 */
const numberOf = (key: string): string => key.replace(/^\D+/u, "")

/** The title of a task; tasks of one command are told apart by their index. */
export const titleOf = (key: string, index = 0): string => {
  const at = spread(`${key}/${index}`)
  const number = index === 0 ? numberOf(key) : `${numberOf(key)}.${index}`
  return `${one(verbs, at)} the ${one(things, at >>> 8)} ${one(places, at >>> 16)}, no. ${number}`
}

/** What a task is called after an edit. */
export const editedTitle = (key: string): string => `${titleOf(key)}, by Friday`

/** What a popug who joins, or is renamed, is called. */
export const nameOf = (key: string): string =>
  `${one(names, spread(key))} of ${one(homes, spread(key) >>> 8)} ${numberOf(key)}`
