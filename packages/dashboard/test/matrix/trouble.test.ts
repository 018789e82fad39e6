import { Actor, Users } from "@popug/core"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { signIn, signInAndFollow } from "../support/browser.ts"
import { startCompany } from "../support/company.ts"
import { openGate } from "../support/gate.ts"
import { journeys, patient } from "../support/journeys.ts"

const { browser, company } = await journeys({ more: [{ id: "vera", name: "Vera", roles: ["worker"] }] })
await company.createTasks(["Stay calm"])

/** What a browser says of answers that are refusals: it is not the page that complains. */
const isRefusal = (complaint: string) =>
  /^Failed to load resource|dynamically imported module|Unable to preload CSS/u.test(complaint)

it("loads the newer page by itself when a part of this one is gone, and keeps what was typed", async () => {
  const { complaints, page } = await browser.visit(company.url)
  await signIn(page, "Masha")
  await page.getByRole("button", { name: "New task" }).waitFor()
  await page.keyboard.press("c")
  await page.getByLabel("Title").fill("Typed before the deploy")
  await page.keyboard.press("Escape")
  let isGone = true
  await page.route("**/assets/*.js", (route) => (isGone ? route.fulfill({ status: 404 }) : route.continue()))
  await page.route(`${company.url}/`, (route) => {
    if (route.request().resourceType() !== "fetch") return route.continue()
    isGone = false
    return route.fulfill({
      contentType: "text/html",
      body: '<script type="module" src="./assets/page-new.js"></script>'
    })
  })
  await page.getByRole("link", { name: "My account" }).click()
  await page.getByRole("heading", { name: "My account" }).waitFor()
  expect(isGone).toBe(false)
  await page.keyboard.press("g")
  await page.keyboard.press("t")
  await page.getByRole("button", { name: "New task" }).waitFor()
  await page.keyboard.press("c")
  await expect.poll(() => page.getByLabel("Title").inputValue(), patient).toBe("Typed before the deploy")
  expect(complaints.filter((complaint) => !isRefusal(complaint))).toEqual([])
})

it("shows a view that one went to while the server was away as soon as it is back", async () => {
  const gate = await openGate(company.url)
  const { complaints, page } = await browser.visit(gate.url)
  await signInAndFollow(page, "Anna")
  await page.getByRole("button", { name: "New task" }).waitFor()
  gate.shut()
  await page.getByText("The server can’t be reached").first().waitFor()
  await page.getByRole("link", { name: "People" }).click()
  await page.getByRole("main").getByRole("alert").waitFor()
  gate.open()
  await page.getByRole("link", { name: "Olga" }).waitFor()
  gate.close()
  expect(complaints.filter((complaint) => !isRefusal(complaint))).toEqual([])
})

it("asks once for more of a list that can't be had, says so, and asks again when told to", async () => {
  const { complaints, page } = await browser.visit(company.url)
  await signIn(page, "Anton")
  let asked = 0
  let isGone = true
  // Those in the red come first, and then the others.
  await page.route(/\/v1\/billing\/accounts\?(?!.*inTheRed)/u, (route) => {
    asked += 1
    return isGone ? route.fulfill({ status: 404 }) : route.continue()
  })
  await page.getByRole("link", { name: "Accounts", exact: true }).click()
  const alert = page.getByRole("main").getByRole("alert")
  await alert.waitFor()
  await page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
  expect(asked).toBe(1)
  isGone = false
  await alert.getByRole("button", { name: "Try again" }).click()
  await alert.waitFor({ state: "detached" })
  expect(asked).toBe(2)
  expect(complaints.filter((complaint) => !isRefusal(complaint))).toEqual([])
})

