import { onMounted, onUnmounted } from 'vue'

/** Keeps stores loaded and live while the calling component is on the page. */
export function retain(...stores: { retain(): void; release(): void }[]): void {
  onMounted(() => {
    stores.forEach((store) => {
      store.retain()
    })
  })
  onUnmounted(() => {
    stores.forEach((store) => {
      store.release()
    })
  })
}
