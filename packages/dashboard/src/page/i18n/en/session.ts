export default {
  "signIn.title": "Sign in to popug",
  "signIn.development": "This server runs in development: choose who you want to be.",
  "signIn.continue": "Continue with your company’s account",
  "signIn.again": "Sign in again",
  "signIn.else": "Sign in as somebody else",
  "signIn.retry": "Try again",
  "signIn.at": "You go to {host}, and come back here.",
  "signIn.who": "You are signed in as {name}.",
  "signIn.pass": "If you ask an admin, pass this on:",
  "signIn.issuer": "Issuer",
  "signIn.subject": "Subject",
  "signIn.copy": "Copy",
  "signIn.copied": "Copied",
  "signIn.expired": "Your session has ended. Sign in again: what you typed is still here.",
  "signIn.unknown": "popug does not know you. Ask an admin to add you.",
  "signIn.deactivated": "Your access to popug has ended. Ask an admin if this is wrong.",
  "signIn.untaken":
    "You are signed in, but popug does not take what your company’s sign-in says of you. Whoever runs this server must set that right.",
  "signIn.unreachable": "The server can’t be reached. Try again in a moment.",
  "signIn.denied": "Your company’s sign-in did not let you in, or you turned back.",
  "signIn.refused": "Your company’s sign-in did not work. If it happens again, tell whoever runs this server.",
  "signIn.elsewhere": "That sign-in was begun in another window, or is over. Begin again.",
  "signIn.clock": "The clock of this device is wrong, so the sign-in could not be checked. Set it right and try again.",
  "signIn.provider": "Your company’s sign-in can’t be reached. Try again in a moment.",
  "signIn.nobody": "Nobody can sign in to this page yet.",
  "signIn.operator":
    "Whoever runs this server turns it on: register the page with your identity provider, then set {setting} and start the server again. The API and its documentation work without it."
} as const
