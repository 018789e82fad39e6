// Loaded before a program of the workspace: says in one line that a Node is too old, instead of failing on its first
// file.
const least = [22, 19]
const [major, minor] = process.versions.node.split(".").map(Number)
if (major < least[0] || (major === least[0] && minor < least[1])) {
  console.error(
    `popug needs Node ${least.join(".")} or later, and ${process.execPath} is ${process.versions.node}.\n` +
      "In a checkout, npm ci brings one; an installation without dev dependencies runs on the machine's own."
  )
  process.exit(1)
}
