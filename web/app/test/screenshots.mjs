// Pictures of every page with demo traffic: screenshots/<desktop|phone>-<light|dark>/<page>.png

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { canRun, startBrowser, startInstance, TOKEN } from './browser/instance.mjs';

const FOLDER = join(import.meta.dirname, '../../../screenshots');
const DEVICES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const TALLEST = 4000;
const OWN = ['overview', 'overview?period=month&date=today&compare=previous', 'realtime', 'visits', 'transitions', 'sites', 'filtered'];
const ADMINISTRATION = ['sites', 'users', 'tokens', 'goals', 'segments', 'dimensions', 'reports', 'alerts', 'privacy'].map((one) => `admin/${one}`);

if (!canRun()) {
  console.error('Chromium or the set-up of this folder is missing: no pictures were made.');
  process.exit(1);
}
const instance = await startInstance({ isDemo: true });
const browser = await startBrowser();
try {
  console.log('Waiting for the demo traffic');
  while (!instance.isDemoSent()) await new Promise((resolve) => setTimeout(resolve, 500));
  await instance.drain();
  const pages = await instance.call('API.getReportPagesMetadata', { idSite: 1 });
  const reports = pages.map((one) => `report/${encodeURIComponent(one.category.id)}/${encodeURIComponent(one.subcategory.id)}`);
  for (const [device, viewport] of Object.entries(DEVICES)) {
    for (const colorScheme of ['light', 'dark']) {
      const folder = join(FOLDER, `${device}-${colorScheme}`);
      mkdirSync(folder, { recursive: true });
      const context = await browser.newContext({ viewport, colorScheme, locale: 'en-GB', isMobile: device === 'phone', hasTouch: device === 'phone' });
      const page = await context.newPage();
      page.setDefaultTimeout(300_000); // archives of the demo traffic are made when they are first looked at
      const settled = () => page.waitForFunction(() => !document.querySelector('.loading') && !document.querySelector('[aria-busy=true]'));
      const picture = (name) => page.screenshot({ path: join(folder, `${name.replace(/[^\w-]+/g, '_')}.png`) });
      await page.goto(instance.address);
      await page.waitForSelector('form');
      await picture('sign-in');
      await page.evaluate((token) => sessionStorage.setItem('tidemark.token', token), TOKEN);
      await page.reload();
      for (const path of [...OWN, ...reports, ...ADMINISTRATION]) {
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
  }
} finally {
  await browser.close();
  await instance.stop();
}
