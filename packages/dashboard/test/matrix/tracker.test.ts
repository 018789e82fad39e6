import { Actor, Tasks } from "@popug/core"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { signIn } from "../support/browser.ts"
import { feedsOf, isRefusal, journeys, names, patient } from "../support/journeys.ts"

const { browser, company } = await journeys()

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

it("never shares between users: two of them in one browser have feeds of their own", async () => {
  const { page } = await browser.visit("about:blank")
  const other = await page.context().newPage()
  const feeds = [feedsOf(page), feedsOf(other)]
  for (const [at, name] of ["Olga", "Pavel"].entries()) {
    const one = [page, other][at]!
    await one.goto(company.url)
    await signIn(one, name)
  }
  await expect.poll(() => feeds.map(({ length }) => length), patient).toEqual([1, 1])
})

it("tells a worker at once that a task was given to somebody else, also beside the list", async () => {
  const [task] = await company.createTasks(["Count the nuts"])
  const [had, gets] = task!.assignee === "olga" ? ["olga", "Pavel"] : [task!.assignee!, "Olga"]
  const worker = await browser.visit(`${company.url}/tasks/${task!.id}`)
  let asked = 0
  worker.page.on("response", (response) => void (asked += Number(response.url().endsWith(`/v1/tasks/${task!.id}`))))
  await signIn(worker.page, names[had]!)
  await worker.page.getByRole("region", { name: "Count the nuts" }).waitFor()
  // Once the feed is there all is asked once more: what went before that went unseen.
  await expect.poll(() => asked, patient).toBeGreaterThan(1)
  const manager = await browser.visit(`${company.url}/tasks/${task!.id}`)
  await signIn(manager.page, "Masha")
  await manager.page.getByRole("region", { name: "Count the nuts" }).getByRole("button", { name: "Assign" }).click()
  await manager.page.getByRole("combobox").fill(gets)
  await manager.page.keyboard.press("Enter")
  await worker.page.getByText("You do not have “Count the nuts” any more.").waitFor()
  await worker.page.getByRole("link", { name: "Count the nuts" }).waitFor({ state: "detached" })
  await worker.page.getByText("somebody else has it now").waitFor()
  const isRefusal = (complaint: string) => complaint.startsWith("Failed to load resource")
  expect([...manager.complaints, ...worker.complaints.filter((one) => !isRefusal(one))]).toEqual([])
})
