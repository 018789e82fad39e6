/**
 * A page that shows all pictures of a folder, scene by scene.
 */
import { readdir, writeFile } from "node:fs/promises"
import { join } from "node:path"

/** `tasks.demonstration.1280.dark.en.png` */
export const nameOf = (scene: string, ...rest: ReadonlyArray<string | number>): string =>
  `${[scene, ...rest].join(".")}.png`

const style = `body { font: 14px system-ui; margin: 1rem 2rem; background: #808080; color: #fff }
h2 { position: sticky; top: 0; margin: 1rem 0 0.5rem; background: #808080 }
div { display: flex; flex-wrap: wrap; gap: 1rem; align-items: start }
figure { margin: 0 } figcaption { font-size: 12px } a { color: inherit }
img { max-width: 360px; max-height: 420px; display: block }`

const figure = (file: string): string => {
  const caption = file.split(".").slice(1, -1).join(" ")
  return `<figure><a href="${file}"><img loading="lazy" src="${file}" alt=""></a><figcaption>${caption}</figcaption></figure>`
}

export const contactSheet = async (folder: string): Promise<string> => {
  const files = (await readdir(folder)).filter((file) => file.endsWith(".png")).toSorted()
  const groups = Map.groupBy(files, (file) => file.split(".")[0]!)
  const sections = [...groups].map(([scene, all]) => `<h2>${scene}</h2><div>${all.map(figure).join("\n")}</div>`)
  const file = join(folder, "index.html")
  await writeFile(
    file,
    `<!doctype html><meta charset="utf-8"><title>popug</title><style>${style}</style>${sections.join("\n")}`
  )
  return file
}
