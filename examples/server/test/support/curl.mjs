#!/usr/bin/env node
// As much of curl as the README uses, for machines that have none: -s, -H, -d, -X and an address.
const [headers, rest] = [{}, process.argv.slice(2)]
let body, method, url
while (rest.length > 0) {
  const argument = rest.shift()
  if (argument === "-H") {
    const [name, ...value] = rest.shift().split(":")
    headers[name] = value.join(":").trim()
  } else if (argument === "-d") body = rest.shift()
  else if (argument === "-X") method = rest.shift()
  else if (argument !== "-s") url = argument
}
const answer = await fetch(url, { method: method ?? (body === undefined ? "GET" : "POST"), headers, body })
process.stdout.write(Buffer.from(await answer.arrayBuffer()))
