/** What the clients weigh in a page, and that nothing of Node is in it. */
import { assert, describe, it } from "vitest"
import { grown, type Page, weigh } from "../../scripts/weigh.ts"

/** In bytes, gzipped, of all endpoints: with little room, so that a page's owner hears of it first. */
const budgets: Readonly<Record<Page, number>> = { promises: 4_500, client: 84_500 }

describe.each(Object.entries(budgets) as ReadonlyArray<[Page, number]>)(
  "a page with @popug/http/%s",
  (page, budget) => {
    it("carries no more of it than it may", async () => {
      const weight = await weigh(page)
      const names = Object.keys(weight.modules)
      // What is named is bundled, or esbuild would have failed: the platform is a browser's.
      assert.deepStrictEqual(
        names.filter((name) => /^http\/src\/(?:server|api\/openapi)\//u.test(name)),
        [],
        "what only a server needs is in it"
      )
      if (page === "promises")
        assert.deepStrictEqual(
          names.filter((name) => !name.startsWith("http/src/promises/")),
          []
        )
      const news = grown(page, weight).slice(0, 12).join("\n  ")
      assert.isAtMost(
        weight.gzipped,
        budget,
        `it weighs ${weight.gzipped} bytes gzipped, and may ${budget}. Minified, these grew since \`npm run weigh -- --write\`:\n  ${news}\n`
      )
    })
  }
)
