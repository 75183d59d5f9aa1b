// Who is signed in.

import { ref, shallowRef } from 'vue';
import { ApiError, call, hasToken, setSession, setToken, whenSignedOut } from './api/client';

export interface Me {
  login: string;
  isSuperuser: boolean;
  /** Whether the server keeps a session, so that signing out means something there. */
  hasSession: boolean;
}

export const me = shallowRef<Me>();
export const isChecking = ref(true);

interface SessionAnswer {
  login?: string | null;
  is_superuser?: boolean;
  superuser_access?: boolean | number;
  csrf_token?: string;
  csrf?: string;
  message?: string;
}

async function ask(path: string, init: RequestInit = {}): Promise<{ status: number; answer: SessionAnswer }> {
  const response = await fetch(path, { credentials: 'same-origin', ...init });
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return { status: response.status, answer: isJson ? ((await response.json()) as SessionAnswer) : {} };
}

function begin(answer: SessionAnswer): boolean {
  const csrf = answer.csrf_token ?? answer.csrf ?? '';
  if (!answer.login || !csrf) return false;
  setSession(csrf);
  me.value = { login: answer.login, isSuperuser: Boolean(answer.is_superuser ?? answer.superuser_access), hasSession: true };
  return true;
}

/** Continue the session of the cookie or the tab's token, if there is one. */
export async function resume(): Promise<void> {
  whenSignedOut(() => {
    forget();
  });
  try {
    const { status, answer } = await ask('/auth/session');
    if (status !== 200 || !begin(answer)) await resumeToken();
  } catch {
    await resumeToken().catch(() => undefined);
  } finally {
    isChecking.value = false;
  }
}

async function resumeToken(): Promise<void> {
  if (!hasToken()) return;
  const isSuperuser = (await call<{ value: boolean }>('UsersManager.hasSuperUserAccess')).value;
  me.value = { login: '', isSuperuser: Boolean(Number(isSuperuser)), hasSession: false };
}

/** Raises ApiError with the server's words. */
export async function signIn(login: string, password: string): Promise<void> {
  const { status, answer } = await ask('/auth/login', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ login, password }),
  });
  if (status === 200 && begin(answer)) return;
  throw new ApiError(answer.message ?? '', status);
}

/** Raises ApiError if the token is not known. */
export async function signInByToken(token: string): Promise<void> {
  setToken(token);
  try {
    await resumeToken();
  } catch (error) {
    setToken('');
    throw error;
  }
}

export async function signOut(headers: Record<string, string>): Promise<void> {
  if (me.value?.hasSession) await ask('/auth/logout', { method: 'POST', headers }).catch(() => undefined);
  forget();
}

function forget(): void {
  setToken('');
  setSession('');
  me.value = undefined;
}
