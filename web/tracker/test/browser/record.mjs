// Makes recorded.json: the hits of the real script's recorded visits, without what differs from run to run.
// Called as: node record.mjs FOLDER/matomo-js.jsonl > recorded.json

import { readFileSync } from 'node:fs';

const VOLATILE = /^(r|h|m|s|res|pf_\w+)$/;

const stable = (name, value) =>
  /^(_id|pv_id)$/.test(name) ? (value ? 'set' : '')
  : name === '_refts' ? (value === '0' ? '0' : 'set')
  : name === 'uadata' ? 'set'
  : value;

const parameters = (query) =>
  Object.fromEntries(
    [...new URLSearchParams(query.replaceAll('+', '%2B'))].filter(([name]) => !VOLATILE.test(name)).map(([name, value]) => [name, stable(name, value)]),
  );

const hitsOf = ({ method, query, body }) =>
  body?.startsWith('{') ? JSON.parse(body).requests.map((one) => ({ method, isBulk: true, params: parameters(one.slice(1)) }))
  : body ? [{ method, isBody: true, params: parameters(body) }]
  : [{ method, params: parameters(query) }];

const visits = {};
for (const line of readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean)) {
  const request = JSON.parse(line);
  if (request.method !== 'OPTIONS') (visits[request.visit] ??= []).push(...hitsOf(request));
}
const rows = Object.entries(visits).map(([name, hits]) => ` ${JSON.stringify(name)}: [\n${hits.map((hit) => `  ${JSON.stringify(hit)}`).join(',\n')}\n ]`);
console.log(`{\n${rows.join(',\n')}\n}`);
