// Custom variables: five of a visit, a page or an event; the visit's may be kept in a cookie.

import { parse, stringify, type Any } from '../tracker';
import { pair, type Part } from './part';

const MAX_CHARACTERS = 200;

type Variables = Record<string, string[]>;

export const variables = (tracker: Any): Part => {
  const scopes: Record<string, Variables> = { page: {}, event: {} };
  let isStored = false;
  const among = (scope: Any): Variables => {
    const name = scope == 2 ? 'visit' : scope == 3 ? 'page' : scope || 'visit';
    return (scopes[name] = scopes[name] || parse(tracker.getCookie('cvar')) || {});
  };
  const get = (index: Any, scope?: Any): string[] | false => (among(scope)[index]?.[0] ? among(scope)[index] : false);
  const set = (index: Any, name: Any, value: Any = '', scope?: Any): void => {
    if (name == null || !(index > 0)) return;
    among(scope)[index] = [name, value].map((one) => (one + '').slice(0, MAX_CHARACTERS));
  };
  const remove = (index: Any, scope?: Any): void => {
    if (get(index, scope)) set(index, '', '', scope);
  };
  const json = (name: string, values: Any = {}): string => (Object.keys(values).length ? pair(name, stringify(values)) : '');
  return {
    text: () => {
      const visit = scopes.visit;
      const text = json('cvar', scopes.page) + json('e_cvar', scopes.event) + json('_cvar', visit);
      for (const index in visit) if (!visit[index][0] || !visit[index][1]) delete visit[index];
      if (isStored && visit) tracker.setSessionCookie('cvar', stringify(visit));
      return text;
    },
    commands: {
      setCustomVariable: set,
      getCustomVariable: get,
      deleteCustomVariable: remove,
      deleteCustomVariables: (scope?: Any) => Object.keys(among(scope)).forEach((index) => remove(index, scope)),
      storeCustomVariablesInCookie: () => {
        isStored = true;
      },
    },
  };
};
