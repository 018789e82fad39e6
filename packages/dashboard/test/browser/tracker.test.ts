import { Actor, Tasks } from "@popug/core"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { signIn, signInAndFollow } from "../support/browser.ts"
import { openGate } from "../support/gate.ts"
import { feedsOf, isRefusal, journeys, names, patient } from "../support/journeys.ts"

const { browser, company } = await journeys()

it("a worker completes a task of theirs, and a reload shows it done", async () => {
  const [task] = await company.createTasks(["Mend the roof"])
  const { complaints, page } = await browser.visit(company.url)
  await signIn(page, names[task!.assignee!]!)
  await page.getByRole("button", { name: "Complete: Mend the roof" }).click()
  await page.getByRole("link", { name: "Mend the roof" }).waitFor({ state: "detached" })
  await page.getByRole("button", { name: /^Done\s*\d+$/u }).click()
  await page.getByRole("button", { name: "Done: Mend the roof" }).waitFor()
  await page.reload()
  await page.getByRole("button", { name: "Done: Mend the roof" }).waitFor()
  expect(complaints).toEqual([])
})

it("what a manager creates by keys is with a worker in another browser at once, and what is done there leaves", async () => {
  const manager = await browser.visit(company.url)
  await signIn(manager.page, "Masha")
  const { assignee } = (await company.createTasks(["Wait for the first"]))[0]!
  const worker = await browser.visit(company.url)
  await signIn(worker.page, names[assignee!]!)
  for (const { page } of [manager, worker]) await page.getByRole("link", { name: "Wait for the first" }).waitFor()
  const has = () =>
    company.run(
      Effect.flatMap(Tasks, (tasks) => tasks.list(Actor.user("masha"), { search: "parrot", assignee: assignee! }, {}))
    )
  // Until one falls on whoever looks.
  for (let at = 1; (await has()).rows.length === 0; at++) {
    await manager.page.keyboard.press("c")
    await manager.page.getByLabel("Title").fill(`Feed parrot ${at}`)
    await manager.page.keyboard.press("Enter")
    await manager.page.getByRole("link", { name: `Feed parrot ${at}`, exact: true }).waitFor()
    // The feed may be quicker than the answer, and a dialog that is open has the keys.
    await manager.page.getByRole("dialog").waitFor({ state: "hidden" })
  }
  const fed = worker.page.getByRole("link", { name: /^Feed parrot/u })
  await fed.first().waitFor()
  const title = await fed.first().textContent()
  await worker.page.getByRole("button", { name: `Complete: ${title}`, exact: true }).click()
  await manager.page.getByRole("link", { name: title!, exact: true }).waitFor({ state: "detached" })
  expect([...manager.complaints, ...worker.complaints]).toEqual([])
})

it("opens a task beside the list, edits it, and gives it to somebody, by keys alone", async () => {
  await company.createTasks(["Sweep the yard"])
  const { complaints, page } = await browser.visit(company.url)
  await signIn(page, "Masha")
  const row = page.getByRole("link", { name: "Sweep the yard" })
  await row.waitFor()
  for (let steps = 0; steps < 40; steps++) {
    await page.keyboard.press("j")
    if ((await page.locator("a:focus").textContent()) === "Sweep the yard") break
  }
  await page.keyboard.press("Enter")
  const panel = page.getByRole("region", { name: "Sweep the yard" })
  await panel.waitFor()
  expect(await page.title()).toBe("Sweep the yard · popug")
  await page.keyboard.press("e")
  await page.getByLabel("Description").fill("Behind the shed, too.")
  await page.keyboard.press("Control+Enter")
  await panel.getByText("Behind the shed, too.").waitFor()
  const before = await panel.locator(".person-name").first().textContent()
  const other = before === "Olga" ? "Pavel" : "Olga"
  await page.keyboard.press("a")
  await page.getByRole("combobox").fill(other.toLowerCase())
  await page.keyboard.press("Enter")
  await panel.getByText(other).waitFor()
  await page.keyboard.press("Escape")
  await panel.waitFor({ state: "detached" })
  expect(new URL(page.url()).pathname).toBe("/tasks")
  expect(complaints).toEqual([])
})

