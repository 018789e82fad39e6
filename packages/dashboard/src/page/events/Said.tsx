import { Link } from "../address/Link.tsx"
import { useTexts } from "../i18n/texts.ts"
import { useFormats } from "../ui/formats.ts"
import { rolesText } from "../ui/roles.ts"
import type { Sentence } from "./sentences.ts"

/** An event in a sentence, which leads to what it is about. */
export const Said = ({
  nameOf,
  sentence: { day, person, roles, text, to, values }
}: {
  readonly sentence: Sentence
  readonly nameOf: (id: string) => string
}) => {
  const tell = useTexts()
  const formats = useFormats()
  const words = tell(text, {
    ...values,
    ...(roles === undefined ? {} : { roles: rolesText(tell, roles) }),
    ...(person === undefined ? {} : { person: nameOf(person) }),
    ...(day === undefined ? {} : { day: formats.day(day) })
  })
  return to === undefined ? (
    <bdi>{words}</bdi>
  ) : (
    <Link to={to}>
      <bdi>{words}</bdi>
    </Link>
  )
}
