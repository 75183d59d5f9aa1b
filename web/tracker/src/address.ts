// Addresses: parameters in them, what is cut from them, and which of them belong to the site.

import { asList, decode, doc, t, type Any } from './tracker';

/** The decoded value of a parameter in the query or fragment of a URL; '' where there is none. */
export const parameter = (url: string, name: string): string =>
  decode((RegExp('[?&#]' + name + '=([^&#]*)').exec(url) || ['', ''])[1]);

export const absolute = (url: string): string => new URL(url, doc.baseURI).href;

/** What is left of a URL when parameters that nobody may see, and a fragment that is unwanted, are cut. */
export const purify = (url: string): string => {
  const unwanted = ['pk_vid', ...t.ExcludedQueryParams, ...(t.CampaignParameters ? [] : [...t.CampaignNameKey, ...t.CampaignKeywordKey])];
  const isUnwanted = (name: string): boolean =>
    unwanted.some((one) => RegExp(one[0] == '/' ? one.slice(1).replace(/\/\w*$/, '') : '^' + one.replace(/\W/g, '\\$&') + '$', 'i').test(decode(name)));
  const kept = url.replace(/([?&#])([^?&#=]*)=[^?&#]*/g, (all, joint, name) => (isUnwanted(name) ? joint + '\n' : all));
  const whole = kept.replace(/&\n/g, '').replace(/([?#])\n&/g, '$1').replace(/.\n/g, '');
  return t.noFragment_ ? whole.replace(/#.*/, '') : whole;
};

/** [all, host, path] of a URL, or of a host with or without scheme, wildcard and path; in lower case. */
const split = (url: string): string[] =>
  /^(?:\w+:)?(?:\/\/)?\*?([^/:?#]*)[^/?#]*([^?#]*)/.exec(url.toLowerCase())!;

/** Whether a URL leads to one of the hosts, which may begin with a dot for all below them and go on with a path. */
export const isAmong = (hosts: string[], url: string): boolean => {
  const [, host, path] = split(url);
  return hosts.some((one) => {
    const [, known, below] = split(one);
    const start = below.replace(/([^*/])$/, '$1/').replace('*', '');
    return (host == known || (known[0] == '.' && ('.' + host).endsWith(known))) && (path + '/').startsWith(start);
  });
};

/** The hosts as given, with the page's own unless it is among them or paths say what belongs to the site. */
export const siteHosts = (given: Any): string[] => {
  const hosts = asList(given);
  const own = location.hostname;
  return hosts.some((one) => isAmong([split(one)[1]], own) || split(one)[2].length > 2) ? hosts : [...hosts, own];
};
