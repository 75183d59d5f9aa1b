// Short messages that go by themselves and are read aloud.

import { ref } from 'vue';

export const toasts = ref<{ id: number; text: string; tone: 'good' | 'bad' }[]>([]);
let last = 0;

export function toast(text: string, tone: 'good' | 'bad' = 'good'): void {
  const id = ++last;
  toasts.value.push({ id, text, tone });
  setTimeout(() => (toasts.value = toasts.value.filter((one) => one.id !== id)), 5000);
}
