// Who is signed in.

import { ref, shallowRef } from 'vue';
import { ApiError, call, hasToken, setSession, setToken, statusOf, whenSignedOut } from './api/client';

export interface Me {
  login: string;
  isSuperuser: boolean;
  /** Whether the server keeps a session, so that signing out means something there. */
  hasSession: boolean;
}

export const me = shallowRef<Me>();
export const isChecking = ref(true);
/** The instance's own picture, as data: address; empty where there is none. */
export const logo = ref('');

interface SessionAnswer {
  login?: string | null;
  is_superuser?: boolean;
  second_factor?: boolean;
  csrf?: string;
  logo?: string;
  message?: string;
  /** A word for programs: wrong, otp_required, otp_wrong, too_many, ended … */
  reason?: string;
}

/** Why the server did not let somebody in. */
export class SignInError extends ApiError {
  constructor(
    message: string,
    status: number,
    readonly reason: string,
  ) {
    super(message, status);
  }
}

async function ask(path: string, init: RequestInit = {}): Promise<{ status: number; answer: SessionAnswer }> {
  const response = await fetch(path, { credentials: 'same-origin', ...init });
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return { status: response.status, answer: isJson ? ((await response.json()) as SessionAnswer) : {} };
}

function begin(answer: SessionAnswer): boolean {
  if (!answer.login || !answer.csrf) return false;
  setSession(answer.csrf);
  me.value = { login: answer.login, isSuperuser: Boolean(answer.is_superuser), hasSession: true };
  return true;
}

/** Continue the session of the cookie or the tab's token, if there is one. */
export async function resume(): Promise<void> {
  whenSignedOut(() => {
    checking ??= forgetIfEnded().finally(() => {
      checking = undefined;
    });
  });
  try {
    const { status, answer } = await ask('/auth/session');
    logo.value = answer.logo ?? '';
    if (status !== 200 || !begin(answer)) await resumeToken();
  } catch {
    await resumeToken().catch(() => undefined);
  } finally {
    isChecking.value = false;
  }
}

let checking: Promise<void> | undefined;

/** A call was refused: because the session has ended, or because it needs more rights than its user has. */
async function forgetIfEnded(): Promise<void> {
  if (me.value?.hasSession) {
    const { status, answer } = await ask('/auth/session').catch(() => ({ status: 0, answer: {} as SessionAnswer }));
    if (status !== 200 || !answer.login) forget();
  } else if ((await statusOf('API.getMatomoVersion')) === 401) {
    forget();
  }
}

async function resumeToken(): Promise<void> {
  if (!hasToken()) return;
  const isSuperuser = (await call<{ value: boolean }>('UsersManager.hasSuperUserAccess')).value;
  me.value = { login: '', isSuperuser: Boolean(Number(isSuperuser)), hasSession: false };
}

/** Whether the person signed in has a second factor. */
export const hasSecondFactor = async (): Promise<boolean> => Boolean((await ask('/auth/session')).answer.second_factor);

/** Sends an object to one of the addresses below /auth. Raises SignInError. */
export async function post<T = SessionAnswer>(action: string, body: Record<string, unknown> = {}, headers: Record<string, string> = {}): Promise<T> {
  let found: { status: number; answer: SessionAnswer };
  try {
    found = await ask(`/auth/${action}`, { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) });
  } catch {
    throw new SignInError('', 0, 'offline');
  }
  if (found.status !== 200) throw new SignInError(found.answer.message ?? '', found.status, found.answer.reason ?? '');
  return found.answer as T;
}

/** Raises SignInError; its reason is otp_required if a code of the second factor is needed, too. */
export async function signIn(login: string, password: string, otp: string, remember: boolean): Promise<void> {
  begin(await post('login', { login, password, remember, ...(otp ? { otp } : {}) }));
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
  if (me.value?.hasSession) await post('logout', {}, headers).catch(() => undefined);
  forget();
}

function forget(): void {
  setToken('');
  setSession('');
  me.value = undefined;
}
