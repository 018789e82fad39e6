/**
 * A server of many companies: what it is set to, and what its operator does.
 */
import { expect } from "vitest"
import { login, request } from "./requests.ts"

export const operator = "hunter2-of-the-operator"
export const many = {
  HOST: "127.0.0.1",
  PORT: "0",
  POPUG_COMPANIES: "path",
  POPUG_PLATFORM_TOKEN: operator,
  POPUG_DEV_LOGIN: "true",
  POPUG_RATE_LIMIT: "0",
  POPUG_RATE_LIMIT_ADDRESS: "0"
}

/** Opens a company, and hires a worker there. */
export const open = async (url: string, id: string, more: object = {}) => {
  const opened = await request(`POST ${url}/v1/companies`, {
    token: operator,
    body: { id, ...more, admin: { id: "ann" } }
  })
  expect(opened.status, opened.text).toBe(201)
  const token = await login(`${url}/c/${id}`, "ann")
  const hired = { name: `Olga of ${id}`, roles: ["worker"], id: "olga" }
  expect((await request(`POST ${url}/c/${id}/v1/users`, { token, body: hired })).status).toBe(201)
  return token
}

export const work = async (url: string, id: string, token: string, titles: ReadonlyArray<string>) => {
  for (const title of titles) {
    const { json } = await request(`POST ${url}/c/${id}/v1/tasks`, { token, body: { title } })
    const done = await request(`POST ${url}/c/${id}/v1/tasks/${json.id}/complete`, { token, body: {} })
    expect(done.status, done.text).toBe(200)
  }
}
