/**
 * What PGlite truly cannot keep of the suites' promises, and why. docs/reference/conformance.md lists it.
 */
const waits = "PGlite has one session: what is outside of an open transaction waits until it is over"
const oneByOne = "PGlite has one session: transactions run one after another"

export const optOuts = {
  stream: {
    "forgets while a transaction holds the head": waits,
    "reads outside a transaction see committed rows only": waits
  },
  homes: { "waits for the commits that are under way": waits },
  cursors: { "consumers do not wait for one another": oneByOne },
  all: {
    "nobody waits for a transaction of users, and nobody makes it stale": oneByOne,
    "nobody waits for a transaction of tasks, and nobody makes it stale": oneByOne,
    "nobody waits for a transaction of billing, and nobody makes it stale": oneByOne
  }
} as const
