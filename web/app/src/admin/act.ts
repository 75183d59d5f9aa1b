// Changes by the API: what went wrong is said, what went well, too.

import { ref, type Ref } from 'vue';
import { ApiError, call, type Parameters } from '@/api/client';
import { t } from '@/i18n';
import { toast } from '@/toast';

/** Calls a method that changes something; its answer, or undefined if it was refused (then `problem` says why). */
export function useAct(): { problem: Ref<string>; isBusy: Ref<boolean>; act: <T = unknown>(method: string, parameters: Parameters, done?: string) => Promise<T | undefined> } {
  const problem = ref('');
  const isBusy = ref(false);
  const act = async <T>(method: string, parameters: Parameters, done = t('action.saved')): Promise<T | undefined> => {
    problem.value = '';
    isBusy.value = true;
    try {
      const answer = await call<T>(method, parameters);
      if (done) toast(done);
      return answer;
    } catch (error) {
      problem.value = error instanceof ApiError && error.message ? error.message : t('problem.api');
      return undefined;
    } finally {
      isBusy.value = false;
    }
  };
  return { problem, isBusy, act };
}

export async function copyText(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
  toast(t('action.copied'));
}
