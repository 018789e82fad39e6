import { Actor, Tasks } from "@popug/core"
import * as Effect from "effect/Effect"
import { afterAll, afterEach, beforeAll, expect, it } from "vitest"
import { openBrowser, signIn, signInAndFollow, type TestBrowser } from "../support/browser.ts"
import { startCompany, type TestCompany } from "../support/company.ts"
import { openGate } from "../support/gate.ts"

let company: TestCompany
let browser: TestBrowser
beforeAll(async () => {
  ;[company, browser] = await Promise.all([startCompany(), openBrowser()])
}, 60_000)
afterEach(() => browser.leave())
afterAll(() => Promise.all([company.stop(), browser.close()]))

const names: Readonly<Record<string, string>> = { anton: "Anton", olga: "Olga", pavel: "Pavel" }

const patient = { timeout: 10_000 }

/** What a browser says of answers that are refusals: it is not the page that complains. */
const isRefusal = (complaint: string) => complaint.startsWith("Failed to load resource")

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
  // Until it falls on whoever looks.
  for (let at = 1; at <= 12; at++) {
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

it.each([
  { locale: "en-GB", complete: "Complete", reason: "The task is with somebody else" },
  { locale: "ru-RU", complete: "Выполнить", reason: "Задача теперь у другого" }
])(
  "takes back what is refused, with the reason in the reader's words ($locale)",
  async ({ complete, locale, reason }) => {
    const title = `Paint the door ${locale}`
    const [task] = await company.createTasks([title])
    const { complaints, page } = await browser.visit(company.url, { locale })
    await signIn(page, names[task!.assignee!]!)
    await page.route("**/complete", (route) =>
      route.fulfill({
        status: 403,
        contentType: "application/problem+json",
        body: JSON.stringify({
          type: "urn:popug:problem:not-assignee",
          status: 403,
          title: "The task is with somebody else",
          detail: "the task is with pavel",
          id: task!.id,
          actor: "olga",
          assignee: "pavel"
        })
      })
    )
    await page.getByRole("button", { name: `${complete}: ${title}` }).click()
    await page.getByText(reason).waitFor()
    await page.getByRole("button", { name: `${complete}: ${title}` }).waitFor()
    expect(complaints.filter((complaint) => !isRefusal(complaint))).toEqual([])
  }
)

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

it("creates many tasks out of pasted lines, and an admin completes some of them together", async () => {
  const { complaints, page } = await browser.visit(`${company.url}/tasks?new=many`)
  await signIn(page, "Anna")
  await page.getByLabel("One task on each line").fill("- Count spoons\n- Count forks\n[POPUG-7] Count knives")
  await page.getByRole("button", { name: "Create 3 tasks" }).click()
  for (const what of ["spoons", "forks", "knives"]) {
    await page.getByRole("checkbox", { name: `Select: Count ${what}` }).check({ force: true })
  }
  await page.getByRole("button", { name: "Complete 3 tasks" }).click()
  await page.getByText("3 tasks done").waitFor()
  await page.getByRole("link", { name: "Count knives" }).waitFor({ state: "detached" })
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

it("finds a task by a part of what it says, and a link is the view", async () => {
  await company.createTasks(["Polish the brass bell"])
  const { complaints, page } = await browser.visit(company.url)
  await signIn(page, "Masha")
  await page.getByRole("button", { name: "New task" }).waitFor()
  await page.keyboard.press("/")
  await page.keyboard.type("BRASS b")
  await expect.poll(() => new URL(page.url()).searchParams.get("q"), patient).toBe("BRASS b")
  await page.getByRole("link", { name: "Polish the brass bell" }).waitFor()
  await expect.poll(() => page.locator(".task-title").count(), patient).toBe(1)
  await page.reload()
  await page.getByRole("link", { name: "Polish the brass bell" }).waitFor()
  expect(await page.getByRole("searchbox").inputValue()).toBe("BRASS b")
  expect(complaints).toEqual([])
})

it("tells a worker who has a task, what it costs and what became of it, each amount a link to its entry", async () => {
  const [task] = await company.createTasks(["Oil the hinges"])
  await company.settle()
  const { complaints, page } = await browser.visit(`${company.url}/tasks/${task!.id}`)
  await signIn(page, names[task!.assignee!]!)
  const panel = page.getByRole("region", { name: "Oil the hinges" })
  await panel.getByText("Award", { exact: true }).waitFor()
  await panel.getByRole("listitem").getByText("Assigned to").waitFor()
  await panel.getByRole("link", { name: /\$/u }).click()
  await page.getByRole("dialog").getByText("Oil the hinges").waitFor()
  expect(complaints).toEqual([])
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

it("lets a newcomer with a phone become somebody else, and a day end", async () => {
  const { complaints, page } = await browser.visit(company.url, { viewport: { width: 360, height: 700 } })
  await signIn(page, "Anna")
  const open = page.getByRole("button", { name: "Development server" })
  await open.click()
  await page.getByRole("button", { name: "Let the day end" }).click()
  await page.getByRole("link", { name: /^What/u }).waitFor()
  await page.getByRole("region", { name: "Development server" }).getByRole("button", { name: "Olga" }).click()
  await page.getByRole("link", { name: "Days" }).waitFor({ state: "detached" })
  await page.getByRole("region", { name: "Development server" }).waitFor({ state: "hidden" })
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360)
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

it("tells how many tasks each person has, gives one of them to another by hand, and says so", async () => {
  const { complaints, page } = await browser.visit(`${company.url}/people`)
  await signIn(page, "Masha")
  const held = async (name: string) => {
    const row = page.getByRole("table", { name: "People" }).getByRole("row", { name })
    return Number((await row.getByRole("cell").nth(2).textContent())!.replace("None", "0"))
  }
  const [task] = await company.createTasks(["Carry the ladder"])
  await company.run(Effect.flatMap(Tasks, (tasks) => tasks.assign(Actor.user("masha"), task!.id, "olga")))
  await expect.poll(() => held("Olga"), { timeout: 10_000 }).toBeGreaterThan(0)
  const before = await held("Olga")
  await page
    .getByRole("row", { name: "Olga" })
    .getByRole("link", { name: String(before), exact: true })
    .click()
  await page.getByRole("button", { name: `In progress ${before}` }).waitFor()
  await page.getByRole("link", { name: "Carry the ladder" }).click()
  await page.getByRole("region", { name: "Carry the ladder" }).getByRole("button", { name: "Assign" }).click()
  await page.getByRole("option", { name: /Pavel.*\d+ tasks?/u }).click()
  await page.getByText("Pavel has it now: Carry the ladder").waitFor()
  await page.getByRole("button", { name: `In progress ${before - 1}` }).waitFor()
  expect(complaints).toEqual([])
})
