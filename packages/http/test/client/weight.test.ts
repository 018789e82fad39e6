/** What a page carries of popug: no more than it may, nothing of Node, and nothing that only a server needs. */
import { assert, it } from "vitest"
import { grown, type Page, weigh } from "../../scripts/weigh.ts"

interface Limit {
  /** Bytes, minified and gzipped: with little room, so that whoever adds to it hears of it. */
  readonly budget: number
  /** The modules that may be in it. What they import of Node could not be bundled at all. */
  readonly from: RegExp
}

const limits: Readonly<Record<Page, Limit>> = {
  promises: { budget: 4_500, from: /^http\/src\/promises\// },
  client: { budget: 86_000, from: /^effect\/|^core\/|^http\/src\/(?:client|api(?!\/openapi))\// },
  money: { budget: 1_300, from: /^core\/src\/values\/(?:decimals|tables\/currencies)\.ts$/ }
}

it.each(Object.entries(limits) as ReadonlyArray<[Page, Limit]>)(
  "a page with %s weighs no more than it may",
  async (page, { budget, from }) => {
    const weight = await weigh(page)
    const others = Object.keys(weight.modules).filter((name) => !from.test(name))
    assert.deepStrictEqual(others, [], "these have no place in a page")
    const news = grown(page, weight).slice(0, 12).join("\n  ")
    const told = `${weight.gzipped} bytes gzipped, ${budget} are allowed. Since \`npm run weigh -- --write\` these grew:`
    assert.isAtMost(weight.gzipped, budget, `${told}\n  ${news}\n`)
  }
)
