interface RuntimeWindow {
  runtime?: { BrowserOpenURL?: (url: string) => void }
}

/**
 * For a click on a link that leads out: the app's own window has no tabs, so
 * there the system's browser opens it. Elsewhere the link does its work.
 */
export function openOutside(event: Event, url: string, scope: unknown = window): void {
  const open = (scope as RuntimeWindow).runtime?.BrowserOpenURL
  if (!open) return
  event.preventDefault()
  open(url)
}
