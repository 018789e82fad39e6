export const hasChromium: boolean