it("keeps what was typed about a person when it is refused, and when the session ends", async () => {
  const { complaints, page } = await browser.visit(`${company.url}/people/olga`)
  await signIn(page, "Anna")
  await page.getByRole("button", { name: "Edit" }).click()
  await page.getByRole("dialog").getByLabel("Name").fill("Olga the Second")
  await page.route("**/v1/users/olga", (route) =>
    route.request().method() === "PATCH" ? route.fulfill({ status: 500, body: "" }) : route.continue()
  )
  await page.getByRole("button", { name: "Save" }).click()
  await page.getByText("That did not work.").waitFor()
  await page.unrouteAll()
  await page.getByRole("button", { name: "Edit" }).click()
  const name = page.getByRole("dialog").getByLabel("Name")
  expect(await name.inputValue()).toBe("Olga the Second")
  await page.route("**/v1/**", (route) =>
    route.fulfill({
      status: 401,
      contentType: "application/problem+json",
      body: JSON.stringify({ type: "urn:popug:problem:unauthenticated", status: 401, title: "A valid token is needed" })
    })
  )
  await page.route("**/dev/login", (route) => route.abort())
  await company.run(Effect.flatMap(Users, (users) => users.update(Actor.system, { id: "pavel", name: "Paul" })))
  await page.getByText("Your session has ended").waitFor()
  await page.unrouteAll()
  await page.getByRole("button", { name: "Anna" }).click()
  // The dialog is open again, too.
  await expect.poll(() => name.inputValue(), patient).toBe("Olga the Second")
  await page.getByRole("button", { name: "Save" }).click()
  await page.getByRole("heading", { name: "Olga the Second" }).waitFor()
  expect(complaints.filter((complaint) => !isRefusal(complaint))).toEqual([])
})

it("forgets what did not happen when the server comes back with another past", async () => {
  await company.createTasks(["Only in the first past", "Also there", "And there"])
  const other = await startCompany()
  await other.createTasks(["Only in the second past"])
  const gate = await openGate(company.url)
  const { complaints, page } = await browser.visit(gate.url)
  await signIn(page, "Masha")
  await page.getByRole("link", { name: "Only in the first past" }).waitFor()
  gate.shut()
  await page.getByText("The server can’t be reached").first().waitFor()
  gate.lead(other.url)
  gate.open()
  await page.getByRole("link", { name: "Only in the second past" }).waitFor()
  await page.getByRole("link", { name: "Only in the first past" }).waitFor({ state: "detached" })
  // And it is live: what happens now has numbers that the first past had, too.
  await other.createTasks(["Made since"])
  await page.getByRole("link", { name: "Made since" }).waitFor()
  await page.goto("about:blank")
  gate.close()
  await other.stop()
  expect(complaints.filter((complaint) => !isRefusal(complaint))).toEqual([])
})

it("sends once what is sent again after the server was away", async () => {
  const gate = await openGate(company.url)
  const { complaints, page } = await browser.visit(`${gate.url}/people?new=one`)
  await signIn(page, "Anna")
  await page.getByRole("dialog").getByLabel("Name").fill("Rita")
  // It is done, and the answer is lost.
  await page.route("**/v1/users", async (route) => {
    if (route.request().method() === "POST") await route.fetch()
    await route.abort()
  })
  await page.getByRole("button", { name: "Create" }).click()
  await page.getByRole("dialog").getByRole("alert").waitFor()
  await page.unrouteAll()
  await page.getByRole("button", { name: "Create" }).click()
  await page.getByRole("dialog").waitFor({ state: "hidden" })
  await expect.poll(() => page.getByRole("link", { name: "Rita" }).count(), patient).toBe(1)
  await page.goto("about:blank")
  gate.close()
  expect(complaints.filter((complaint) => !isRefusal(complaint))).toEqual([])
})

it("tells somebody who is deactivated in the middle of their work", async () => {
  const { page } = await browser.visit(company.url)
  await signInAndFollow(page, "Vera")
  await company.run(Effect.flatMap(Users, (users) => users.update(Actor.system, { id: "vera", status: "deactivated" })))
  await page.getByText("Your access to popug has ended").waitFor()
})
