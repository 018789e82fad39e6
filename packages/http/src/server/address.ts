/**
 * Where a request comes from.
 */
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Option from "effect/Option"

/**
 * The address of the caller: that of the socket, or with `trustedProxies` in front of the server the one that the
 * outermost of them saw. Each proxy appends to `X-Forwarded-For` who it got the request from; whatever stands further
 * to the left was written by the caller, and is not believed.
 */
export const addressOf = (request: HttpServerRequest, trustedProxies: number): string => {
  const socket = Option.getOrElse(request.peerAddress, () => "unknown")
  const forwarded = request.headers["x-forwarded-for"]
  if (trustedProxies === 0 || forwarded === undefined) return socket
  const hops = [...forwarded.split(",").map((hop) => hop.trim()), socket]
  // Fewer hops than proxies: it came by another way.
  return hops[hops.length - 1 - trustedProxies] || socket
}

/** What one caller can hardly have many of: an IPv4 address, or the /64 of an IPv6 one, which is one subscriber's. */
export const networkOf = (address: string): string => {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped !== null) return mapped[1]!
  if (!address.includes(":")) return address.slice(0, 64)
  const [head = "", tail] = address.toLowerCase().split("%")[0]!.split("::")
  const left = head === "" ? [] : head.split(":")
  const right = tail === undefined || tail === "" ? [] : tail.split(":")
  const zeros = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => "0")
  const groups = [...left, ...zeros, ...right].slice(0, 4)
  return `${groups.map((group) => group.replace(/^0+(?=.)/, "").slice(0, 4)).join(":")}::/64`
}
