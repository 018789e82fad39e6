import { expect, it } from "vitest"
import { changesOf, over, savedOver, type Seen } from "../../src/page/data/savedOver.ts"

interface Thing {
  readonly name: string
  readonly roles: ReadonlyArray<string>
}

const was: Thing = { name: "Olga", roles: ["worker", "designer"] }

it("sends what was changed alone; lists are the same in any order", () => {
  expect(changesOf(was, { name: "Olga", roles: ["designer", "worker"] })).toEqual({})
  expect(changesOf(was, { name: "Olya", roles: ["worker", "designer"] })).toEqual({ name: "Olya" })
})

it("leaves what others made of the rest", () => {
  const now: Thing = { name: "Olga", roles: ["manager"] }
  expect(over(was, { ...was, name: "Olya" }, now)).toEqual({
    typed: { name: "Olya", roles: ["manager"] },
    clashes: false
  })
  expect(over(was, { ...was, name: "Olya" }, { ...was, name: "Olenka" }).clashes).toBe(true)
  expect(over(was, { ...was, name: "Olya" }, { ...was, name: "Olya" }).clashes).toBe(false)
})

/** A server with one thing that others change before some of the requests. */
const serverOf = (others: Array<Partial<Thing> | undefined>) => {
  let now = was
  let tag = 0
  return {
    thing: () => now,
    save: async (changes: Partial<Thing>, etag: string | undefined) => {
      const other = others.shift()
      if (other !== undefined) {
        now = { ...now, ...other }
        tag++
      }
      if (etag !== String(tag)) throw new Error("changed")
      now = { ...now, ...changes }
      tag++
    },
    look: async (): Promise<Seen<Thing>> => ({ was: now, etag: String(tag) }),
    isChanged: (refusal: unknown) => (refusal as Error).message === "changed"
  }
}

const seen = { was, etag: "0" }

it("saves over what others changed beside it", async () => {
  const server = serverOf([{ roles: ["manager"] }])
  expect(await savedOver(seen, { ...was, name: "Olya" }, server)).toBeUndefined()
  expect(server.thing()).toEqual({ name: "Olya", roles: ["manager"] })
})

it("writes over nothing that was not seen, and does once it was", async () => {
  const server = serverOf([{ name: "Olenka" }])
  const left = await savedOver(seen, { ...was, name: "Olya" }, server)
  expect(left).toMatchObject({ was: { name: "Olenka" }, typed: { name: "Olya" } })
  expect(server.thing().name).toBe("Olenka")
  expect(await savedOver(left!, left!.typed, server)).toBeUndefined()
  expect(server.thing().name).toBe("Olya")
})

it("gives up where others are always quicker, and asks nothing where nothing was changed", async () => {
  const busy = serverOf([{ roles: ["a"] }, { roles: ["b"] }, { roles: ["c"] }, { roles: ["d"] }])
  expect(await savedOver(seen, { ...was, name: "Olya" }, busy)).toMatchObject({ typed: { name: "Olya", roles: ["c"] } })
  const idle = serverOf([{ name: "Olenka" }])
  expect(await savedOver(seen, was, idle)).toBeUndefined()
  expect(idle.thing()).toEqual(was)
})
