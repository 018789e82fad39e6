/**
 * The server of many companies on two nodes, over two databases and NATS: events and words go by it while it is there,
 * and nothing is lost or booked twice when it is killed and comes back empty.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { rmSync } from "node:fs"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { many, open, work } from "../../../server/test/support/companies.ts"
import { follow } from "../../../server/test/support/connections.ts"
import { postgres } from "../../../server/test/support/outside.ts"
import { all, login, proof, request, waitFor } from "../../../server/test/support/requests.ts"
import { cleanUp, folder, launch } from "../../../server/test/support/server.ts"
import { freePort, natsArguments, natsServer } from "../../src/broker.ts"

const file = natsServer()
cleanUp()

/** What a stream's durable consumer has handed out, as NATS says it. */
interface Consumer {
  readonly name: string
  readonly delivered: { readonly consumer_seq: number }
}

describe.skipIf(file === undefined)("many companies over NATS", { timeout: 240_000 }, () => {
  let nats: ChildProcess | undefined
  const kill = async () => {
    const gone = new Promise((resolve) => nats!.once("close", resolve))
    nats!.kill("SIGKILL")
    await gone
  }
  afterAll(async () => {
    if (nats?.exitCode === null && nats.signalCode === null) await kill()
  })

  it("are served by two nodes, and go on exactly when it is lost and comes back with nothing", async () => {
    const [database, eu] = [await postgres(), await postgres()]
    const [port, monitor, data] = [await freePort(), await freePort(), folder()]
    const start = () =>
      void (nats = spawn(file!, [...natsArguments(port, join(data, "nats")), "--http_port", `${monitor}`], {
        stdio: "ignore"
      }))
    start()
    /** How many messages each durable consumer was given. */
    const given = async (): Promise<ReadonlyMap<string, number>> => {
      const { json } = await request(`GET http://127.0.0.1:${monitor}/jsz?streams=true&consumers=true`)
      const streams = (json.account_details ?? []).flatMap(({ stream_detail: found = [] }) => found)
      const consumers: ReadonlyArray<Consumer> = streams.flatMap(({ consumer_detail: found = [] }) => found)
      return new Map(consumers.map(({ delivered, name }) => [name, delivered.consumer_seq]))
    }

    const shared = {
      ...many,
      DATABASE_URL: database.url,
      POPUG_DATABASES: `eu=${eu.url}`,
      POPUG_SECRET: "a key that both nodes have",
      POPUG_NATS_URL: `nats://127.0.0.1:${port}`
    }
    const [a, b] = await Promise.all([
      launch("main", { ...shared, POPUG_DATA_DIR: folder() }).listening,
      launch("main", { ...shared, POPUG_DATA_DIR: folder() }).listening
    ])
    const acme = await open(a, "acme")
    const zoo = await open(b, "zoo", { database: "eu" })
    const [acmeThere, zooThere] = [await login(`${b}/c/acme`, "ann"), await login(`${a}/c/zoo`, "ann")]

    // What one node writes is booked, and is in the other's feeds.
    const feed = await follow(`${b}/c/acme/v1/events/feed?source=tasks`, acmeThere)
    const made = await request(`POST ${a}/c/acme/v1/tasks`, { token: acme, body: { title: "Ring the bell" } })
    expect(await feed.until(made.json.id)).toContain("Ring the bell")
    const booked = async (url: string, token: string, count: number) =>
      waitFor(
        async () => (await request(`GET ${url}/v1/billing/transfers?limit=100`, { token })).json.data.length === count
      )
    await work(b, "acme", acmeThere, ["Mend the roof"])
    await work(a, "zoo", zooThere, ["Feed the parrot"])
    // A fee for each that was assigned, and an award for each that was done.
    await booked(`${a}/c/acme`, acme, 3)
    await booked(`${b}/c/zoo`, zoo, 2)
    await waitFor(async () => {
      const all = await given()
      const names = ["billing_tasks", "words_words", "words-eu_words"]
      return names.every((name) => (all.get(name) ?? 0) > 0)
    })

    // Without it the log is read, and what it has lost comes from there.
    await kill()
    await work(a, "acme", acme, ["Paint the roof"])
    await work(b, "zoo", zoo, ["Feed the lion"])
    await booked(`${b}/c/acme`, acmeThere, 5)
    await booked(`${a}/c/zoo`, zooThere, 4)
    rmSync(join(data, "nats"), { recursive: true, force: true })
    start()
    await waitFor(async () => ((await given().catch(() => new Map())).get("billing_tasks") ?? 0) > 0)
    await work(b, "acme", acmeThere, ["Sell the roof"])
    await work(a, "zoo", zooThere, ["Feed the fish"])
    await booked(`${a}/c/acme`, acme, 7)
    await booked(`${b}/c/zoo`, zoo, 6)
    for (const [id, url, token, count] of [
      ["acme", a, acme, 4],
      ["zoo", b, zoo, 3]
    ] as const) {
      expect(await all(`${url}/c/${id}/v1/tasks`, token)).toHaveLength(count)
      expect(await proof(`${url}/c/${id}`, token)).toMatchObject({ total: "0", difference: null })
    }
    await Promise.all([database.stop(), eu.stop()])
  })
})
