import type { Followed } from "@popug/http/promises"
import { afterEach, expect, it } from "vitest"
import { SharedFeed } from "../../src/page/data/SharedFeed.ts"

interface Reader {
  readonly tell: (event: Followed) => void
  readonly sign: (position: string, reassigned: boolean) => void
  readonly end: () => void
}

/** A server with one log, which counts who follows it. */
const makeServer = () => {
  const log: Array<Followed> = []
  const readers = new Set<Reader>()
  const asked: Array<string | undefined> = []
  const position = () => `${log.length}.a`
  return {
    asked,
    readers,
    write: (count = 1) => {
      for (let left = count; left > 0; left--) {
        const number = log.length + 1
        const event = { number, position: `${number}.a`, type: "task.updated", data: {} } as unknown as Followed
        log.push(event)
        for (const { tell } of readers) tell(event)
      }
    },
    take: () => {
      for (const { sign } of readers) sign(position(), true)
    },
    break: () => {
      for (const { end } of readers) end()
    },
    follow: async function* (
      { after, onSign }: { after?: string | number | undefined; onSign?: ((sign: never) => void) | undefined },
      signal: AbortSignal
    ): AsyncGenerator<Followed, undefined> {
      asked.push(after === undefined ? undefined : String(after))
      const queue = after === undefined ? [] : log.slice(Number.parseInt(String(after), 10))
      let wake = () => {}
      let broken = false
      const reader: Reader = {
        tell: (event) => {
          queue.push(event)
          wake()
        },
        sign: (at, reassigned) => onSign?.({ position: at, reassigned } as never),
        end: () => {
          broken = true
          wake()
        }
      }
      readers.add(reader)
      signal.addEventListener("abort", () => wake())
      reader.sign(after === undefined ? position() : String(after), false)
      try {
        for (;;) {
          signal.throwIfAborted()
          if (broken) throw new Error("replaced")
          const next = queue.shift()
          if (next === undefined) await new Promise<void>((resolve) => (wake = resolve))
          else yield next
        }
      } finally {
        readers.delete(reader)
      }
    }
  }
}

const opened: Array<SharedFeed> = []
afterEach(() => {
  for (const tab of opened.splice(0)) tab.leave()
})

let names = 0

const openTabs = (server: ReturnType<typeof makeServer>, times = { settling: 5 }) => {
  const name = `tabs ${++names}`
  return (as = name) => {
    const heard: Array<number> = []
    const told = { missed: 0, taken: 0, ended: 0 }
    const tab = new SharedFeed({
      name: as,
      follow: server.follow,
      hear: ({ number }) => heard.push(number),
      reassigned: () => (told.taken += 1),
      missed: () => (told.missed += 1),
      isReplaced: (error) => (error as Error).message === "replaced",
      ended: () => (told.ended += 1),
      times
    })
    opened.push(tab)
    tab.join()
    return { tab, heard, told }
  }
}

const soon = { timeout: 2_000, interval: 2 }

it("follows once for all tabs, and each hears each event once and in order", async () => {
  const server = makeServer()
  const open = openTabs(server)
  const tabs = [open(), open(), open()]
  await expect.poll(() => server.readers.size, soon).toBe(1)
  server.write(3)
  server.take()
  for (const { heard } of tabs) await expect.poll(() => heard, soon).toEqual([1, 2, 3])
  for (const { told } of tabs) await expect.poll(() => told, soon).toEqual({ missed: 1, taken: 1, ended: 0 })
  expect(server.asked).toEqual([undefined])
})

it("goes on in another tab where the one that followed was when it left", async () => {
  const server = makeServer()
  server.write(2)
  // Long enough that the first has left before it asks again, on a busy machine too.
  const open = openTabs(server, { settling: 500 })
  const [first, second, third] = [open(), open(), open()]
  await expect.poll(() => server.readers.size, soon).toBe(1)
  server.write()
  await expect.poll(() => third.heard, soon).toEqual([3])
  first.tab.leave()
  server.write()
  await expect.poll(() => second.heard, soon).toEqual([3, 4])
  await expect.poll(() => third.heard, soon).toEqual([3, 4])
  expect(first.heard).toEqual([3])
  expect(server.asked).toEqual([undefined, "3.a"])
  // The one that left had not come to asking again for what was asked before it was there.
  for (const { told } of [second, third]) await expect.poll(() => told.missed, soon).toBe(1)
})

it("knows where it is before anything has happened, so that nothing is lost between two tabs", async () => {
  const server = makeServer()
  server.write(5)
  const open = openTabs(server)
  const first = open()
  await expect.poll(() => server.readers.size, soon).toBe(1)
  const second = open()
  await expect.poll(() => first.told.missed, soon).toBe(1)
  first.tab.leave()
  await expect.poll(() => server.asked, soon).toEqual([undefined, "5.a"])
  server.write()
  await expect.poll(() => second.heard, soon).toEqual([6])
})

it("has everything asked again by a tab that was out of earshot, and only by that one", async () => {
  const server = makeServer()
  const open = openTabs(server)
  const [first, second, third] = [open(), open(), open()]
  await expect.poll(() => second.told.missed, soon).toBe(1)
  second.tab.leave()
  server.write(2)
  await expect.poll(() => third.heard, soon).toEqual([1, 2])
  second.tab.join()
  await expect.poll(() => second.told.missed, soon).toBe(2)
  server.write()
  await expect.poll(() => second.heard, soon).toEqual([3])
  expect([first.told.missed, third.told.missed]).toEqual([1, 1])
})

it("begins anew in all tabs when the log is another one", async () => {
  const server = makeServer()
  const open = openTabs(server)
  const tabs = [open(), open()]
  for (const { told } of tabs) await expect.poll(() => told.missed, soon).toBe(1)
  server.break()
  for (const { told } of tabs) await expect.poll(() => told.missed, soon).toBe(3)
  server.write()
  for (const { heard } of tabs) await expect.poll(() => heard, soon).toEqual([1])
})

it("is never told what another user's tabs are", async () => {
  const server = makeServer()
  const open = openTabs(server)
  const [mine, theirs] = [open("mine"), open("theirs")]
  await expect.poll(() => server.readers.size, soon).toBe(2)
  server.write()
  await expect.poll(() => [mine.heard, theirs.heard], soon).toEqual([[1], [1]])
  mine.tab.leave()
  await expect.poll(() => server.readers.size, soon).toBe(1)
})

it("takes the lock from a tab that hangs", async () => {
  const server = makeServer()
  const name = "hung"
  // It has the lock, and neither follows nor answers.
  const hung = globalThis.navigator.locks.request(name, () => new Promise(() => {}))
  hung.catch(() => undefined)
  const { heard } = openTabs(server, { settling: 5, silence: 20 } as never)(name)
  await expect.poll(() => server.readers.size, soon).toBe(1)
  server.write()
  await expect.poll(() => heard, soon).toEqual([1])
  await expect(hung).rejects.toMatchObject({ name: "AbortError" })
})
