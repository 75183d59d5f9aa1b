// Loads data for a component: again when what it depends on changes, never an older answer over a newer one.

import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue';
import { language } from '@/i18n';

export interface Query<T> {
  data: ShallowRef<T | undefined>;
  error: ShallowRef<Error | undefined>;
  isLoading: Ref<boolean>;
  reload: () => Promise<void>;
}

/**
 * `load` is called at once and whenever something changes that `key` reads, or the language of the page; while `key` gives
 * undefined, nothing is loaded.
 * The last data stays while the next is on its way.
 */
export function useQuery<K, T>(key: () => K | undefined, load: (key: K, signal: AbortSignal) => Promise<T>): Query<T> {
  const data = shallowRef<T>();
  const error = shallowRef<Error>();
  const isLoading = ref(false);
  let running: AbortController | undefined;

  const run = async (): Promise<void> => {
    running?.abort();
    const present = key();
    if (present === undefined) return;
    const mine = new AbortController();
    running = mine;
    isLoading.value = true;
    try {
      const answer = await load(present, mine.signal);
      if (running !== mine) return;
      data.value = answer;
      error.value = undefined;
    } catch (problem) {
      if (running !== mine || (problem as Error).name === 'AbortError') return;
      error.value = problem as Error;
    } finally {
      if (running === mine) isLoading.value = false;
    }
  };
  watch(() => JSON.stringify([language(), key()]), () => void run(), { immediate: true });
  onScopeDispose(() => {
    running?.abort();
    running = undefined;
  });
  return { data, error, isLoading, reload: run };
}

/** Calls `act` every `seconds` while the tab is seen. */
export function useRepeat(act: () => unknown, seconds: () => number): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const next = (): void => {
    timer = setTimeout(async () => {
      if (!document.hidden) await act();
      if (timer !== undefined) next();
    }, seconds() * 1000);
  };
  next();
  onScopeDispose(() => {
    clearTimeout(timer);
    timer = undefined;
  });
}
