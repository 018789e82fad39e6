// Which folders of the page may import of which. A room of the page is loaded when one goes there, so others know it by
// `import()` alone.

/** From the inside out: each imports of its own and of those before it. */
const layers = [
  ["browser"],
  ["i18n"],
  ["session"],
  ["address"],
  ["data"],
  ["commands", "events", "ui"],
  ["accounts", "analytics", "guide", "operator", "people", "sign-in", "tracker"],
  ["shell"],
  ["main"]
]

const page = "packages/dashboard/src/page/"

/** The folder of a file of the page; where one signs in is a room, though it stands beside the session. */
const folderOf = (file) => {
  const [folder, ...rest] = file.slice(page.length).split("/")
  if (rest.length === 0) return "main"
  return folder === "session" && file.endsWith(".tsx") ? "sign-in" : folder
}

const layerOf = (folder) => layers.findIndex((layer) => layer.includes(folder))

/** What is wrong with an import from one file of the page to another, or nothing. */
export const misplacedInPage = (file, target, { isLazy }) => {
  if (!file.startsWith(page) || !target.startsWith(page) || isLazy) return undefined
  const [from, to] = [folderOf(file), folderOf(target)]
  for (const folder of [from, to]) if (layerOf(folder) < 0) return `${folder} is no folder that the rules know`
  if (layerOf(from) < layerOf(to)) return `${from} imports ${to}: the page's imports point inwards`
  const isRoom = layers[layerOf(from)].includes("tracker")
  return isRoom && from !== to && layerOf(from) === layerOf(to)
    ? `room ${from} imports room ${to}: what both need stands further in`
    : undefined
}
