import "./face.css"

/** A person at a glance: the first letters of the name, on a colour that the id alone decides. */
export const Face = ({ id, name }: { readonly id: string; readonly name: string }) => (
  <span className="face" style={{ "--face": hueOf(id) } as never} aria-hidden="true">
    {initials(name)}
  </span>
)

const segments = new Intl.Segmenter()

/** Letters as readers count them, in any script. */
const initials = (name: string): string =>
  name
    .trim()
    .split(/\s+/u)
    .slice(0, 2)
    .map((word) => segments.segment(word)[Symbol.iterator]().next().value?.segment ?? "")
    .join("")
    .toLocaleUpperCase()

const hueOf = (id: string): number => {
  let sum = 7
  for (const letter of id) sum = (sum * 31 + letter.codePointAt(0)!) % 360
  return sum
}
