// Whether there is a Chromium for tests of the page: the one that POPUG_CHROMIUM names, or the one from npm, which is
// for Linux on x64.
export const hasChromium =
  process.env.POPUG_CHROMIUM !== undefined || (process.platform === "linux" && process.arch === "x64")
