/** What people in a hurry do, and several at once: keys that are held, tabs side by side, changes of the same thing. */
import { Actor, Tasks, Users } from "@popug/core"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { signIn } from "../support/browser.ts"
import { isRefusal, journeys, patient } from "../support/journeys.ts"

const { browser, company } = await journeys()

const statusOf = (id: string) =>
  company.run(Effect.flatMap(Tasks, (tasks) => tasks.get(Actor.user("masha"), id))).then(({ status }) => status)

it("does once what a key is held for", async () => {
  const tasks = await company.createTasks(["Held 1", "Held 2", "Held 3", "Held 4"])
  const { complaints, page } = await browser.visit(company.url)
  await signIn(page, "Anna")
  await page.getByRole("link", { name: "Held 4" }).waitFor()
  await page.keyboard.press("j")
  // Playwright says of a key that is down already that it repeats, as a browser does.
  for (let at = 0; at < 4; at++) await page.keyboard.down("d")
  await page.keyboard.up("d")
  await page.getByText("Done: Held").waitFor()
  const done = await Promise.all(tasks.map(({ id }) => statusOf(id)))
  expect(done.filter((status) => status === "done")).toHaveLength(1)
  await page.keyboard.down("j")
  await page.keyboard.down("j")
  await page.keyboard.up("j")
  expect(complaints).toEqual([])
})

it("does once what is pressed twice", async () => {
  await company.createTasks(["Twice 1", "Twice 2"])
  const { complaints, page } = await browser.visit(`${company.url}/?q=twice`)
  await signIn(page, "Anna")
  await page.getByRole("link", { name: "Twice 2" }).waitFor()
  for (const key of ["j", "x", "j", "x"]) await page.keyboard.press(key)
  let asked = 0
  let answer = () => {}
  const pressed = new Promise<void>((resolve) => (answer = resolve))
  await page.route("**/v1/tasks/complete", async (route) => {
    asked++
    await pressed
    return route.continue()
  })
  await page.keyboard.press("d")
  await page.keyboard.press("d")
  answer()
  await page
    .getByText(/tasks? (?:are|is)? ?done|Done: /u)
    .first()
    .waitFor()
  expect(asked).toBe(1)
  expect(complaints).toEqual([])
})

it("saves over a task what was changed of it, and leaves what others changed meanwhile", async () => {
  const [task] = await company.createTasks(["Write a report"])
  const { id } = task!
  const { complaints, page } = await browser.visit(`${company.url}/tasks/${id}?edit=yes`)
  await signIn(page, "Masha")
  await page.getByLabel("Title").fill("Write a short report")
  const edit = (fields: { readonly title?: string; readonly description?: string }) =>
    company.run(Effect.flatMap(Tasks, (tasks) => tasks.edit(Actor.user("anna"), { id, ...fields })))
  await edit({ description: "By Friday" })
  await page.getByLabel("Title").press("Control+Enter")
  await page.getByRole("heading", { name: "Write a short report" }).waitFor()
  await page.getByRole("region", { name: "Write a short report" }).getByText("By Friday").waitFor()

  await page.getByRole("button", { name: /^Edit/u }).click()
  await page.getByLabel("Title").fill("Write it at once")
  await edit({ title: "Write nothing" })
  // Held: it is sent once.
  await page.keyboard.down("Control")
  for (let at = 0; at < 3; at++) await page.keyboard.down("Enter")
  await page.keyboard.up("Enter")
  await page.keyboard.up("Control")
  await page.getByText("Somebody changed this meanwhile").waitFor()
  expect(await page.getByLabel("Title").inputValue()).toBe("Write it at once")
  await page.getByRole("button", { name: /^Save/u }).click()
  await page.getByRole("heading", { name: "Write it at once" }).waitFor()
  expect(complaints.filter((complaint) => !isRefusal(complaint))).toEqual([])
})

it("renames somebody without taking back the roles that they were given meanwhile", async () => {
  const { complaints, page } = await browser.visit(`${company.url}/people/pavel`)
  await signIn(page, "Anna")
  await page.getByRole("button", { name: "Edit" }).click()
  await page.getByRole("dialog").getByLabel("Name").fill("Pavel the Second")
  await company.run(
    Effect.flatMap(Users, (users) => users.update(Actor.system, { id: "pavel", roles: ["worker", "designer"] }))
  )
  await page.getByRole("button", { name: "Save" }).click()
  await page.getByRole("heading", { name: "Pavel the Second" }).waitFor()
  await expect
    .poll(() => company.run(Effect.flatMap(Users, (users) => users.get(Actor.user("anna"), "pavel"))), patient)
    .toMatchObject({ name: "Pavel the Second", roles: ["worker", "designer"] })
  expect(complaints.filter((complaint) => !isRefusal(complaint))).toEqual([])
})

