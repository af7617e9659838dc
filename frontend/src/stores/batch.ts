/**
 * Collects ids for a moment and hands them over together, so that a burst of
 * events costs one reload and not one per event.
 */
export class Batch {
  private readonly ids = new Set<string>()
  private timer: ReturnType<typeof setTimeout> | undefined
  private due = 0

  constructor(private readonly flush: (ids: string[]) => void) {}

  /** Adds an id, to be handed over within ms. */
  add(id: string, ms: number): void {
    this.ids.add(id)
    const due = Date.now() + ms
    if (this.timer !== undefined && due >= this.due) return
    clearTimeout(this.timer)
    this.due = due
    this.timer = setTimeout(() => {
      this.hand()
    }, ms)
  }

  clear(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.ids.clear()
  }

  private hand(): void {
    const ids = [...this.ids]
    this.clear()
    this.flush(ids)
  }
}
