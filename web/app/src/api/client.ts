// Calls the public HTTP API: one function, and the two ways to prove who calls.

import { language } from '@/i18n';

const ADDRESS = '/index.php';
const TOKEN_KEY = 'tidemark.token';

/** What the API refused, in its own words. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

export type Value = string | number | boolean | undefined | null | readonly (string | number)[];
export type Parameters = Record<string, Value>;

/** Who is signed in: by the session's cookie, or by a token that lives as long as the tab. */
const proof = { token: sessionStorage.getItem(TOKEN_KEY) ?? '', csrf: '', csrfHeader: 'X-CSRF-Token', hasSession: false };
let onSignedOut: () => void = () => undefined;

export const setToken = (token: string): void => {
  proof.token = token;
  if (token) sessionStorage.setItem(TOKEN_KEY, token);
  else sessionStorage.removeItem(TOKEN_KEY);
};
export const hasToken = (): boolean => proof.token !== '';
export const setSession = (csrf: string): void => {
  proof.csrf = csrf;
  proof.hasSession = csrf !== '';
};
export const whenSignedOut = (act: () => void): void => {
  onSignedOut = act;
};

export const proofHeaders = (): Record<string, string> => {
  if (proof.hasSession) return { [proof.csrfHeader]: proof.csrf };
  return proof.token ? { Authorization: `Bearer ${proof.token}` } : {};
};

/**
 * The form of a call in the language of the page, so that labels in it are those that the page shows; lists become `name[0]`,
 * empty values are left out.
 */
export function formOf(method: string, parameters: Parameters, format = 'json'): URLSearchParams {
  const form = new URLSearchParams({ module: 'API', method, format, language: language() });
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined || value === null) continue;
    if (Array.isArray(value)) value.forEach((one, index) => form.append(`${name}[${index}]`, String(one)));
    else form.append(name, typeof value === 'boolean' ? String(Number(value)) : String(value));
  }
  return form;
}

async function send(form: URLSearchParams, signal?: AbortSignal): Promise<Response> {
  try {
    return await fetch(ADDRESS, { method: 'POST', body: form, headers: proofHeaders(), credentials: 'same-origin', signal });
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error;
    throw new ApiError('', 0);
  }
}

/** The answer of a method. Raises ApiError; status 0 means that the instance could not be reached. */
export async function call<T>(method: string, parameters: Parameters = {}, signal?: AbortSignal): Promise<T> {
  const response = await send(formOf(method, parameters), signal);
  let answer: unknown;
  try {
    answer = await response.json();
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error;
    throw new ApiError('', response.status);
  }
  const failure = answer as { result?: string; message?: string } | null;
  if (failure?.result === 'error') {
    if (response.status === 401) onSignedOut();
    throw new ApiError(failure.message ?? '', response.status);
  }
  if (!response.ok) throw new ApiError(failure?.message ?? '', response.status);
  return answer as T;
}

/** The status with which a method answers; 0 where the instance cannot be reached. */
export async function statusOf(method: string): Promise<number> {
  try {
    return (await send(formOf(method, {}))).status;
  } catch {
    return 0;
  }
}

/** A scalar answer, which the API wraps. */
export async function callValue<T>(method: string, parameters: Parameters = {}): Promise<T> {
  return (await call<{ value: T }>(method, parameters)).value;
}

/** The file that a method gives in an export format. */
export async function download(method: string, parameters: Parameters, format: string): Promise<Blob> {
  const response = await send(formOf(method, parameters, format));
  if (!response.ok) throw new ApiError('', response.status);
  return response.blob();
}

/** The public address of a call, without proof: for sharing and for scripts. */
export const addressOf = (method: string, parameters: Parameters, format: string): string =>
  `${location.origin}${ADDRESS}?${formOf(method, parameters, format)}`;