it("is whoever one chose last, whatever is answered last", async () => {
  const { page } = await browser.visit(company.url)
  let answer = () => {}
  const late = new Promise<void>((resolve) => (answer = resolve))
  let isFirst = true
  await page.route("**/v1/users/me", async (route) => {
    const response = await route.fetch()
    if (isFirst) {
      isFirst = false
      await late
    }
    return route.fulfill({ response })
  })
  const asked = page.waitForRequest("**/v1/users/me")
  await page.getByRole("button", { name: "Anna" }).first().click()
  await asked
  await page.getByRole("button", { name: "Olga" }).first().click()
  await page.getByRole("navigation", { name: "popug" }).waitFor()
  const heard = page.waitForResponse("**/v1/users/me")
  answer()
  await (await heard).finished()
  await page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
  expect(await page.getByRole("link", { name: "Analytics" }).count()).toBe(0)
  await page.getByRole("link", { name: "My account" }).waitFor()
})

it("shows whoever comes next nothing of what the one before chose or was told", async () => {
  await company.createTasks(["Secret plan"])
  const { complaints, page } = await browser.visit(company.url)
  await signIn(page, "Anna")
  await page.getByRole("link", { name: "Secret plan" }).waitFor()
  await page.route("**/complete", (route) => route.fulfill({ status: 500, body: "" }))
  await page.getByRole("button", { name: "Complete: Secret plan" }).click()
  await page.getByText("That did not work.").first().waitFor()
  await page.keyboard.press("j")
  await page.keyboard.press("x")
  await page.getByText("1 task selected").waitFor()
  await page.getByRole("button", { name: /^Masha/u }).click()
  await page.getByRole("button", { name: "Masha" }).and(page.locator("[aria-pressed=true]")).waitFor()
  await page.getByRole("link", { name: "Secret plan" }).waitFor()
  expect(await page.getByText("1 task selected").count()).toBe(0)
  expect(await page.getByText("That did not work.").count()).toBe(0)
  expect(complaints.filter((complaint) => !isRefusal(complaint))).toEqual([])
})

it("creates no task twice of lines of which some were created before one was refused", async () => {
  const { page } = await browser.visit(company.url)
  await signIn(page, "Masha")
  await page.getByRole("button", { name: "New task" }).first().waitFor()
  let batches = 0
  await page.route("**/v1/tasks/batch", (route) =>
    ++batches === 2
      ? route.fulfill({
          status: 400,
          contentType: "application/problem+json",
          body: JSON.stringify({ type: "urn:popug:problem:invalid-input", title: "", status: 400, errors: [] })
        })
      : route.continue()
  )
  const titles = Array.from({ length: 1_200 }, (_, at) => `Line ${at}`)
  await page.goto(`${company.url}/?new=many`)
  const lines = page.getByRole("dialog").locator("textarea")
  await lines.fill(titles.join("\n"))
  await page.getByRole("button", { name: /^Create 1,?200/u }).click()
  await page.getByRole("alert").waitFor()
  await expect.poll(() => lines.inputValue(), patient).toBe(titles.slice(1_000).join("\n"))
  await lines.fill(titles.slice(1_000).join("\n").replace("Line 1000", "Line one thousand"))
  await page.getByRole("button", { name: /^Create 200/u }).click()
  await page.getByRole("dialog").waitFor({ state: "hidden" })
  const found = await company.run(
    Effect.flatMap(Tasks, (tasks) => tasks.list(Actor.user("masha"), { search: "line " }, { limit: 10_000 }))
  )
  expect(found.rows).toHaveLength(1_200)
})

it("works where the browser keeps nothing", async () => {
  const { complaints, page } = await browser.visit("about:blank")
  await page.addInitScript(() => {
    for (const name of ["localStorage", "sessionStorage"])
      Object.defineProperty(globalThis, name, {
        get: () => {
          throw new DOMException("denied", "SecurityError")
        }
      })
  })
  await page.goto(company.url)
  await signIn(page, "Masha")
  await page.getByRole("button", { name: "New task" }).first().waitFor()
  await page.keyboard.press("c")
  await page.getByLabel("Title").fill("Kept nowhere")
  await page.keyboard.press("Enter")
  await page.getByRole("link", { name: "Kept nowhere" }).waitFor()
  expect(complaints).toEqual([])
})

it("shows something for every address, whatever somebody made of it", async () => {
  const { complaints, page } = await browser.visit(company.url)
  await signIn(page, "Anna")
  for (const [path, heading] of [
    ["/tasks/%zz?q=%00", "Tasks"],
    ["/people/%zz", "People"],
    ["/accounts/%zz", "Accounts"],
    ["/periods/1foo", "Days"],
    ["/account?from=2026-02-31&to=2026-02-31&entry=-1", "My account"]
  ] as const) {
    await page.evaluate(`history.pushState(null, "", ${JSON.stringify(path)})`)
    await page.evaluate("dispatchEvent(new PopStateEvent('popstate'))")
    await page.getByRole("main").getByRole("heading", { level: 1, name: heading }).waitFor()
  }
  expect(complaints.filter((complaint) => !isRefusal(complaint))).toEqual([])
})
