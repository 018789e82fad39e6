/**
 * Requests that take their time: what a server has under way when it is told to end.
 */
import { request as open } from "node:http"
import { connect } from "node:net"

/** A task whose body is only half there; `finish` sends the rest and returns the status of the answer. */
export const halfATask = async (url: string, token: string, title: string) => {
  const body = JSON.stringify({ title })
  const outgoing = open(`${url}/v1/tasks`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      // The server says so once it has the header: from then on the request is under way.
      expect: "100-continue"
    }
  })
  const answered = new Promise<number>((resolve, reject) => {
    outgoing.on("response", (response) => resolve(response.resume().statusCode!)).on("error", reject)
  })
  answered.catch(() => undefined)
  await new Promise<void>((resolve) => {
    outgoing.once("continue", resolve)
    outgoing.flushHeaders()
  })
  outgoing.write(body.slice(0, 5))
  return {
    answered,
    finish: () => {
      outgoing.end(body.slice(5))
      return answered
    }
  }
}

/** A connection that has had an answer and stays open; tells when it is closed. */
export const idle = async (url: string) => {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()))
  socket.on("error", () => undefined)
  await new Promise<void>((resolve) => {
    socket.once("data", () => resolve())
    socket.write("GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n")
  })
  return { closed }
}

/** Follows a feed; `until` returns what has come once it holds a text, `ended` all of it. */
export const follow = async (url: string, token: string) => {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ""
  const read = async (isDone: () => boolean): Promise<string> => {
    while (!isDone()) {
      const { done, value } = await reader.read()
      if (done) break
      text += value
    }
    return text
  }
  return { until: (part: string) => read(() => text.includes(part)), ended: () => read(() => false) }
}
