// Pictures of every page with demo traffic: screenshots/<desktop|phone>-<light|dark>/<page>.png
// Words on the command line choose among them: `desktop-light`, `phone-dark`. TIDEMARK_URL takes an instance that runs already.

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { callerOf, canRun, COMMAND, startBrowser, startInstance, TOKEN } from './browser/instance.mjs';

const FOLDER = join(import.meta.dirname, '../../../screenshots');
const DEVICES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const SCHEMES = ['light', 'dark'];
const TALLEST = 4000;
const OWN = ['overview', 'realtime', 'visits', 'transitions', 'vitals', 'sites', 'filtered'];
const ADMINISTRATION = ['sites', 'users', 'tokens', 'security', 'goals', 'segments', 'dimensions', 'reports', 'alerts', 'privacy', 'audit'].map((one) => `admin/${one}`);
/** Last, since pages keep what was chosen before. */
const COMPARED = 'overview?period=month&date=today&compare=previous';

if (!canRun()) {
  console.error('Chromium or the set-up of this folder is missing: no pictures were made.');
  process.exit(1);
}
const wanted = process.argv.slice(2);
const found = Object.entries(DEVICES).flatMap(([device, viewport]) => SCHEMES.map((colorScheme) => ({ name: `${device}-${colorScheme}`, device, viewport, colorScheme })));
const chosen = found.filter(({ name }) => !wanted.length || wanted.includes(name));

/** An instance whose demo traffic has arrived and is archived, so that no page waits for its reports. */
async function filled() {
  const data = mkdtempSync(join(tmpdir(), 'screenshots-'));
  const started = await startInstance({ isDemo: true, data });
  const stop = async () => {
    await started.stop();
    rmSync(data, { recursive: true, force: true });
  };
  console.log('Waiting for the demo traffic');
  await started.demoSent;
  await started.drain();
  console.log('Archiving it');
  await promisify(execFile)(COMMAND, ['archive', '--data', data]);
  return { ...started, stop };
}

const given = process.env.TIDEMARK_URL;
const instance = given ? { address: given, call: callerOf(given), stop: async () => undefined } : await filled();
const browser = await startBrowser();
try {
  const pages = await instance.call('API.getReportPagesMetadata', { idSite: 1 });
  const reports = pages.map((one) => `report/${encodeURIComponent(one.category.id)}/${encodeURIComponent(one.subcategory.id)}`);
  for (const { name, device, viewport, colorScheme } of chosen) {
    const folder = join(FOLDER, name);
    mkdirSync(folder, { recursive: true });
    const context = await browser.newContext({ viewport, colorScheme, locale: 'en-GB', isMobile: device === 'phone', hasTouch: device === 'phone' });
    const page = await context.newPage();
    page.setDefaultTimeout(120_000);
    const settled = () => page.waitForFunction(() => !document.querySelector('.loading') && !document.querySelector('[aria-busy=true]'));
    const picture = (of) => page.screenshot({ path: join(folder, `${of.replace(/[^\w-]+/g, '_')}.png`), animations: 'disabled' });
    await page.goto(instance.address);
    await page.waitForSelector('form');
    await picture('sign-in');
    await page.evaluate((token) => sessionStorage.setItem('tidemark.token', token), TOKEN);
    await page.reload();
    for (const path of [...OWN, ...reports, ...ADMINISTRATION, COMPARED]) {
      await page.setViewportSize(viewport);
      await page.goto(`${instance.address}/#/${path}`);
      await page.waitForSelector('main h1, main h2');
      await settled();
      // What is made only when it is seen changes the height: measure twice.
      for (let round = 0; round < 2; round++) {
        const height = await page.evaluate(() => document.documentElement.scrollHeight);
        await page.setViewportSize({ ...viewport, height: Math.min(TALLEST, Math.max(height, viewport.height)) });
        await settled();
      }
      await picture(decodeURIComponent(path).replace(/^report\//, ''));
    }
    await context.close();
    console.log(folder);
  }
} finally {
  await browser.close();
  await instance.stop();
}
