interface WailsWindow {
  runtime?: { ClipboardSetText?: (text: string) => Promise<boolean> }
}

/**
 * Copies text: in the window by the program; in a browser by the clipboard API,
 * which needs a secure page. The dashboard of a server in the network is none;
 * there a hidden text field does it.
 */
export async function copyText(text: string): Promise<boolean> {
  const native = (window as WailsWindow).runtime?.ClipboardSetText
  try {
    if (native) return await native(text)
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyByField(text)
  }
}

function copyByField(text: string): boolean {
  const field = document.createElement('textarea')
  const focused = document.activeElement
  field.value = text
  field.style.cssText = 'position:fixed;top:0;opacity:0'
  // Inside an open dialog, focus may not leave it.
  const parent = focused?.closest('[role=dialog]') ?? document.body
  parent.append(field)
  field.select()
  const copied = document.execCommand('copy')
  field.remove()
  if (focused instanceof HTMLElement) focused.focus()
  return copied
}
