/** What a keyboard says of a key. */
export interface Pressed {
  readonly code: string
  readonly key: string
  readonly shiftKey: boolean
}

/** The letter of a key: on keyboards of other scripts the one that Latin ones have in its place. */
export const letterOf = ({ code, key, shiftKey }: Pressed): string => {
  const [, letter] = /^Key([A-Z])$/u.exec(code) ?? []
  if (letter === undefined || /^[\u0020-\u007e]/u.test(key)) return key
  return shiftKey ? letter : letter.toLowerCase()
}
