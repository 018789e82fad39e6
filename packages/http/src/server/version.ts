/** The version of this package, which a server tells: here, so that a host that is one bundled file knows it too. */
export const version = "0.0.0"
