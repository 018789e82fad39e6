import { useEffect, useState } from "react"

/** What is typed, once it has stood still for a moment: nobody is asked letter by letter. */
export const useSettled = (text: string, millis = 200): string => {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), millis)
    return () => clearTimeout(timer)
  }, [text, millis])
  return text === "" ? "" : settled
}
