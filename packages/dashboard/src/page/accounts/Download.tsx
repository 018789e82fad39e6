import { useState } from "react"
import { wordsOf } from "../data/problems.ts"
import { useTexts } from "../i18n/texts.ts"
import { Button } from "../ui/Button.tsx"
import { Icon } from "../ui/Icon.tsx"
import { notify } from "../ui/notices.tsx"
import { nameIn } from "./fileName.ts"
import { saveFile, type Stream } from "./saving.ts"

interface Props {
  readonly label: string
  /** What the file is called where the server does not say. */
  readonly name: string
  readonly ask: () => Promise<Stream>
}

/** Saves a file of the server: whole, or not at all. */
export const Download = ({ ask, label, name }: Props) => {
  const tell = useTexts()
  const [isBusy, setBusy] = useState(false)
  const download = async () => {
    setBusy(true)
    try {
      const { body, headers } = await ask()
      const parts: Array<BlobPart> = []
      for await (const part of body) parts.push(part as Uint8Array<ArrayBuffer>)
      const file = nameIn(headers["content-disposition"]) ?? name
      saveFile(file, parts)
      notify("done", tell("download.done", { file }))
    } catch (error) {
      notify("refused", wordsOf(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Button className="not-on-paper" disabled={isBusy} aria-busy={isBusy} onClick={() => void download()}>
      <Icon name="download" />
      {label}
    </Button>
  )
}
