// An instance with a little traffic of which every number is known, and a browser for it.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import { findChromium } from '../../../tracker/test/browser/world.mjs';

export const COMMAND = join(import.meta.dirname, '../../../../.venv/bin/tidemark');
export const TOKEN = '0123456789abcdef0123456789abcdef';
export const USER = { login: 'anna', password: 'tides-rise-and-fall-9', email: 'anna@example.org' };
export const canRun = () => Boolean(findChromium()) && existsSync(COMMAND);

export const HOSTILE = {
  title: `<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>"'&gt; \u202eעברית\u202c ${'wide'.repeat(2500)}`,
  url: 'https://shop.example.org/<script>window.hacked=1</script>?x="><svg onload=window.hacked=1>',
  referrer: 'https://evil.example/"><script>window.hacked=1</script>',
};

const AGENTS = {
  FF: 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  CH: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
};
const DAY = 86_400;
const stamp = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');

/** Twelve visits on each of yesterday and the two months before's 10th day, four of them with Firefox; /shoes has two pages below it. */
function traffic(now) {
  const midnight = Math.floor(now / DAY) * DAY;
  const month = (back) => Date.UTC(new Date(now * 1000).getUTCFullYear(), new Date(now * 1000).getUTCMonth() - back, 10) / 1000;
  const requests = [];
  for (const [at, day] of [midnight - DAY, month(1), month(2)].entries()) {
    for (let visit = 0; visit < (at === 2 ? 6 : 12); visit++) {
      const id = (0xa000000000000000n + BigInt(at * 100 + visit)).toString(16);
      const pages = [['/', 'Welcome'], ['/shoes/runner', 'Runner'], ['/shoes/sandal', 'Sandal']].slice(0, 1 + (visit % 3));
      pages.forEach(([path, title], index) =>
        requests.push({ url: `https://shop.example.org${path}`, action_name: title, cid: id, ua: visit % 3 ? AGENTS.CH : AGENTS.FF, cdt: stamp(day + 36_000 + visit * 600 + index * 30), cip: '198.51.100.7' }),
      );
    }
  }
  return requests;
}

/** Calls the API of the instance at an address. */
export const callerOf = (address) => async (method, parameters = {}) => {
  const form = new URLSearchParams({ module: 'API', format: 'json', method, token_auth: TOKEN, ...parameters });
  const answer = await (await fetch(`${address}/index.php`, { method: 'POST', body: form })).json();
  if (answer?.result === 'error') throw new Error(`${method}: ${answer.message}`);
  return answer;
};

/** An instance of its own, in memory or in the folder `data`. `demoSent` comes when the demo traffic was sent. */
export async function startInstance({ isDemo = false, data = '' } = {}) {
  const kept = data ? ['--data', data] : ['--ephemeral'];
  const child = spawn(COMMAND, ['serve', '--port', '0', '--token', TOKEN, ...kept, ...(isDemo ? ['--demo'] : [])], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let tellSent;
  const demoSent = new Promise((resolve) => (tellSent = resolve));
  const address = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      said += `${line}\n`;
      const ready = /^ready (\S+)/.exec(line);
      if (ready) resolve(ready[1]);
      if (/^demo\s+done/.test(line)) tellSent();
    });
    child.stderr.on('data', (data) => (said += data));
    child.on('exit', () => reject(new Error(`The instance did not start:\n${said}`)));
  });
  const call = callerOf(address);
  const drain = async () => void (await fetch(`${address}/_local/drain`)).text();
  const send = async (requests) => {
    const lines = requests.map((one) => `?${new URLSearchParams({ idsite: '1', rec: '1', ua: AGENTS.CH, ...one })}`);
    const response = await fetch(`${address}/matomo.php`, { method: 'POST', body: JSON.stringify({ token_auth: TOKEN, requests: lines }), headers: { 'content-type': 'application/json' } });
    if (!response.ok) throw new Error(`The hits were refused: ${await response.text()}`);
    await drain();
  };
  const stop = () =>
    new Promise((resolve) => {
      child.removeAllListeners('exit');
      child.once('exit', resolve);
      child.kill('SIGTERM');
    });
  return { address, call, drain, send, stop, demoSent };
}

/** One site, one user who manages it, and the traffic above. */
export async function fill(instance) {
  await instance.call('SitesManager.addSite', { siteName: 'Shoe shop', 'urls[0]': 'https://shop.example.org', timezone: 'UTC', currency: 'EUR', startDate: '2020-01-01' });
  await instance.call('UsersManager.addUser', { userLogin: USER.login, password: USER.password, email: USER.email });
  await instance.call('UsersManager.setUserAccess', { userLogin: USER.login, access: 'admin', idSites: '1' });
  await instance.send(traffic(Date.now() / 1000));
}

// What Chromium itself loads must not slow the journeys.
export const startBrowser = () => chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox', '--disable-background-networking'] });