it("comes back where one was when a session has ended, with what was typed", async () => {
  const { complaints, page } = await browser.visit(company.url)
  await signIn(page, "Masha")
  await page.getByRole("button", { name: "New task" }).waitFor()
  await page.keyboard.press("c")
  await page.getByLabel("Title").fill("Not sent yet")
  const refused = (route: { fulfill: (answer: object) => Promise<void> }) =>
    route.fulfill({
      status: 401,
      contentType: "application/problem+json",
      body: JSON.stringify({ type: "urn:popug:problem:unauthenticated", status: 401, title: "A valid token is needed" })
    })
  await page.route("**/v1/**", refused)
  await page.route("**/dev/login", (route) => route.abort())
  await page.keyboard.press("Enter")
  await page.getByText("Your session has ended").waitFor()
  await page.unrouteAll()
  await page.getByRole("button", { name: "Masha" }).click()
  await expect.poll(() => page.getByLabel("Title").inputValue(), patient).toBe("Not sent yet")
  await page.keyboard.press("Enter")
  await page.getByRole("link", { name: "Not sent yet" }).waitFor()
  expect(complaints.filter((complaint) => !isRefusal(complaint))).toEqual([])
})

it("says that the server is gone, and has missed nothing when it is back", async () => {
  const gate = await openGate(company.url)
  const { complaints, page } = await browser.visit(gate.url)
  await signInAndFollow(page, "Masha")
  await page.getByRole("list", { name: "Tasks" }).waitFor()
  gate.shut()
  await page.getByText("The server can’t be reached").waitFor()
  await company.createTasks(["Made meanwhile"])
  gate.open()
  await page.getByText("The server is back").waitFor()
  await page.getByRole("link", { name: "Made meanwhile" }).waitFor()
  gate.close()
  expect(complaints.filter((complaint) => !isRefusal(complaint))).toEqual([])
})

it("lets a newcomer become somebody else, and a day end", async () => {
  const { complaints, page } = await browser.visit(company.url)
  await signIn(page, "Masha")
  const strip = page.getByRole("region", { name: "Development server" })
  await strip.getByRole("button", { name: "Anna" }).click()
  await page.getByRole("link", { name: "Operator" }).waitFor()
  await strip.getByRole("button", { name: "Let the day end" }).click()
  await strip.getByRole("link", { name: /^What/u }).click()
  await page.getByRole("heading", { level: 1 }).waitFor()
  expect(new URL(page.url()).pathname).toMatch(/^\/periods\//u)
  expect(complaints).toEqual([])
})

it("shuffles after it has asked", async () => {
  const { complaints, page } = await browser.visit(company.url)
  await signIn(page, "Masha")
  await page.getByRole("button", { name: "Shuffle" }).click()
  const dialog = page.getByRole("dialog", { name: "Shuffle all open tasks?" })
  await dialog.getByText(/can go to somebody else, for .+ at most in fees/u).waitFor()
  await dialog.getByRole("button", { name: "Shuffle" }).click()
  await page.getByText(/went to somebody else/u).waitFor()
  await page.getByText(/The shuffle charged .+ in fees/u).waitFor()
  expect(complaints).toEqual([])
})

it("keeps four windows of an admin live by one set of feeds, which another takes over when one closes", async () => {
  await company.createTasks(["Here before"])
  const first = await browser.visit("about:blank")
  const pages = [first.page, ...(await Promise.all([1, 2, 3].map(() => first.page.context().newPage())))]
  const complaints: Array<string> = []
  const feeds = pages.map(feedsOf)
  for (const page of pages) {
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()))
    await page.goto(`${company.url}/tasks`)
    await signIn(page, "Anna")
    await page.getByRole("link", { name: "Here before" }).waitFor()
  }
  const shown = async (title: string, among = pages) => {
    await company.createTasks([title])
    for (const page of among) await page.getByRole("link", { name: title, exact: true }).waitFor()
  }
  await shown("For all windows")
  expect(feeds.map(({ length }) => length)).toEqual([3, 0, 0, 0])
  // More connections than a browser has, if each window had its own.
  await pages[3]!.getByRole("link", { name: "People" }).click()
  await pages[3]!.getByRole("link", { name: "Olga" }).waitFor()
  await pages[0]!.close()
  await shown("For those that are left", pages.slice(1, 3))
  expect(feeds.slice(1).flat()).toHaveLength(3)
  expect(feeds.slice(1).flat()).not.toContain(null)
  expect([...first.complaints, ...complaints]).toEqual([])
})
