/**
 * The demonstration company, made over HTTP: what its people did in the days behind it.
 */
import { past } from "@popug-examples/server/clocks"
import { titles } from "@popug-examples/server/demo/people"

interface Made {
  readonly id: string
  readonly assignee: string | null
}

const caller = (url: string) => {
  const call = async <A>(path: string, token: string | undefined, body?: unknown): Promise<A> => {
    const response = await fetch(url + path, {
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
      headers: {
        "content-type": "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` })
      }
    })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as A
  }
  return {
    call,
    login: async (user: string) => (await call<{ token: string }>("/dev/login", undefined, { user })).token
  }
}

/** Whether a company has tasks already. */
const hasTasks = async (url: string): Promise<boolean> => {
  const { call, login } = caller(url)
  const { data } = await call<{ data: ReadonlyArray<unknown> }>("/v1/tasks?limit=1", await login("masha"))
  return data.length > 0
}

/** Makes the tasks of a company that has people and none, with the days that its clock is behind. */
export const make = async (url: string): Promise<void> => {
  if (await hasTasks(url)) return
  const { call, login } = caller(url)
  const masha = await login("masha")
  for (let day = 0; day <= past; day++) {
    const tasks = titles.filter((_, index) => index % (past + 1) === day).map((title) => ({ title }))
    const { data } = await call<{ data: ReadonlyArray<Made> }>("/v1/tasks/batch", masha, { tasks })
    // Half of them are done on their first day, and what is left falls on somebody else at night. Today's are as they
    // fell, for whoever looks.
    if (day === past) return
    for (const { assignee, id } of data.filter((task, index) => task.assignee !== null && index % 2 === 0)) {
      await call(`/v1/tasks/${id}/complete`, await login(assignee!), {})
    }
    await call("/v1/tasks/shuffle", masha, {})
    await call("/dev/clock", undefined, { days: 1 })
  }
}
